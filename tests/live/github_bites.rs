//! The writes of GitHub that bite, one test each: what the forge does, and what becomes of a plan.

use serde_json::{Value as Json, json};

use crate::own_settings::Bench;
use crate::sim::world::OrganizationRole;
use crate::sim::{Options, World};

fn world() -> World {
    World::conforming("acme", 1)
}

const ONE: &str = "service-0001";

#[track_caller]
fn why_deferred(plan: &Json) -> &str {
    assert_eq!(plan["changes"], json!([]), "{plan:#}");
    plan["deferred"][0]["reason"].as_str().unwrap()
}

#[test]
fn bite_02_forking_is_not_asked_for_where_the_organization_forbids_it() {
    let mut world = world();
    world.organization_mut("acme").set("members_can_fork_private_repositories", false);
    world.repository_mut(ONE).set("allow_forking", true);
    let bench = Bench::new(world, "[repository]\nallow_forking = false\n");
    let plan = bench.plan();
    let why = why_deferred(&plan);
    assert!(why.contains("organization.members_can_fork_private_repositories is off"), "{why}");
}

#[test]
fn bite_03_advanced_security_of_a_public_repository_is_nobodys_to_write() {
    let mut world = world();
    world.repository_mut(ONE).set("visibility", "public").security("advanced_security", false);
    let bench = Bench::new(world, "[repository]\nadvanced_security = true\n");
    let plan = bench.plan();
    let why = why_deferred(&plan);
    assert!(why.contains("GitHub decides it of a public repository"), "{why}");
}

#[test]
fn bite_04_a_higher_level_decides_about_actions() {
    let mut world = world();
    world.repository_mut(ONE).document(
        "/actions/permissions/workflow",
        json!({
            "default_workflow_permissions": "read", "can_approve_pull_request_reviews": false,
        }),
    );
    let bench =
        Bench::new(world, "[repository]\nactions.workflow.default_workflow_permissions = \"write\"\n");
    bench.plan();
    let applied = bench.apply().ended(2);
    applied.says("is set by the organization and cannot be changed here");
}

#[test]
fn bite_06_visibility_goes_in_a_request_of_its_own() {
    let mut world = world();
    world.repository_mut(ONE).set("visibility", "public").set("has_wiki", true);
    let bench = Bench::new(world, "[repository]\nvisibility = \"internal\"\nhas_wiki = false\n");
    bench.there_and_back();
    let bodies: Vec<Json> = bench.writes().into_iter().map(|(.., body)| body).take(2).collect();
    assert!(bodies.contains(&json!({"visibility": "internal"})), "{bodies:?}");
    assert!(bodies.contains(&json!({"has_wiki": false})), "{bodies:?}");
}

#[test]
fn bite_08_values_of_custom_properties_go_to_more_than_thirty_repositories() {
    let mut world = World::conforming("acme", 31);
    for number in 1..=31 {
        world.repository_mut(&format!("service-{number:04}")).property("data", "restricted");
    }
    let bench =
        Bench::new(world, "[repository]\ncustom_properties = { contains = { data = \"internal\" } }\n");
    bench.there_and_back();
}

const SCANNED: &str = "[repository]\ncode_scanning.default_setup.state = \"configured\"\n";

fn scanned(looks: u64) -> Bench {
    let mut world = world();
    world.repository_mut(ONE).set("visibility", "public");
    Bench::with(world, SCANNED, Options { looks, ..Options::default() })
}

#[test]
fn bite_09_what_is_done_after_a_while_is_waited_for() {
    let bench = scanned(1);
    let plan = bench.there_and_back();
    let write = &plan["requests"][0];
    assert_eq!(write["path"], format!("/repos/acme/{ONE}/code-scanning/default-setup"));
    let applied = bench.writes();
    assert_eq!(applied.len(), 2, "it is asked for once, and once taken back: {applied:?}");
}

#[test]
fn bite_09_what_is_not_done_in_time_is_under_way_and_neither_made_nor_refused() {
    let bench = scanned(2);
    bench.plan();
    let applied = bench.run(&[&["apply", "plan.json", "--await", "0"], crate::own_settings::ALL].concat());
    let applied = applied.ended(2);
    applied.says("under way: the forge said yes and has not done it yet; run `plan` again");
    applied.says("0 of 1 changes made");
    assert!(!applied.out.contains("NOT"), "{}", applied.out);
    // The same command asks for nothing again, and sees that it came.
    let arguments = [&["apply", "plan.json", "--await", "1"], crate::own_settings::ALL].concat();
    bench.run(&arguments).ended(0).says("1 of 1 changes made and seen to be made");
    assert_eq!(bench.writes().len(), 1);
    assert!(bench.run(&["plan", ".", "--github", "acme"]).ended(0).out.contains("No changes."));
}

#[test]
fn bite_09_a_configuration_of_the_organization_is_attached_there() {
    let mut world = world();
    world.organization_mut("acme").document("/code-security/configurations", json!([{"name": "Strict"}]));
    let bench = Bench::new(world, "[repository]\ncode_security_configuration = \"Strict\"\n");
    let plan = bench.plan();
    let why = why_deferred(&plan);
    assert!(why.contains("the organization attaches it"), "{why}");
}

#[test]
fn bite_10_people_become_invitations_that_are_not_taken_back_or_sent_twice() {
    let mut world = world();
    world.organization_mut("acme").member("dee", OrganizationRole::Member);
    let policy = "[repository]\ncollaborators = { contains = { zoe = \"write\" } }\n";
    let bench = Bench::new(world, policy);
    let plan = bench.plan();
    assert_eq!(plan["changes"][0]["proposed"], true, "{plan:#}");
    assert!(plan["changes"][0]["irreversible"].as_str().unwrap().contains("invitations"), "{plan:#}");
    bench.apply().ended(0);
    // Until they answer, nothing is left to do but to wait.
    let again = bench.plan();
    let why = why_deferred(&again);
    assert!(why.contains("have not answered yet"), "{why}");
}

#[test]
fn bite_10_more_than_fifty_invitations_a_day_are_not_planned() {
    let many: Vec<String> = (0..51).map(|n| format!("guest-{n} = \"read\"")).collect();
    let policy = format!("[repository]\ncollaborators = {{ contains = {{ {} }} }}\n", many.join(", "));
    let bench = Bench::new(world(), &policy);
    let plan = bench.plan();
    let why = why_deferred(&plan);
    assert!(why.contains("50 invitations a day"), "{why}");
}

#[test]
fn bite_11_switches_that_can_only_be_read_are_for_an_owner() {
    let mut world = world();
    world.organization_mut("acme").set("two_factor_requirement_enabled", false);
    let bench = Bench::new(world, "[organization]\ntwo_factor_requirement_enabled = true\n");
    let plan = bench.plan();
    let why = why_deferred(&plan);
    assert!(why.contains("it cannot be written"), "{why}");
}

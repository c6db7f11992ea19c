//! The writes of GitHub that bite, one test each: what the forge does, and what becomes of a plan.

use serde_json::{Value as Json, json};

use crate::own_settings::Bench;
use crate::sim::world::{Actors, OrganizationRole, Plan, Ruleset};
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
fn bite_01_who_may_pass_a_ruleset_by_is_unknown_where_it_is_hidden() {
    let mut world = world();
    let ours =
        Ruleset::named("ispo-scm ~default").refs(&["~DEFAULT_BRANCH"], &[]).bypass("Team", Some(1), "always");
    world.repository_mut(ONE).ruleset(ours.pull_request(1));
    world.repository_mut(ONE).denials.may_see_bypass = false;
    let policy = "[branch.\"~default\"]\nrequired_approvals = 3\n[repository.ruleset.\"ispo-scm ~default\"]\n\
                  bypass_actors = []\nenforcement = \"evaluate\"\n";
    let bench = Bench::new(world, policy);
    // Neither is nobody seen to be let through, nor is anything sent that would take them out.
    let audited = bench.run(&["audit", ".", "--github", "acme", "--format", "json", "--all"]).json().0;
    let findings = audited["findings"].as_array().unwrap();
    let bypass = findings.iter().find(|f| f["setting"] == "ruleset.bypass_actors").unwrap();
    assert_eq!(bypass["verdict"], "unknown", "{bypass:#}");
    let plan = bench.plan();
    let reasons = plan["deferred"].to_string();
    assert!(reasons.contains("who may pass ruleset"), "{plan:#}");
    let about: Vec<&Json> = plan["changes"].as_array().unwrap().iter().map(|c| &c["setting"]).collect();
    assert!(!about.contains(&&json!("ruleset.bypass_actors")), "{plan:#}");
    bench.apply();
    let kept =
        bench.forge.world().repository("acme", ONE).unwrap().1.rulesets.last().unwrap().bypass_actors.len();
    assert_eq!(kept, 1, "whoever was let through still is");
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
fn bite_04_what_may_run_is_not_said_where_nothing_runs() {
    let mut world = world();
    let none = json!({"enabled_repositories": "none", "sha_pinning_required": false});
    world.organization_mut("acme").document("/actions/permissions", none);
    let bench = Bench::new(world, "[organization]\nactions.allowed_actions = \"selected\"\n");
    let plan = bench.plan();
    let mut why = plan["deferred"].as_array().unwrap().iter().map(|d| d["reason"].as_str().unwrap());
    assert_eq!(plan["changes"], json!([]), "{plan:#}");
    assert!(why.all(|why| why.contains("means nothing while")), "{plan:#}");
}

#[test]
fn bite_04_what_may_run_travels_with_what_runs_and_comes_back() {
    let mut world = world();
    let some =
        json!({"enabled_repositories": "all", "allowed_actions": "selected", "sha_pinning_required": false});
    world.organization_mut("acme").document("/actions/permissions", some);
    let bench = Bench::new(world, "[organization]\nactions.enabled_repositories = \"none\"\n");
    bench.there_and_back();
    let sent = bench.writes();
    assert!(sent[0].2.get("allowed_actions").is_none(), "it is refused then: {sent:?}");
    assert_eq!(sent[1].2["allowed_actions"], "selected", "{sent:?}");
}

/// A private repository of an organization that has not paid for what protects environments.
fn unpaid() -> World {
    let mut world = world();
    world.organization_mut("acme").plan = Plan::Team;
    world.repository_mut(ONE).set("visibility", "private").environment("production", None, &[]);
    world
}

#[test]
fn bite_05_what_is_not_paid_for_is_not_named() {
    let policy = "[repository.environment.production]\ndeployment_branch_policy = \"protected\"\n\
                  [repository.environment.staging]\ndeployment_branch_policy = \"protected\"\n";
    let bench = Bench::new(unpaid(), policy);
    bench.there_and_back();
    let sent = bench.writes();
    let named = |(.., body): &(String, String, Json)| {
        ["wait_timer", "reviewers", "prevent_self_review"].iter().any(|field| body.get(field).is_some())
    };
    assert!(!sent.iter().any(named), "to name it at all is refused: {sent:?}");
}

#[test]
fn bite_05_what_is_not_paid_for_is_refused_in_githubs_words_and_nothing_else_is_lost() {
    let policy = "[repository]\nhas_wiki = true\n[repository.environment.production]\nwait_timer = 10\n";
    let bench = Bench::new(unpaid(), policy);
    bench.plan();
    bench.apply().ended(2).says("environment protection rule").says("1 of 2 changes made");
}

#[test]
fn bite_05_nobody_reviews_their_own_deployment_where_nobody_reviews_at_all() {
    let mut world = world();
    world.repository_mut(ONE).environment("production", None, &[]);
    let bench = Bench::new(world, "[repository.environment.production]\nprevent_self_review = true\n");
    let plan = bench.plan();
    let why = why_deferred(&plan);
    assert!(why.contains("takes a reviewer"), "{why}");
}

#[test]
fn bite_05_reviewers_whom_a_request_would_take_away_keep_their_say() {
    let mut world = world();
    world.repository_mut(ONE).environment("production", None, &["ann"]);
    let bench = Bench::new(world, "[repository.environment.production]\nwait_timer = 10\n");
    let plan = bench.plan();
    let why = why_deferred(&plan);
    assert!(why.contains("takes away its reviewers"), "{why}");
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

const HOOK: &str = "https://ci.example/hook";

fn signed() -> World {
    let mut world = world();
    let config = json!({"url": HOOK, "secret": "********", "content_type": "json", "insecure_ssl": "0"});
    world.repository_mut(ONE).document("/hooks", json!([{"active": false, "config": config}]));
    world
}

#[test]
fn bite_07_a_webhook_keeps_its_secret() {
    let policy = format!("[repository.webhook.\"{HOOK}\"]\nactive = true\n");
    let mut bench = Bench::new(signed(), &policy);
    let plan = bench.plan();
    let why = why_deferred(&plan);
    assert!(why.contains("takes its secret away"), "{why}");
    bench.desk = bench.desk.set("ISPO_SCM_VALUE_HTTPS___CI_EXAMPLE_HOOK", "hunter2");
    bench.there_and_back();
    let sent = bench.writes();
    assert!(sent.iter().all(|(.., body)| body["config"]["secret"] == "hunter2"), "there and back: {sent:?}");
    let world = bench.forge.world();
    let hooks = world.repository("acme", ONE).unwrap().1.documents.stated("/hooks").unwrap().clone();
    assert_eq!(hooks[0]["config"]["secret"], "********");
}

#[test]
fn bite_07_a_webhook_without_a_secret_is_given_none() {
    let mut world = world();
    let config = json!({"url": HOOK, "content_type": "json", "insecure_ssl": "0"});
    world.repository_mut(ONE).document("/hooks", json!([{"active": false, "config": config}]));
    let bench = Bench::new(world, &format!("[repository.webhook.\"{HOOK}\"]\nactive = true\n"));
    bench.there_and_back();
    assert!(bench.writes().iter().all(|(.., body)| body["config"].get("secret").is_none()));
}

#[test]
fn bite_08_what_the_policy_does_not_say_of_a_custom_property_stays() {
    let policy = "[organization.custom_property.data]\ndescription = \"How open its data is\"\n";
    let bench = Bench::new(world(), policy);
    let before = bench.forge.world().organizations["acme"].custom_properties.clone();
    bench.plan();
    bench.apply().ended(0);
    let mut after = bench.forge.world().organizations["acme"].custom_properties.clone();
    let data = after.iter_mut().find(|property| property["property_name"] == "data").unwrap();
    assert_eq!(data["description"], "How open its data is");
    let was = before.iter().find(|property| property["property_name"] == "data").unwrap();
    data["description"] = was["description"].clone();
    assert_eq!(after, before);
}

#[test]
fn bite_08_values_values_of_custom_properties_go_to_more_than_thirty_repositories() {
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
fn bite_09_what_has_not_come_yet_is_not_said_to_be_back() {
    let bench = scanned(3);
    bench.plan();
    bench.run(&[&["apply", "plan.json", "--await", "0"], crate::own_settings::ALL].concat()).ended(2);
    let undo = ["undo", "plan.json.journal", "--await", "0"];
    let undone = bench.run(&[&undo, crate::own_settings::ALL].concat()).ended(2);
    undone.says("NOT taken back").says("has not done it yet; whether it comes is unknown");
    assert_eq!(bench.writes().len(), 1, "what is not there is not taken away");
    // The same command takes it back once it is there.
    let undo = ["undo", "plan.json.journal", "--await", "9"];
    bench.run(&[&undo, crate::own_settings::ALL].concat()).ended(0).says("1 of 1 changes made");
    assert_eq!(bench.writes().len(), 2);
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

const CLASSIC: &str = "[remedy]\nbranch = \"classic\"\n[branch.\"~default\"]\n";

#[test]
fn bite_12_what_the_policy_does_not_say_of_a_protected_branch_stays() {
    let mut world = world();
    let rule = &mut world.repository_mut(ONE).protections[0];
    rule.allow_fork_syncing = true;
    rule.required_linear_history = true;
    rule.restrictions = Some(Actors { teams: vec!["platform".into()], ..Actors::default() });
    let before = rule.clone();
    let bench = Bench::new(world, &format!("{CLASSIC}required_approvals = 4\n"));
    bench.plan();
    bench.apply().ended(0);
    let mut now = bench.forge.world().repository("acme", ONE).unwrap().1.protections[0].clone();
    let reviews = now.required_pull_request_reviews.as_mut().unwrap();
    assert_eq!(std::mem::replace(&mut reviews.required_approving_review_count, 2), 4);
    assert_eq!(now, before);
    bench.run(&[&["undo", "plan.json.journal"], crate::own_settings::ALL].concat()).ended(0);
    let now = bench.forge.world().repository("acme", ONE).unwrap().1.protections[0].clone();
    assert_eq!(now.required_pull_request_reviews, before.required_pull_request_reviews);
}

#[test]
fn bite_12_signatures_go_by_a_request_of_their_own_that_replaces_nothing() {
    let mut world = world();
    world.repository_mut(ONE).protections[0].required_signatures = false;
    world.repository_mut(ONE).rulesets.clear();
    let policy = format!("{CLASSIC}require_signatures = true\nrequired_approvals = 4\n");
    let bench = Bench::new(world, &policy);
    bench.there_and_back();
    let sent: Vec<String> =
        bench.writes().into_iter().map(|(method, path, _)| format!("{method} {path}")).collect();
    let of = |method: &str, end: &str| {
        let path = format!("{method} /repos/acme/{ONE}/branches/main/protection{end}");
        sent.iter().filter(|sent| **sent == path).count()
    };
    let all = [of("PUT", ""), of("POST", "/required_signatures"), of("DELETE", "/required_signatures")];
    assert_eq!(all, [2, 1, 1], "{sent:?}");
}

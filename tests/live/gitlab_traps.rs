//! Where GitLab's settings do not mean what they seem to. Each test begins with a world in which all is
//! well.

use serde_json::json;

use crate::gitlab::{Server, verdict};
use crate::run::{Desk, Report};
use crate::sim::gitlab::{Identity, Tier, World};

const ONE: &str = "acme/team-1/service-0001";

const OPEN: &str = r#"version = 1
[[forge]]
name = "gl"
kind = "gitlab"
groups = ["acme"]
everyone = "all-of-acme"
[repository]
visibility = "internal"
allow_forking = true
"#;

/// gitlab.com with the group of all, and one project that is private there.
fn cloud() -> World {
    let mut world = World::conforming("acme", 1).on_gitlab_com();
    world.add_group("all-of-acme").set("visibility", "private");
    world.project_mut(ONE).set("visibility", "private");
    world
}

fn report_of(world: World, policy: &str) -> Report {
    let server = Server::of(world);
    let desk: Desk = server.desk(policy);
    desk.run(&["audit", "policy.toml", "--format", "json", "--all"]).json()
}

#[track_caller]
fn is(report: &Report, setting: &str, wanted: &str) {
    let found =
        report.findings().find(|f| f["setting"] == setting).unwrap_or_else(|| panic!("{:#}", report.0));
    assert_eq!(found["verdict"], wanted, "{found:#}");
}

#[test]
fn internal_on_gitlab_com_is_private_and_shared_with_everybody() {
    let mut world = cloud();
    is(&report_of(world.clone(), OPEN), "repository.visibility", "drift");
    world.share(ONE, "all-of-acme", 20);
    is(&report_of(world, OPEN), "repository.visibility", "conforms");
}

#[test]
fn a_group_that_is_shared_with_everybody_shares_its_projects() {
    for group in ["acme", "acme/team-1"] {
        let mut world = cloud();
        world.share(group, "all-of-acme", 20);
        is(&report_of(world, OPEN), "repository.visibility", "conforms");
    }
    let mut world = cloud();
    world.add_group("others");
    world.share(ONE, "others", 20);
    is(&report_of(world, OPEN), "repository.visibility", "drift");
}

#[test]
fn public_is_never_internal_and_internal_stays_what_it_is() {
    let mut world = cloud();
    world.share(ONE, "all-of-acme", 20).project_mut(ONE).set("visibility", "public");
    is(&report_of(world, OPEN), "repository.visibility", "drift");
    let mut own_server = World::conforming("acme", 1);
    own_server.add_group("all-of-acme");
    is(&report_of(own_server, OPEN), "repository.visibility", "conforms");
}

#[test]
fn whoever_may_not_see_what_a_group_is_shared_with_hears_unknown() {
    let mut world = cloud();
    world.group_mut("acme").refuse("", 403, "403 Forbidden");
    is(&report_of(world, OPEN), "repository.visibility", "unknown");
}

#[test]
fn a_fork_that_has_nowhere_to_go_is_none() {
    let mut world = World::conforming("acme", 1);
    world.add_group("all-of-acme");
    is(&report_of(world.clone(), OPEN), "repository.allow_forking", "conforms");
    world.group_mut("acme").set("prevent_forking_outside_group", true);
    is(&report_of(world.clone(), OPEN), "repository.allow_forking", "drift");
    // Only owners see that switch: to others a fork may have nowhere to go.
    world.everybody(Identity::person("zoe", &["read_api"]).role("acme", 40));
    is(&report_of(world.clone(), OPEN), "repository.allow_forking", "unknown");
    // Under the Free plan there is no such switch.
    world.tier = Tier::Free;
    is(&report_of(world, OPEN), "repository.allow_forking", "conforms");
}

#[test]
fn a_fork_that_is_off_stays_off() {
    let mut world = World::conforming("acme", 1);
    world.add_group("all-of-acme");
    world.project_mut(ONE).set("forking_access_level", "disabled");
    is(&report_of(world, OPEN), "repository.allow_forking", "drift");
}

#[test]
fn the_group_of_all_is_a_word_of_gitlab_alone() {
    let policy = OPEN.replace("kind = \"gitlab\"\ngroups", "kind = \"github\"\norganizations");
    let server = Server::of(World::conforming("acme", 1));
    server.desk(&policy).run(&["check", "policy.toml"]).ended(1).says("a github forge has no `everyone`");
}

#[test]
fn what_is_not_there_without_a_plan_is_told_so_and_not_called_unknown() {
    let policy = "version = 1\n[repository]\nmerge_trains_enabled = true\npush_rule.member_check = true\n";
    for (tier, expected) in [(Tier::Free, "not_applicable"), (Tier::Premium, "drift")] {
        let mut world = World { tier, ..World::conforming("acme", 1) };
        world.project_mut(ONE).document("/push_rule", json!({"member_check": false}));
        let report = Server::of(world).report(policy);
        for setting in ["repository.merge_trains_enabled", "repository.push_rule.member_check"] {
            assert_eq!(verdict(&report, ONE, setting), format!("\"{expected}\""), "{setting}");
        }
    }
}

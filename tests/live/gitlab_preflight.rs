//! What is said of a GitLab group before it is read: who asks, what that identity cannot see, and what it
//! will cost.

use crate::gitlab::Server;
use crate::sim::gitlab::{Identity, World};

const POLICY: &str = r#"version = 1
[organization]
default_branch_protection_defaults.allow_force_push = false
prevent_forking_outside_group = false
[repository]
description = { length = { at_least = 5 } }
approvals.reset_approvals_on_push = true
[repository.webhook."*"]
insecure_ssl = false
[repository.branch."~default"]
allow_force_pushes = false
"#;

const EXPLAIN: [&str; 2] = ["--explain-reads", "--no-cache"];

fn world(identity: Identity) -> World {
    let mut world = World::conforming("acme", 120);
    world.everybody(identity);
    world
}

#[test]
fn an_owner_sees_all_and_hears_what_it_costs() {
    let owner = Identity::person("ann", &["read_api"]).role("acme", 50);
    let server = Server::of(world(owner));
    let run = server.audit(POLICY, &EXPLAIN).ended(0);
    run.says("gitlab:acme: 120 projects").says("asked by ann, Owner, with a token of the scopes read_api");
    run.says("at the most 242 REST requests, about 2 GraphQL requests; 2 of each project");
    run.says("10 of 10 settings can be seen");
    assert!(!run.out.contains("cannot be seen"), "{}", run.out);
    let asked = server.stats();
    assert_eq!(asked.total, 2 + 3, "{asked:?}");
}

#[test]
fn a_reporter_hears_which_settings_it_cannot_see_and_what_they_take() {
    let reporter = Identity::person("zoe", &["read_api"]).role("acme", 20);
    let server = Server::of(world(reporter));
    let run = server.audit(POLICY, &EXPLAIN).ended(0);
    run.says("asked by zoe, Reporter");
    run.says("cannot be seen with it:").says("needs Owner (read_api)");
    run.says("organization.prevent_forking_outside_group");
    run.says("seen only of projects in which its role is stronger:").says("needs Maintainer (read_api)");
    run.says("branch_rule.allow_force_push");
    let run = server.audit(POLICY, &[]);
    run.says("settings cannot be seen with Reporter (read_api); --explain-reads names them");
}

#[test]
fn a_token_without_the_scope_sees_nothing() {
    let blind = Identity::person("zoe", &["read_user"]).role("acme", 50);
    let run = Server::of(world(blind)).audit(POLICY, &EXPLAIN).ended(0);
    run.says("gitlab:acme: cannot be read");
}

#[test]
fn a_token_that_ends_is_told_with_its_day() {
    let owner = Identity::person("ann", &["api"]).role("acme", 50).expires("2031-02-03");
    Server::of(world(owner)).audit(POLICY, &EXPLAIN).says("which ends on 2031-02-03");
}

#[test]
fn a_group_that_is_not_there_is_said_to_be_unreadable() {
    let run =
        Server::of(World::conforming("acme", 1)).audit(POLICY, &["--gitlab", "nowhere", "--explain-reads"]);
    run.ended(0).says("gitlab:nowhere: cannot be read").says("gitlab:acme: 1 projects");
}

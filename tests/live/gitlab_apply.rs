//! Plan, apply, and an audit that finds nothing left, on GitLab; and the writes that bite. Each test
//! begins with a world in which all is well.

use serde_json::{Value, json};

use crate::gitlab::Server;
use crate::run::{Desk, Run};
use crate::sim::gitlab::{Holder, Identity, Options, Tier, World};

const ONE: &str = "acme/team-1/service-0001";

/// Settings of different shapes, of the project and of its group.
const POLICY: &str = r#"version = 1
[organization]
description = "Builds services"
[repository]
delete_branch_on_merge = true
description = { length = { at_least = 5 }, fix = "A service" }
topics = { contains = ["innersource"] }
push_rule.member_check = true
approvals.reset_approvals_on_push = true
"#;

/// A conforming world, changed, with a desk before it.
struct Bench {
    server: Server,
    desk: Desk,
}

impl Bench {
    fn of(policy: &str, change: impl FnOnce(&mut World)) -> Self {
        let mut world = World::conforming("acme", 2);
        change(&mut world);
        let server = Server::with(world, Options { record: true, ..Options::default() });
        let desk = server.desk(policy);
        Self { server, desk }
    }

    #[track_caller]
    fn plan(&self) -> Value {
        let arguments = ["plan", "policy.toml", "--gitlab", "acme", "--out", "plan.json", "--format", "json"];
        let run = self.desk.run(&arguments).ended(2);
        assert_eq!(self.writes().len(), 0, "a plan writes nothing");
        run.json().0
    }

    fn apply(&self) -> Run {
        self.desk.run(&["apply", "plan.json", "--auto-approve"])
    }

    #[track_caller]
    fn is_clean(&self) {
        self.desk.run(&["audit", "policy.toml", "--gitlab", "acme"]).ended(0);
    }

    /// Method, path and body of each write.
    fn writes(&self) -> Vec<(String, String, Value)> {
        let writes = self.server.recorded().into_iter();
        let writes = writes.filter(|r| r.method != "GET" && r.path != "/api/graphql");
        writes.map(|r| (r.method, r.path, r.body.unwrap_or_default())).collect()
    }

    /// Plans, applies, and finds nothing left.
    #[track_caller]
    fn mends(&self) -> Value {
        let plan = self.plan();
        self.apply().ended(0);
        self.is_clean();
        plan
    }
}

fn project(world: &mut World) -> &mut Holder {
    world.project_mut(ONE)
}

#[test]
fn one_setting_is_planned_written_and_seen_to_be_written() {
    let bench = Bench::of(POLICY, |world| {
        project(world).set("remove_source_branch_after_merge", false);
    });
    let plan = bench.mends();
    assert_eq!(plan["changes"].as_array().unwrap().len(), 1, "{plan:#}");
    let path = "/projects/acme%2Fteam-1%2Fservice-0001".to_owned();
    let body = json!({"remove_source_branch_after_merge": true});
    assert_eq!(bench.writes(), [("PUT".to_owned(), path, body)]);
    bench.desk.run(&["plan", "policy.toml", "--gitlab", "acme"]).ended(0).says("No changes.");
}

#[test]
fn fields_of_one_document_travel_in_one_request() {
    let bench = Bench::of(POLICY, |world| {
        project(world)
            .set("remove_source_branch_after_merge", false)
            .set("description", "x")
            .set("topics", json!(["rust"]));
        world.group_mut("acme").set("description", "x");
    });
    bench.mends();
    let writes = bench.writes();
    assert_eq!(writes.len(), 2, "{writes:#?}");
    let of_project = writes.iter().find(|(_, path, _)| path.starts_with("/projects/")).unwrap();
    assert_eq!(of_project.2["topics"], json!(["innersource", "rust"]));
    assert_eq!(of_project.2.as_object().unwrap().len(), 3);
}

#[test]
fn what_was_made_is_taken_back() {
    let bench = Bench::of(POLICY, |world| {
        project(world).set("remove_source_branch_after_merge", false).set("topics", json!(["rust"]));
    });
    bench.mends();
    bench.desk.run(&["undo", "plan.json.journal", "--auto-approve"]).ended(0);
    let world = bench.server.world();
    assert_eq!(world.projects[ONE].told("topics"), json!(["rust"]));
    assert_eq!(world.projects[ONE].told("remove_source_branch_after_merge"), false);
}

#[test]
fn what_moved_since_the_plan_is_left_alone() {
    let bench = Bench::of(POLICY, |world| {
        project(world).set("topics", json!(["rust"]));
    });
    bench.plan();
    bench.server.world_mut().project_mut(ONE).set("topics", json!(["go"]));
    bench.apply().ended(2).says("it has moved since the plan");
    assert_eq!(bench.writes(), []);
}

#[test]
fn a_push_rule_that_was_never_set_is_made_and_not_changed() {
    let bench = Bench::of(POLICY, |world| {
        project(world).document("/push_rule", Value::Null);
    });
    bench.mends();
    assert_eq!(bench.writes()[0].0, "POST");
}

#[test]
fn a_push_rule_that_is_there_is_changed() {
    let bench = Bench::of(POLICY, |world| {
        project(world).document("/push_rule", json!({"member_check": false, "prevent_secrets": true}));
    });
    bench.mends();
    assert_eq!(bench.writes()[0].0, "PUT");
    let world = bench.server.world();
    assert_eq!(world.projects[ONE].documents.stated("/push_rule").unwrap()["prevent_secrets"], true);
}

#[test]
fn what_a_group_decides_is_answered_with_yes_and_not_done() {
    // The setting is looser below a group that is stricter: the project's own word is taken in silence.
    let policy = "version = 1\n[repository]\napprovals.merge_requests_author_approval = true\n";
    let bench = Bench::of(policy, |world| {
        world
            .group_mut("acme")
            .document("/merge_request_approval_setting", json!({"allow_author_approval": false}));
    });
    bench.plan();
    bench.apply().ended(2).says("NOT applied by the forge, which said yes");
}

#[test]
fn what_the_plan_of_the_server_lacks_is_taken_in_silence_and_that_is_said() {
    let bench = Bench::of("version = 1\n[repository]\nmerge_trains_enabled = true\n", |world| {
        world.deaf_to = vec!["merge_trains_enabled".to_owned()];
    });
    bench.plan();
    bench.apply().ended(2).says("NOT applied by the forge, which said yes: it is still false");
}

#[test]
fn whoever_may_not_write_is_refused_and_nothing_is_claimed() {
    let bench = Bench::of(POLICY, |world| {
        project(world).set("remove_source_branch_after_merge", false);
        world.everybody(Identity::person("zoe", &["read_api"]).role("acme", 50));
    });
    bench.plan();
    let run = bench.apply().ended(2);
    run.says("0 of 1 changes made").says("403");
}

#[test]
fn under_the_free_plan_nothing_is_planned_that_it_lacks() {
    let bench = Bench::of(POLICY, |world| {
        world.tier = Tier::Free;
        project(world).document("/push_rule", Value::Null).set("topics", json!(["rust"]));
    });
    let plan = bench.mends();
    assert_eq!(plan["changes"].as_array().unwrap().len(), 1, "{plan:#}");
}

//! A setting of an organization or group in place of one in each of its repositories, on forges that let the
//! repositories follow.

use serde_json::{Value as Json, json};

use crate::gitlab::Server;
use crate::own_settings::{ALL, Bench};
use crate::run::Desk;
use crate::sim::World;
use crate::sim::gitlab::{self as gitlab_sim, Tier};

const WORKFLOW: &str = "/actions/permissions/workflow";

/// An organization, and so many repositories in it, whose tokens may write where nobody says otherwise.
fn writing(repositories: usize) -> Bench {
    let mut world = World::conforming("acme", repositories);
    world.installed_version.clear();
    let document =
        json!({"default_workflow_permissions": "write", "can_approve_pull_request_reviews": false});
    let organization = &mut world.organizations[0];
    organization.document(WORKFLOW, document.clone());
    for repository in organization.repositories.values_mut() {
        repository.document(WORKFLOW, document.clone());
    }
    Bench::new(world, "[repository.actions.workflow]\ndefault_workflow_permissions = \"read\"\n")
}

fn lifted(desk: &Desk, forge: &[&str]) -> Json {
    let plan = ["plan", "policy.toml", "--lift", "--out", "plan.json", "--format", "json"];
    desk.run(&[&plan[..], forge].concat()).ended(2).json().0
}

#[test]
fn a_github_organization_decides_for_all_and_takes_it_back() {
    let bench = writing(3);
    let seen = || {
        let audit = ["audit", ".", "--github", "acme", "--format", "json", "--all"];
        bench.run(&audit).json().0["findings"].clone()
    };
    let before = seen();
    let plan = lifted(&bench.desk, &["--github", "acme"]);
    assert_eq!(plan["lifted"][0]["setting"], "organization.actions.workflow.default_workflow_permissions");
    assert_eq!(
        (plan["lifted"][0]["changes"].clone(), plan["changes"].as_array().unwrap().len()),
        (json!(3), 1)
    );
    bench.forge.forget();
    bench.run(&[&["apply", "plan.json"], ALL].concat()).ended(0);
    assert_eq!(bench.forge.stats().mutating, 1, "one write for all");
    assert_eq!(bench.drift(), [""; 0]);
    bench.run(&["plan", ".", "--github", "acme", "--lift"]).says("No changes.");
    bench.run(&[&["undo", "plan.json.journal"], ALL].concat()).ended(0);
    assert_eq!(seen(), before);
}

#[test]
fn a_gitlab_group_decides_for_all_and_takes_it_back() {
    let mut world = gitlab_sim::World::conforming("acme", 3);
    world.tier = Tier::Ultimate;
    world.version = "19.3.0-ee".to_owned();
    let own = json!({"allow_author_approval": true});
    for holder in world.groups.values_mut().chain(world.projects.values_mut()) {
        holder.document("/merge_request_approval_setting", own.clone());
    }
    let server = Server::with(world, gitlab_sim::Options { record: true, ..gitlab_sim::Options::default() });
    let policy = "version = 1\n[repository.merge_request_approval_setting]\nallow_author_approval = false\n";
    let desk = server.desk(policy);
    let seen = || {
        let audit = ["audit", "policy.toml", "--gitlab", "acme", "--format", "json", "--all"];
        desk.run(&audit).json().0["findings"].clone()
    };
    let before = seen();
    let plan = lifted(&desk, &["--gitlab", "acme"]);
    let [lift] = &plan["lifted"].as_array().unwrap()[..] else { panic!("{plan:#}") };
    assert_eq!(lift["setting"], "organization.merge_request_approval_setting.allow_author_approval");
    assert_eq!((&lift["changes"], plan["changes"].as_array().unwrap().len()), (&json!(3), 1));
    desk.run(&[&["apply", "plan.json"], ALL].concat()).ended(0);
    desk.run(&["plan", "policy.toml", "--gitlab", "acme", "--lift"]).ended(0).says("No changes.");
    desk.run(&[&["undo", "plan.json.journal"], ALL].concat()).ended(0);
    assert_eq!(seen(), before);
}

#[test]
fn to_lift_costs_the_same_few_requests_however_many_repositories_there_are() {
    let more = |repositories: usize| {
        let bench = writing(repositories);
        let asked = |flags: &[&str]| {
            bench.forge.forget();
            bench.run(&[&["plan", ".", "--github", "acme"], flags].concat()).ended(2);
            bench.forge.stats().total
        };
        let apart = asked(&[]);
        asked(&["--lift"]) - apart
    };
    let (of_three, of_thirty) = (more(3), more(30));
    assert_eq!(of_three, of_thirty);
    assert!(of_three <= 4, "its plan, its rulesets, what decides, and properties: {of_three}");
}

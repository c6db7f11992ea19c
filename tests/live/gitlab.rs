//! GitLab, read live: groups with all that is beneath them, by the road that GitHub takes.

use ispo_scm::catalog::Catalog;
use serde_json::json;
use tokio::runtime::Runtime;

use crate::run::{Desk, Report, Run};
use crate::sim::gitlab::{self, Identity, Options, Simulator, World};
use crate::sim::server::Recorded;

/// A desk with a token for the server at that address.
pub fn desk(url: &str, policy: &str) -> Desk {
    Desk::new(policy).set("ISPO_SCM_GITLAB_URL", url).set("GITLAB_TOKEN", crate::run::TOKEN)
}

/// A simulated GitLab for one test, with threads of its own.
pub struct Server {
    simulator: Simulator,
    // After the simulator: it ends what the simulator started.
    runtime: Runtime,
}

impl Server {
    pub fn of(world: World) -> Self {
        Self::with(world, Options::default())
    }

    /// Answers so, and keeps what it was asked where the options say so.
    pub fn with(world: World, options: Options) -> Self {
        let runtime =
            tokio::runtime::Builder::new_multi_thread().worker_threads(1).enable_all().build().unwrap();
        let simulator = runtime.block_on(gitlab::serve(world, options)).unwrap();
        Self { simulator, runtime }
    }

    pub fn runtime(&self) -> &Runtime {
        &self.runtime
    }

    /// What it was asked so far.
    pub fn stats(&self) -> crate::sim::server::Stats {
        self.simulator.stats()
    }

    /// What arrived so far.
    pub fn recorded(&self) -> Vec<Recorded> {
        self.simulator.recorded()
    }

    pub fn url(&self) -> String {
        self.simulator.url()
    }

    /// The world as it is now.
    pub fn world(&self) -> std::sync::RwLockReadGuard<'_, World> {
        self.simulator.world()
    }

    /// Changes the world behind the back of whoever is reading it.
    pub fn world_mut(&self) -> std::sync::RwLockWriteGuard<'_, World> {
        self.simulator.world_mut()
    }

    /// A desk with a token for this server.
    pub fn desk(&self, policy: &str) -> Desk {
        desk(&self.url(), policy)
    }

    #[track_caller]
    pub fn audit(&self, policy: &str, arguments: &[&str]) -> Run {
        let all = [&["audit", "policy.toml", "--gitlab", "acme"], arguments].concat();
        let run = self.desk(policy).run(&all);
        assert_eq!(self.simulator.stats().mutating, 0, "an audit changes nothing");
        run
    }

    #[track_caller]
    pub fn report(&self, policy: &str) -> Report {
        self.audit(policy, &["--format", "json", "--all"]).json()
    }
}

const POLICY: &str = r#"version = 1

[organization]
description = { length = { at_least = 5 } }

[repository]
description = { length = { at_least = 5 } }
visibility = "internal"
topics = { contains = ["innersource"] }
delete_branch_on_merge = true
"#;

/// The verdict on a setting of a project or group.
pub fn verdict(report: &Report, subject: &str, setting: &str) -> String {
    let subject = format!("gitlab:{subject}");
    let found = report.findings().find(|f| f["subject"] == subject.as_str() && f["setting"] == setting);
    found.unwrap_or_else(|| panic!("no {setting} of {subject} in {:#}", report.0))["verdict"].to_string()
}

#[test]
fn a_group_is_read_with_its_subgroups_and_all_of_their_projects() {
    let server = Server::of(World::conforming("acme", 130));
    let report = server.report(POLICY);
    assert_eq!((report.count("drift"), report.count("unknown")), (0, 0), "{:#}", report.0["summary"]);
    // The group, its six subgroups and the projects.
    assert_eq!(report.count("subjects"), 1 + 6 + 130);
    assert_eq!(report.0["unread"], json!([]));
    let stats = server.simulator.stats();
    eprintln!("130 projects: {} requests", stats.total);
    assert!(stats.total <= 4 + 2 + 1 + 7, "who asks, two pages, and a document of each group: {stats:?}");
}

#[test]
fn what_is_changed_drifts_and_nothing_else() {
    let mut world = World::conforming("acme", 3);
    world.project_mut("acme/team-1/service-0002").set("remove_source_branch_after_merge", false);
    let report = Server::of(world).report(POLICY);
    assert_eq!((report.count("drift"), report.count("unknown")), (1, 0), "{:#}", report.0["summary"]);
    let setting = "repository.delete_branch_on_merge";
    assert_eq!(verdict(&report, "acme/team-1/service-0002", setting), "\"drift\"");
}

#[test]
fn the_server_itself_is_judged_as_one_subject() {
    let policy = "version = 1\n[instance]\nsignup_enabled = false\n";
    let mut world = World::conforming("acme", 1);
    world.instance_mut().set("signup_enabled", true);
    let server = Server::of(world.clone());
    let report = server.report(policy);
    assert_eq!(verdict(&report, "127.0.0.1", "enterprise.signup_enabled"), "\"drift\"");
    world.instance_mut().set("signup_enabled", false);
    Server::of(world.clone()).audit(policy, &[]).ended(0);
    world.everybody(Identity::person("zoe", &["read_api"]).role("acme", 50));
    let report = Server::of(world).report(policy);
    assert_eq!(verdict(&report, "127.0.0.1", "enterprise.signup_enabled"), "\"unknown\"");
}

#[test]
fn a_place_that_nothing_is_wanted_of_is_not_asked() {
    let server = Server::of(World::conforming("acme", 1));
    server.audit("version = 1\n[organization]\ndescription = \"Builds services\"\n", &[]).ended(0);
    let routes = server.simulator.stats().by_route;
    assert!(!routes.keys().any(|route| route.contains("/application")), "{routes:?}");
}

#[test]
fn a_group_that_is_not_there_does_not_stop_the_others() {
    let server = Server::of(World::conforming("acme", 2));
    let run = server.audit(POLICY, &["--gitlab", "nowhere"]).ended(3);
    run.says("gitlab:nowhere was not read").says("404");
}

#[test]
fn without_rights_nothing_drifts() {
    let mut world = World::conforming("acme", 2);
    world.everybody(Identity::person("zoe", &["read_api"]).role("acme", 10));
    let report = Server::of(world).report(POLICY);
    assert_eq!(report.count("drift"), 0, "{:#}", report.0);
}

#[test]
fn a_token_without_the_scope_is_told_so() {
    let mut world = World::conforming("acme", 1);
    world.everybody(Identity::person("zoe", &["read_user"]).role("acme", 50));
    let run = Server::of(world).audit(POLICY, &[]);
    run.says("read_api is needed");
    assert_ne!(run.code, 0, "nothing was read");
}

#[test]
fn the_token_of_a_job_is_not_sent_and_it_is_said_what_serves() {
    let server = Server::of(World::conforming("acme", 1));
    let desk = server.desk(POLICY).set("GITLAB_TOKEN", "").set("CI_JOB_TOKEN", "glcbt-64_never");
    let run = desk.run(&["audit", "policy.toml", "--gitlab", "acme"]).ended(1);
    run.says("but the job's own, which reads no settings").says("make an access token of the group");
    assert_eq!(server.stats().total, 0);
    assert!(!format!("{}{}", run.out, run.err).contains("never"));
}

#[test]
fn nobody_asks_for_what_no_expectation_needs() {
    let server = Server::of(World::conforming("acme", 3));
    server.audit("version = 1\n[repository]\nvisibility = \"internal\"\n", &[]).ended(0);
    let stats = server.simulator.stats();
    assert_eq!(stats.total, 3, "the version, the token and the list: {stats:?}");
}

#[test]
fn an_unchanged_second_run_is_answered_from_what_is_kept() {
    let server = Server::of(World::conforming("acme", 30));
    let desk = server.desk(POLICY);
    let arguments = ["audit", "policy.toml", "--gitlab", "acme", "--format", "json"];
    let first = desk.run(&arguments).ended(0).json();
    let again = desk.run(&arguments).ended(0).json();
    assert!(again.0["requests"]["not_modified"].as_u64() > Some(0), "{}", again.0["requests"]);
    assert!(first.without_requests() == again.without_requests());
}

/// What is not there to be seen: on gitlab.com alone, of the top group alone, or behind a 404 for a group
/// that has none, which is not believed.
const UNSEEN: &[&str] = &[
    "organization.credentials.personal_access_tokens",
    "organization.enterprise_users",
    "organization.push_rule.",
    "organization.scim_identities",
    "organization.service_accounts",
    "organization.ssh_certificates",
];

/// A policy with a line on every setting of that scope that GitLab's REST tells.
fn of_all(scope: &str) -> String {
    let catalog = Catalog::built_in().unwrap();
    let told = catalog.settings().filter(|s| &*s.group == scope);
    let told = told.filter(|s| s.gitlab.binding().is_some_and(|b| b.rest.is_some()));
    let lines: String = told.map(|s| format!("{} = {{ absent = true }}\n", s.name())).collect();
    format!("version = 1\n[{scope}]\n{lines}")
}

#[test]
fn whoever_administers_the_server_sees_every_setting_of_it_and_of_its_groups() {
    for scope in ["enterprise", "organization"] {
        let newest = World { version: "19.3.0".into(), ..World::conforming("acme", 1) };
        let report = Server::of(newest).report(&of_all(scope));
        let unseen: std::collections::BTreeSet<_> = report
            .findings()
            .filter(|f| f["verdict"] != "conforms" && f["verdict"] != "drift")
            .filter(|f| !UNSEEN.iter().any(|key| f["setting"].as_str().unwrap().starts_with(key)))
            .map(|f| format!("{}: {} {}", f["setting"], f["verdict"], f["why_not"]))
            .collect();
        assert!(unseen.is_empty(), "{unseen:#?}");
    }
}

/// What groups and projects tell in queries alone.
const QUERIED: &str = r#"version = 1
[organization]
compliance_frameworks = { contains = ["SOX"] }
dependency_proxy = true
package_settings.maven_duplicates_allowed = false
package_settings.npm_package_requests_forwarding = false
[repository]
security_policy_project = "acme/policies"
"#;

#[test]
fn what_is_told_in_queries_alone_is_judged() {
    let mut world = World::conforming("acme", 1);
    world.add_project("acme/policies");
    let settings = json!({"mavenDuplicatesAllowed": false, "npmPackageRequestsForwarding": false});
    for group in ["acme", "acme/team-1"] {
        world.group_mut(group).document("/package_settings", settings.clone());
        world.group_mut(group).document("/compliance_frameworks", json!([{"name": "SOX"}]));
    }
    let one = "acme/team-1/service-0001";
    for project in [one, "acme/policies"] {
        world.project_mut(project).document("/security_policy_project", json!("acme/policies"));
    }
    let report = Server::of(world.clone()).report(QUERIED);
    assert_eq!((report.count("drift"), report.count("unknown")), (0, 0), "{:#}", report.0["findings"]);
    world.project_mut(one).document("/security_policy_project", json!(null));
    world.group_mut("acme").document("/dependency_proxy", json!({"enabled": false}));
    let report = Server::of(world.clone()).report(QUERIED);
    assert_eq!((report.count("drift"), report.count("unknown")), (2, 0), "{:#}", report.0["findings"]);
    world.everybody(Identity::person("zoe", &["read_api"]).role("acme", 20));
    let report = Server::of(world).report(QUERIED);
    assert_eq!(verdict(&report, one, "repository.security_policy_project"), "\"unknown\"");
}

/// A project of an earlier page goes while the next is asked for: the one that moves up is on no page.
#[test]
fn a_project_that_moved_past_while_pages_were_read_is_told_of() {
    let fault = "shifting-list=/groups/{id}/projects".parse().unwrap();
    let options = Options { faults: vec![fault], ..Options::default() };
    let server = Server::with(World::conforming("acme", 130), options);
    server.audit(POLICY, &[]).ended(3).says("only 129 of its 130 projects were listed");
}

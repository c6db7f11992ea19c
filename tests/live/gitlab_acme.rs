//! The policy of the acme example, held against a live GitLab group.

use std::path::Path;

use serde_json::json;

use crate::gitlab::Server;
use crate::run::Desk;
use crate::sim::gitlab::World;

/// A desk with the whole example, whose GitLab is this server in place of the snapshot.
fn desk(server: &Server) -> Desk {
    let of = |name: &str| {
        let file = Path::new(env!("CARGO_MANIFEST_DIR")).join("fixtures/acme").join(name);
        std::fs::read_to_string(file).unwrap()
    };
    let snapshot = "kind = \"snapshot\"\npath = \"acme-gitlab.jsonl\"";
    let policy = of("policy.toml");
    assert!(policy.contains(snapshot));
    let desk = server.desk(&policy.replace(snapshot, "kind = \"gitlab\"\ngroups = [\"acme\"]"));
    std::fs::create_dir(desk.path("teams")).unwrap();
    for name in ["security-floor.toml", "acme.jsonl"] {
        desk.write(name, &of(name));
    }
    for team in ["payments", "platform", "search"] {
        desk.write(format!("teams/{team}.toml"), &of(&format!("teams/{team}.toml")));
    }
    desk
}

/// How many requests it takes to judge so many projects, of which these are regulated: REST, and GraphQL.
fn requests(projects: usize, regulated: &[&str]) -> (u64, u64) {
    let server = Server::of(World::conforming("acme", projects));
    let desk = desk(&server);
    desk.write(
        "regulated.txt",
        &regulated.iter().map(|name| format!("gl:acme/{name}\n")).collect::<String>(),
    );
    let arguments = ["audit", "policy.toml", "--format", "json", "--all", "--today", "2026-11-20"];
    let report = desk.run(&arguments).ended(2).json();
    let on_gitlab = || report.findings().filter(|f| f["subject"].as_str().unwrap().starts_with("gl:"));
    let unknown: Vec<_> = on_gitlab().filter(|f| f["verdict"] == "unknown").collect();
    assert!(unknown.is_empty(), "{unknown:#?}");
    assert_eq!((&report.0["undecided"], &report.0["owner_unknown"]), (&json!({}), &json!(0)));
    let approvals = on_gitlab().filter(|f| f["setting"] == "branch.required_approvals");
    assert_eq!(approvals.filter(|f| f["verdict"] == "conforms").count(), projects);
    let of = |api: &str| report.0["requests"][api].as_u64().unwrap();
    (of("rest"), of("graphql"))
}

/// Version, token and user; the list of projects, that of subgroups, and the group twice, once as
/// it was before. Each further page of a hundred is a list and two queries.
#[test]
fn a_hundred_projects_cost_a_handful_of_requests_and_the_next_hundred_a_page() {
    assert_eq!(requests(100, &[]), (7, 2));
    assert_eq!(requests(200, &[]), (8, 4));
}

/// Whether a push ends approvals is told of one project at a time, and asked of the regulated alone.
#[test]
fn what_one_profile_asks_costs_a_request_for_each_of_its_projects() {
    assert_eq!(requests(20, &[]), (7, 2));
    assert_eq!(requests(20, &["team-1/service-0003", "team-1/service-0011"]), (9, 2));
}

/// The policy knows both forges as snapshots: what is read live in the place of one goes by that one's name, so that
/// what the policy says of it still fits.
#[test]
fn a_live_forge_goes_by_the_name_of_its_snapshot() {
    let server = Server::of(World::conforming("acme", 1));
    let desk = server.desk(
        "version = 1\n[[forge]]\nname = \"ours\"\nkind = \"snapshot\"\npath = \"github.jsonl\"\n\
         [[forge]]\nname = \"theirs\"\nkind = \"snapshot\"\npath = \"gitlab.jsonl\"\n\
         [repository]\nhas_issues = true\n",
    );
    let header = |forge: &str, kind: &str| {
        format!("{}\n", json!({"format": "ispo-scm-snapshot", "version": 1, "forge": forge, "kind": kind}))
    };
    let forge = || {
        let run = desk.run(&["audit", "policy.toml", "--gitlab", "acme", "--format", "json", "--all"]).json();
        let first = run.findings().next().unwrap()["subject"].as_str().unwrap().to_owned();
        first.split(':').next().unwrap().to_owned()
    };
    desk.write("github.jsonl", &header("ours", "github"));
    desk.write("gitlab.jsonl", &header("theirs", "gitlab"));
    assert_eq!(forge(), "theirs");
    // Where both are of GitHub, it is neither.
    desk.write("gitlab.jsonl", &header("theirs", "github"));
    assert_eq!(forge(), "gitlab");
}

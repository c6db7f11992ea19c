//! Settings of a subject itself: planned, written, seen to be written, and taken back.

use serde_json::{Value as Json, json};

use crate::forge::Forge;
use crate::run::{Desk, Run};
use crate::sim::{Options, World};

/// What a plan of anything takes to be carried out.
pub const ALL: &[&str] = &[
    "--auto-approve",
    "--allow-delete",
    "--allow-weaken",
    "--allow-widen",
    "--allow-irreversible",
    "--allow-unproven",
    "--max-share=100",
];

/// A policy, and the organization that it is applied to.
pub struct Bench {
    pub forge: Forge,
    pub desk: Desk,
}

impl Bench {
    /// A policy without its version line.
    pub fn new(world: World, policy: &str) -> Self {
        Self::with(world, policy, Options::default())
    }

    /// The same, of a forge with its own ways.
    pub fn with(world: World, policy: &str, options: Options) -> Self {
        let forge = Forge::with(world, Options { record: true, ..options });
        let desk = Desk::before(&forge.url(), &format!("version = 1\n{policy}"));
        Self { forge, desk }
    }

    pub fn run(&self, arguments: &[&str]) -> Run {
        self.desk.run(arguments)
    }

    /// The plan, which the simulator was only read for.
    #[track_caller]
    pub fn plan(&self) -> Json {
        self.forge.forget();
        let run = self.run(&["plan", ".", "--github", "acme", "--out", "plan.json"]);
        assert!(matches!(run.code, 0 | 2 | 3), "{}{}", run.out, run.err);
        assert_eq!(self.forge.stats().mutating, 0);
        serde_json::from_str(&std::fs::read_to_string(self.desk.path("plan.json")).unwrap()).unwrap()
    }

    /// Applies the plan, whatever comes of it.
    pub fn apply(&self) -> Run {
        self.run(&[&["apply", "plan.json"], ALL].concat())
    }

    #[track_caller]
    pub fn drift(&self) -> Vec<String> {
        let run = self.run(&["audit", ".", "--github", "acme", "--format", "json"]);
        let report: Json = serde_json::from_str(&run.out).unwrap();
        let findings = report["findings"].as_array().unwrap();
        findings.iter().map(|f| format!("{} {}", f["subject"], f["setting"]).replace('"', "")).collect()
    }

    /// What stands in a report on everything, but for the requests that it took.
    fn judged(&self) -> Json {
        let run = self.run(&["audit", ".", "--github", "acme", "--format", "json", "--all"]);
        let mut report: Json = serde_json::from_str(&run.out).unwrap();
        report.as_object_mut().unwrap().remove("requests");
        report
    }

    /// Plans, applies, finds nothing left, takes back, and finds the world as it was.
    #[track_caller]
    pub fn there_and_back(&self) -> Json {
        let before = self.judged();
        let plan = self.plan();
        assert_eq!(plan["deferred"], json!([]), "{plan:#}");
        let applied = self.apply();
        assert_eq!(applied.code, 0, "{}{}", applied.out, applied.err);
        assert_eq!(self.drift(), [""; 0]);
        let again = self.run(&["plan", ".", "--github", "acme"]);
        assert!(again.out.contains("No changes."), "{}", again.out);
        let back = self.run(&[&["undo", "plan.json.journal"], ALL].concat());
        assert_eq!(back.code, 0, "{}{}", back.out, back.err);
        assert_eq!(self.judged(), before);
        plan
    }

    /// What was written, in order: method, path, body.
    pub fn writes(&self) -> Vec<(String, String, Json)> {
        let recorded = self.forge.recorded().into_iter();
        let written = recorded.filter(|r| r.method != "GET" && r.path != "/graphql");
        written.map(|r| (r.method, r.path, r.body.unwrap_or_default())).collect()
    }
}

fn world() -> World {
    World::conforming("acme", 2)
}

/// What is at a path beneath a repository.
fn document(bench: &Bench, suffix: &str) -> Json {
    let world = bench.forge.world();
    let repository = world.repository("acme", "service-0001").unwrap().1;
    repository.documents.stated(suffix).cloned().unwrap_or_default()
}

#[test]
fn what_stands_beside_in_a_document_is_kept() {
    let mut world = world();
    for name in ["service-0001", "service-0002"] {
        world.repository_mut(name).document(
            "/actions/permissions",
            json!({"enabled": true, "allowed_actions": "selected", "sha_pinning_required": false}),
        );
    }
    let bench = Bench::new(world, "[repository]\nactions.sha_pinning_required = true\n");
    let plan = bench.plan();
    assert_eq!(plan["changes"].as_array().unwrap().len(), 2, "{plan:#}");
    // Changed by its people since the plan was made: it is kept as they have it now.
    bench.forge.world_mut(|world| {
        world.repository_mut("service-0001").document(
            "/actions/permissions",
            json!({"enabled": true, "allowed_actions": "local_only", "sha_pinning_required": false}),
        );
    });
    let applied = bench.apply();
    assert_eq!(applied.code, 0, "{}{}", applied.out, applied.err);
    let kept = json!({"enabled": true, "allowed_actions": "local_only", "sha_pinning_required": true});
    assert_eq!(document(&bench, "/actions/permissions"), kept);
}

#[test]
fn fields_of_one_document_travel_in_one_request_and_come_back() {
    let mut world = world();
    for name in ["service-0001", "service-0002"] {
        world.repository_mut(name).document(
            "/actions/permissions/workflow",
            json!({"default_workflow_permissions": "write", "can_approve_pull_request_reviews": true}),
        );
    }
    world.organization_mut("acme").document(
        "/actions/permissions/workflow",
        json!({"default_workflow_permissions": "write", "can_approve_pull_request_reviews": true}),
    );
    let policy = "[repository.actions.workflow]\ndefault_workflow_permissions = \"read\"\n\
                  can_approve_pull_request_reviews = false\n";
    let bench = Bench::new(world, policy);
    let plan = bench.there_and_back();
    assert_eq!(plan["requests"].as_array().unwrap().len(), 2, "{plan:#}");
    let reads: Vec<&Json> = plan["requests"].as_array().unwrap().iter().map(|r| &r["reads"]).collect();
    assert_eq!(reads, [&Json::Null, &Json::Null], "nothing is beside them");
}

#[test]
fn a_choice_that_means_nothing_where_actions_are_off_is_left_out_or_deferred() {
    let mut world = world();
    let on = json!({"enabled_repositories": "all", "allowed_actions": "all", "sha_pinning_required": true});
    world.organization_mut("acme").document("/actions/permissions", on.clone());
    let bench = Bench::new(world, "[organization.actions]\nenabled_repositories = \"none\"\n");
    bench.there_and_back();
    let all = bench.forge.world();
    assert_eq!(all.organization("acme").unwrap().documents.stated("/actions/permissions"), Some(&on));
    bench.desk.write(
        "policy.toml",
        "version = 1\n[organization.actions]\nenabled_repositories = \"none\"\nallowed_actions = \"selected\"\n",
    );
    let plan = bench.plan();
    assert_eq!(plan["changes"].as_array().unwrap().len(), 1, "{plan:#}");
    let why = plan["deferred"][0]["reason"].as_str().unwrap();
    assert!(why.contains("organization.actions.enabled_repositories is \"none\""), "{why}");
}

#[test]
fn a_title_is_sent_with_its_message() {
    let mut world = world();
    world.repository_mut("service-0001").set("squash_merge_commit_title", "COMMIT_OR_PR_TITLE");
    let bench = Bench::new(world, "[repository]\nsquash_merge_commit_title = \"PR_TITLE\"\n");
    bench.there_and_back();
}

#[test]
fn an_archived_repository_is_brought_back_before_it_is_changed_and_one_goes_last() {
    let mut world = world();
    world.repository_mut("service-0001").set("archived", true).set("has_wiki", true);
    world.repository_mut("service-0002").set("has_wiki", true);
    let policy = "[profile.back]\nselect = { archived = true, name = \"service-0001\" }\n\
                  [profile.back.repository]\narchived = false\nhas_wiki = false\n\
                  [profile.gone]\nselect = { name = \"service-0002\" }\n\
                  [profile.gone.repository]\narchived = true\nhas_wiki = false\n";
    let bench = Bench::new(world, policy);
    let plan = bench.plan();
    let changes = plan["changes"].as_array().unwrap();
    let told: Vec<String> = changes
        .iter()
        .map(|c| format!("{} {} {}", c["subject"], c["setting"], c["action"]).replace('"', ""))
        .collect();
    let expected = [
        "ghec:acme/service-0001 repository.archived unarchive",
        "ghec:acme/service-0001 repository.has_wiki update",
        "ghec:acme/service-0002 repository.has_wiki update",
        "ghec:acme/service-0002 repository.archived archive",
    ];
    assert_eq!(
        told.iter().map(|t| t.split_once(':').unwrap().1).collect::<Vec<_>>(),
        expected.map(|e| e.split_once(':').unwrap().1)
    );
    bench.apply().ended(0);
    let world = bench.forge.world();
    let is = |name| world.repository("acme", name).unwrap().1;
    assert!(!is("service-0001").is_archived() && is("service-0002").is_archived());
    assert!(!is("service-0001").settings.flag("has_wiki", true));
    assert!(!is("service-0002").settings.flag("has_wiki", true));
    bench.run(&[&["undo", "plan.json.journal"], ALL].concat()).ended(0);
    let world = bench.forge.world();
    let is = |name| world.repository("acme", name).unwrap().1;
    assert!(is("service-0001").is_archived() && !is("service-0002").is_archived());
    assert!(is("service-0001").settings.flag("has_wiki", false));
}

#[test]
fn an_archived_repository_that_stays_so_is_not_written() {
    let mut world = world();
    world.repository_mut("service-0001").set("archived", true).set("has_wiki", true);
    let policy = "[profile.old]\nselect = { archived = true }\n[profile.old.repository]\nhas_wiki = false\n";
    let bench = Bench::new(world, policy);
    let plan = bench.plan();
    assert_eq!(plan["changes"], json!([]));
    assert!(plan["deferred"][0]["reason"].as_str().unwrap().contains("unarchive it first"), "{plan:#}");
}

#[test]
fn roles_of_teams_are_given_before_others_are_taken() {
    let mut world = world();
    let acme = world.organization_mut("acme");
    acme.add_team("guests").grant("service-0001", crate::sim::world::Role::Push);
    let policy = "[repository]\nteams = { exactly = { platform = \"admin\", everyone = \"read\" } }\n";
    let bench = Bench::new(world, policy);
    bench.there_and_back();
    let written: Vec<(String, String)> =
        bench.writes().into_iter().map(|(m, path, b)| (m, format!("{path} {b}"))).take(3).collect();
    assert_eq!(written.len(), 3, "{written:?}");
}

#[test]
fn what_is_taken_from_a_team_comes_last() {
    let mut world = World::conforming("acme", 1);
    world.organization_mut("acme").add_team("guests").grant("service-0001", crate::sim::world::Role::Push);
    let policy = "[repository]\nteams = { exactly = { platform = \"admin\", everyone = \"read\" } }\n";
    let bench = Bench::new(world, policy);
    bench.plan();
    bench.apply().ended(0);
    let of = |path: &str| format!("/orgs/acme/teams/{path}/repos/acme/service-0001");
    assert_eq!(
        bench.writes(),
        [
            ("PUT".to_owned(), of("platform"), json!({"permission": "admin"})),
            ("DELETE".to_owned(), of("guests"), json!(null)),
        ]
    );
}

#[test]
fn a_custom_property_changes_alone() {
    let mut world = world();
    world.repository_mut("service-0001").property("data", "restricted");
    let bench =
        Bench::new(world, "[repository]\ncustom_properties = { contains = { data = \"internal\" } }\n");
    bench.there_and_back();
    let (_, path, body) = bench.writes().remove(0);
    assert_eq!(path, "/repos/acme/service-0001/properties/values");
    assert_eq!(body, json!({"properties": [{"property_name": "data", "value": "internal"}]}));
}

#[test]
fn a_default_branch_is_switched_and_never_renamed() {
    let mut world = world();
    world.repository_mut("service-0001").set("has_wiki", true);
    world.repository_mut("service-0002").set("has_wiki", true);
    let bench = Bench::new(world, "[repository]\ndefault_branch = \"trunk\"\nhas_wiki = false\n");
    bench.plan();
    // There is no such branch; what else was to change is changed all the same.
    let applied = bench.apply().ended(2);
    applied.says("The branch trunk was not found.");
    assert_eq!(
        bench.drift(),
        [
            "ghec:acme/service-0001 repository.default_branch".to_owned(),
            "ghec:acme/service-0002 repository.default_branch".to_owned()
        ]
        .map(|t| t.replace("ghec", &forge_name(&bench)))
    );
    assert!(bench.writes().iter().all(|(_, path, _)| !path.contains("rename")));
}

/// How the forge is called where only the command line names it.
fn forge_name(bench: &Bench) -> String {
    let run = bench.run(&["audit", ".", "--github", "acme", "--format", "json"]);
    let report: Json = serde_json::from_str(&run.out).unwrap();
    report["findings"][0]["subject"].as_str().unwrap().split(':').next().unwrap().to_owned()
}

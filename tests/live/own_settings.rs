//! Settings of a subject itself: planned, written, seen to be written, and taken back.

use serde_json::{Value as Json, json};

use crate::forge::Forge;
use crate::run::{Desk, Run};
use crate::sim::{Options, World};

/// A policy, and the organization that it is applied to.
pub struct Bench {
    pub forge: Forge,
    pub desk: Desk,
}

impl Bench {
    /// A policy without its version line.
    pub fn new(world: World, policy: &str) -> Self {
        let forge = Forge::with(world, Options { record: true, ..Options::default() });
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
        assert!(matches!(run.code, 0 | 2), "{}{}", run.out, run.err);
        assert_eq!(self.forge.stats().mutating, 0);
        serde_json::from_str(&std::fs::read_to_string(self.desk.path("plan.json")).unwrap()).unwrap()
    }

    /// Applies the plan, whatever comes of it.
    pub fn apply(&self) -> Run {
        self.run(&["apply", "plan.json", "--auto-approve"])
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
        let back = self.run(&["undo", "plan.json.journal", "--auto-approve"]);
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

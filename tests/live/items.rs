//! Items of collections on GitHub: each kind through the whole road. A policy is audited, planned and applied,
//! then a plan is empty; undo brings back what there was.

use serde_json::{Value as Json, json};

use crate::run::{Desk, Run};
use crate::sim::world::Repository;
use crate::sim::{Options, Simulator, World, serve};

/// An organization, and a policy for it.
struct Bench {
    simulator: Simulator,
    desk: Desk,
}

impl Bench {
    async fn new(world: World, policy: &str) -> Self {
        let simulator = serve(world, Options::default()).await.unwrap();
        let desk = Desk::before(&simulator.url(), &format!("version = 1\n{FORGE}{policy}"));
        Self { simulator, desk }
    }

    fn plan(&self) -> (Run, Json) {
        let planned = self.desk.run(&["plan", ".", "--github", "acme", "--out", "plan.json"]);
        let text = std::fs::read_to_string(self.desk.path("plan.json")).unwrap();
        (planned, serde_json::from_str(&text).unwrap())
    }

    /// Plans, applies, plans again, takes back: the world is as it was.
    fn round(&self) -> Json {
        let before = self.simulator.world_mut().clone();
        let (planned, plan) = self.plan();
        planned.ended(2);
        assert_eq!(plan["deferred"], json!([]), "{plan:#}");
        self.desk
            .run(&[
                "apply",
                "plan.json",
                "--auto-approve",
                "--allow-delete",
                "--allow-weaken",
                "--allow-widen",
            ])
            .ended(0);
        let again = self.desk.run(&["plan", ".", "--github", "acme"]).ended(0);
        assert!(again.out.contains("No changes."), "{}", again.out);
        let back = [
            "undo",
            "plan.json.journal",
            "--auto-approve",
            "--allow-delete",
            "--allow-weaken",
            "--allow-widen",
        ];
        self.desk.run(&back).ended(0);
        let (_, back) = self.plan();
        assert_eq!(told(&back), told(&plan), "undo has not brought back what there was");
        drop(before);
        plan
    }
}

const FORGE: &str = "[[forge]]\nname = \"gh\"\nkind = \"github\"\norganizations = [\"acme\"]\n";

/// What a plan would do, but for how.
fn told(plan: &Json) -> Vec<(Json, Json, Json)> {
    let changes = plan["changes"].as_array().unwrap().iter();
    changes.map(|c| (c["setting"].clone(), c["before"].clone(), c["after"].clone())).collect()
}

/// A world of one repository.
fn world(state: impl FnOnce(&mut Repository)) -> World {
    let mut world = World::conforming("acme", 1);
    state(world.repository_mut("service-0001"));
    world
}

#[tokio::test(flavor = "multi_thread")]
async fn webhooks_are_made_and_changed() {
    let hook = |url: &str| json!({"config": {"url": url, "content_type": "form", "insecure_ssl": "1"}});
    let world = world(|repository| {
        let hooks = [hook("https://ci.example/hook?token=abc"), hook("https://other.example/hook")];
        repository.document("/hooks", json!(hooks));
    });
    let policy = r#"
        [repository.webhook."https://ci.example/hook?…"]
        insecure_ssl = false
        events = ["push", "pull_request"]
        [repository.webhook."https://chat.example/hook"]
        content_type = "json"
        insecure_ssl = false
        events = ["release"]
    "#;
    let bench = Bench::new(world, policy).await;
    let plan = bench.round();
    let made: Vec<&Json> = plan["requests"].as_array().unwrap().iter().map(|r| &r["method"]).collect();
    assert_eq!(made, ["POST", "PATCH"], "fields of one item travel together");
    // Its address is kept whole, though the plan does not hold it.
    assert!(!plan.to_string().contains("token=abc"));
    let world = bench.simulator.world_mut();
    let kept =
        world.repository("acme", "service-0001").unwrap().1.documents.stated("/hooks").unwrap().to_string();
    assert!(kept.contains("https://ci.example/hook?token=abc"), "{kept}");
}

#[tokio::test(flavor = "multi_thread")]
async fn a_webhook_with_a_secret_is_left_to_those_who_know_it() {
    let url = "https://ci.example/hook";
    let hook = json!({"active": false, "config": {"url": url, "secret": "********", "content_type": "json", "insecure_ssl": "0"}});
    let world = world(|repository| {
        repository.document("/hooks", json!([hook]));
    });
    let policy = format!("[repository.webhook.\"{url}\"]\nactive = true\n");
    let bench = Bench::new(world, &policy).await;
    let (planned, plan) = bench.plan();
    planned.ended(3);
    assert_eq!(plan["changes"], json!([]));
    assert!(plan["deferred"][0]["reason"].as_str().unwrap().contains("takes its secret away"), "{plan:#}");
}

#[tokio::test(flavor = "multi_thread")]
async fn an_autolink_that_differs_is_made_anew() {
    let world = world(|repository| {
        let held = json!([{"id": 7, "key_prefix": "OLD-", "url_template": "https://old.example/<num>"}]);
        repository.document("/autolinks", held);
    });
    let policy = r#"
        [repository.autolink."OLD-"]
        url_template = "https://new.example/<num>"
        [repository.autolink."NEW-"]
        url_template = "https://new.example/<num>"
        is_alphanumeric = false
    "#;
    let bench = Bench::new(world, policy).await;
    let plan = bench.round();
    let methods: Vec<&Json> = plan["requests"].as_array().unwrap().iter().map(|r| &r["method"]).collect();
    assert_eq!(methods, ["POST", "DELETE", "POST"]);
}

#[tokio::test(flavor = "multi_thread")]
async fn an_autolink_of_which_the_policy_says_too_little_is_not_made() {
    let policy = "[repository.autolink.\"NEW-\"]\nis_alphanumeric = false\n";
    let bench = Bench::new(world(|_| ()), policy).await;
    let (planned, plan) = bench.plan();
    planned.ended(3);
    let why = plan["deferred"][0]["reason"].as_str().unwrap();
    assert!(why.contains("without `url_template`: add it"), "{why}");
}

#[tokio::test(flavor = "multi_thread")]
async fn environments_are_made_and_keep_what_the_policy_does_not_speak_of() {
    let world = world(|repository| {
        repository.environment("staging", Some(5), &[]);
    });
    let policy = r#"
        [repository.environment.staging]
        deployment_branch_policy = "protected"
        [repository.environment.production]
        wait_timer = 10
        deployment_branch_policy = "protected"
    "#;
    let bench = Bench::new(world, policy).await;
    let plan = bench.round();
    let staging = plan["requests"]
        .as_array()
        .unwrap()
        .iter()
        .find(|r| r["path"].as_str().unwrap().ends_with("/staging"));
    assert_eq!(staging.unwrap()["body"]["wait_timer"], 5, "it would be reset");
}

#[tokio::test(flavor = "multi_thread")]
async fn nobody_loses_their_say_over_an_environment() {
    let world = world(|repository| {
        repository.environment("production", Some(5), &["ann"]);
    });
    let policy = "[repository.environment.production]\nwait_timer = 10\n";
    let bench = Bench::new(world, policy).await;
    let (_, plan) = bench.plan();
    assert_eq!(plan["changes"], json!([]), "{plan:#}");
    let reason = plan["deferred"][0]["reason"].as_str().unwrap();
    assert!(reason.contains("takes away its reviewers"), "{reason}");
}

#[tokio::test(flavor = "multi_thread")]
async fn nothing_is_made_where_the_list_was_refused() {
    let world = world(|repository| {
        repository.refuse("/hooks", 403, "Must have admin rights");
    });
    let policy = "[repository.webhook.\"https://ci.example/hook\"]\nactive = true\n";
    let bench = Bench::new(world, policy).await;
    let (_, plan) = bench.plan();
    assert_eq!(
        (&plan["changes"], &plan["deferred"]),
        (&json!([]), &json!([])),
        "it is unknown, and no drift"
    );
}

#[tokio::test(flavor = "multi_thread")]
async fn what_nobody_names_goes_where_the_policy_owns_all_and_comes_back() {
    let hook = |url: &str| json!({"config": {"url": url, "content_type": "json", "insecure_ssl": "0"}});
    let world = world(|repository| {
        let hooks = ["https://ci.example/hook", "https://old.example/hook", "https://chat.example/hook"];
        repository.document("/hooks", json!(hooks.map(hook)));
    });
    let policy = r#"
        [repository.webhook]
        ownership = "complete"
        [repository.webhook."https://ci.example/*"]
        insecure_ssl = false
        [repository.webhook."https://chat.example/hook"]
        insecure_ssl = { unmanaged = true }
    "#;
    let bench = Bench::new(world, policy).await;
    let report = bench.desk.run(&["audit", ".", "--github", "acme", "--format", "json"]).ended(2);
    let report: Json = serde_json::from_str(&report.out).unwrap();
    let finding = &report["findings"][0];
    assert_eq!(report["summary"]["drift"], 1, "{report:#}");
    assert_eq!(
        (&finding["setting"], &finding["key"]),
        (&json!("webhook.present"), &json!("https://old.example/hook"))
    );
    assert_eq!(finding["origin"]["line"], 8, "{finding:#}");
    let plan = bench.round();
    let change = &plan["changes"][0];
    assert_eq!((&change["action"], &change["risk"]), (&json!("delete"), &json!("destructive")), "{change:#}");
}

#[tokio::test(flavor = "multi_thread")]
async fn a_watched_collection_is_reported_and_never_written() {
    let world = world(|repository| {
        repository.document(
            "/autolinks",
            json!([{"key_prefix": "OLD-", "url_template": "https://x.example/<num>"}]),
        );
    });
    let policy = |mode: &str| format!("[repository.autolink]\nownership = \"{mode}\"\n");
    let bench = Bench::new(world, &policy("watch")).await;
    let (planned, plan) = bench.plan();
    planned.ended(3);
    assert_eq!(
        (plan["changes"].as_array().unwrap().len(), plan["deferred"].as_array().unwrap().len()),
        (0, 1)
    );
    for mode in ["additive", "ignore"] {
        bench.desk.write("policy.toml", &format!("version = 1\n{FORGE}{}", policy(mode)));
        assert_eq!(bench.plan().1["deferred"], json!([]), "{mode}");
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn nothing_is_removed_where_the_list_was_cut_or_refused() {
    let world = world(|repository| {
        repository.refuse("/autolinks", 403, "Must have admin rights");
    });
    let bench = Bench::new(world, "[repository.autolink]\nownership = \"complete\"\n").await;
    let report = bench.desk.run(&["audit", ".", "--github", "acme", "--format", "json"]);
    let report: Json = serde_json::from_str(&report.out).unwrap();
    assert_eq!((&report["summary"]["drift"], &report["summary"]["unknown"]), (&json!(0), &json!(1)));
    assert_eq!(bench.plan().1["changes"], json!([]));
}

#[tokio::test(flavor = "multi_thread")]
async fn a_waiver_keeps_an_item_that_nobody_names() {
    let world = world(|repository| {
        repository.document(
            "/autolinks",
            json!([{"key_prefix": "OLD-", "url_template": "https://x.example/<num>"}]),
        );
    });
    let policy = r#"
        [repository.autolink]
        ownership = "complete"
        [[waiver]]
        subject = "gh:acme/service-0001"
        settings = ["autolink.present"]
        owner = "ann"
        reason = "old issues link there"
        expires = 2999-01-01
    "#;
    let bench = Bench::new(world, policy).await;
    let (planned, plan) = bench.plan();
    planned.ended(0);
    assert_eq!(plan["changes"], json!([]));
}

#[tokio::test(flavor = "multi_thread")]
async fn a_named_item_is_made_or_goes_by_its_presence_alone() {
    let world = world(|repository| {
        repository.label("stale", "ededed", "Old");
    });
    let policy = r#"
        [repository.label]
        ownership = "complete"
        [repository.label."*"]
        color = { length = { at_least = 1 } }
        [repository.label.stale]
        present = false
        [repository.label.fresh]
        present = true
    "#;
    let bench = Bench::new(world, policy).await;
    let plan = bench.round();
    let actions: Vec<&Json> = plan["changes"].as_array().unwrap().iter().map(|c| &c["action"]).collect();
    assert_eq!(
        actions,
        ["create", "delete", "delete", "delete"],
        "what is added comes first, and all is told that goes"
    );
    let additive = policy.replace("complete", "additive");
    bench.desk.write("policy.toml", &format!("version = 1\n{FORGE}{additive}"));
    let why = bench.plan().1["deferred"][0]["reason"].clone();
    assert!(why.as_str().unwrap().contains("ownership = \"complete\""), "{why}");
}

/// What a plan, its journal, and what was said of them must never hold.
const VALUE: &str = "hunter2-never-to-be-kept";

#[tokio::test(flavor = "multi_thread")]
async fn a_secret_is_made_of_what_the_environment_gives_and_its_value_is_kept_nowhere() {
    let policy = r#"
        [repository.secret.NPM_TOKEN]
        present = true
        [repository.variable.REGION]
        present = true
    "#;
    let mut bench = Bench::new(world(|_| ()), policy).await;
    let (planned, plan) = bench.plan();
    planned.ended(3);
    let why = plan["deferred"][0]["reason"].as_str().unwrap();
    assert!(
        why.contains("set ISPO_SCM_VALUE_NPM_TOKEN, or ISPO_SCM_VALUE_ACME__SERVICE_0001__NPM_TOKEN"),
        "{why}"
    );
    bench.desk = bench.desk.set("ISPO_SCM_VALUE_NPM_TOKEN", VALUE);
    bench.desk = bench.desk.set("ISPO_SCM_VALUE_ACME__SERVICE_0001__REGION", VALUE);
    let (planned, plan) = bench.plan();
    let planned = planned.ended(2);
    let applied = bench.desk.run(&["apply", "plan.json", "--auto-approve"]).ended(0);
    let again = bench.desk.run(&["plan", ".", "--github", "acme"]).ended(0);
    let said = [planned.out, planned.err, applied.out, applied.err, again.out, again.err].concat();
    let file = |name: &str| std::fs::read_to_string(bench.desk.path(name)).unwrap();
    for kept in [said, plan.to_string(), file("plan.json"), file("plan.json.journal")] {
        assert!(!kept.contains(VALUE), "{kept}");
    }
    {
        let world = bench.simulator.world_mut();
        let documents = &world.repository("acme", "service-0001").unwrap().1.documents;
        let sealed = documents.stated("/actions/secrets/NPM_TOKEN/aside").unwrap()["encrypted_value"].clone();
        let sealed =
            base64::Engine::decode(&base64::engine::general_purpose::STANDARD, sealed.as_str().unwrap());
        assert_eq!(crypto_box::SecretKey::from([7; 32]).unseal(&sealed.unwrap()).unwrap(), VALUE.as_bytes());
        assert_eq!(documents.stated("/actions/variables").unwrap()[0]["value"], VALUE);
    }
    let back = ["undo", "plan.json.journal", "--auto-approve", "--allow-delete"];
    bench.desk.run(&back).ended(0);
    assert_eq!(told(&bench.plan().1), told(&plan));
}

#[tokio::test(flavor = "multi_thread")]
async fn a_value_that_is_no_longer_given_is_asked_for_and_the_run_goes_on() {
    let policy = "[repository.secret.NPM_TOKEN]\npresent = true\n";
    let mut bench = Bench::new(world(|_| ()), policy).await;
    bench.desk = bench.desk.set("ISPO_SCM_VALUE_NPM_TOKEN", VALUE);
    bench.plan().0.ended(2);
    bench.desk = bench.desk.set("ISPO_SCM_VALUE_NPM_TOKEN", "");
    let applied = bench.desk.run(&["apply", "plan.json", "--auto-approve"]);
    assert_ne!(applied.code, 0);
    assert!((applied.out.clone() + &applied.err).contains("ISPO_SCM_VALUE_NPM_TOKEN"), "{applied:?}");
}

#[tokio::test(flavor = "multi_thread")]
async fn runner_groups_are_made_and_changed() {
    let mut world = world(|_| ());
    let organization = world.organization_mut("acme");
    let small = json!({"id": 4, "name": "Small", "visibility": "all", "allows_public_repositories": true});
    organization.document("/actions/runner-groups", json!([small]));
    let policy = r#"
        [organization.runner_group.Small]
        allows_public_repositories = false
        [organization.runner_group.Large]
        visibility = "private"
        allows_public_repositories = false
    "#;
    let plan = Bench::new(world, policy).await.round();
    let methods: Vec<&Json> = plan["requests"].as_array().unwrap().iter().map(|r| &r["method"]).collect();
    assert_eq!(methods, ["POST", "PATCH"]);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_webhook_with_a_secret_is_changed_where_the_environment_gives_it() {
    let url = "https://ci.example/hook";
    let hook = json!({"active": false, "config": {"url": url, "secret": "********", "content_type": "json", "insecure_ssl": "0"}});
    let world = world(|repository| {
        repository.document("/hooks", json!([hook]));
    });
    let policy = format!("[repository.webhook.\"{url}\"]\nactive = true\nsecret = true\n");
    let mut bench = Bench::new(world, &policy).await;
    bench.desk = bench.desk.set("ISPO_SCM_VALUE_HTTPS___CI_EXAMPLE_HOOK", VALUE);
    let plan = bench.round();
    assert!(!plan.to_string().contains(VALUE));
}

#[tokio::test(flavor = "multi_thread")]
async fn an_edited_plan_sends_no_other_value_and_none_unsealed() {
    let policy = "[repository.secret.NPM_TOKEN]\npresent = true\n";
    let mut bench = Bench::new(world(|_| ()), policy).await;
    bench.desk = bench.desk.set("ISPO_SCM_VALUE_NPM_TOKEN", VALUE).set("ISPO_SCM_VALUE_OTHER", VALUE);
    bench.plan().0.ended(2);
    let edits: [fn(&str) -> String; 3] = [
        |read| read.replace("NPM_TOKEN", "OTHER"),
        |read| read.replace("ISPO_SCM_VALUE_NPM_TOKEN", "GITHUB_TOKEN"),
        |read| read.split(" sealed").next().unwrap().to_owned(),
    ];
    for edit in edits {
        let mut plan: ispo_scm::model::Plan =
            serde_json::from_slice(&std::fs::read(bench.desk.path("plan.json")).unwrap()).unwrap();
        let read = plan.requests.iter_mut().find_map(|r| r.reads.get_mut("value")).unwrap();
        *read = edit(read);
        plan.digest = ispo_scm::run::digest(&plan);
        std::fs::write(bench.desk.path("edited.json"), serde_json::to_vec(&plan).unwrap()).unwrap();
        let applied = bench.desk.run(&["apply", "edited.json", "--auto-approve"]).ended(1);
        assert!(applied.err.contains("nothing allows that"), "{applied:?}");
    }
    let world = bench.simulator.world_mut();
    let documents = &world.repository("acme", "service-0001").unwrap().1.documents;
    assert!(documents.stated("/actions/secrets/NPM_TOKEN/aside").is_none());
}

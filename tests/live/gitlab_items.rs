//! Items of collections on GitLab, each kind through the whole road: a policy is audited, planned and applied,
//! then a plan is empty; undo brings back what there was.

use serde_json::{Value, json};

use crate::gitlab::Server;
use crate::run::Desk;
use crate::sim::gitlab::{Holder, Options, Tier, World};

const ONE: &str = "acme/team-1/service-0001";

/// What it takes to carry out what loosens, removes and touches all there is.
const FREELY: [&str; 5] =
    ["--auto-approve", "--allow-delete", "--allow-weaken", "--allow-widen", "--max-share=100"];

pub struct Bench {
    pub server: Server,
    pub desk: Desk,
}

impl Bench {
    /// One project of a group that has paid for everything.
    pub fn of(policy: &str, change: impl FnOnce(&mut World)) -> Self {
        let mut world = World::conforming("acme", 1);
        world.tier = Tier::Ultimate;
        world.version = "19.3.0-ee".to_owned();
        change(&mut world);
        let server = Server::with(world, Options { record: true, ..Options::default() });
        let desk = server.desk(&format!("version = 1\n{policy}"));
        Self { server, desk }
    }

    #[track_caller]
    pub fn plan(&self, code: i32) -> Value {
        let arguments = ["plan", "policy.toml", "--gitlab", "acme", "--out", "plan.json", "--format", "json"];
        self.desk.run(&arguments).ended(code).json().0
    }

    /// The project.
    pub fn one(&self) -> &'static str {
        ONE
    }

    /// Setting, key and verdict of each finding, with what was seen.
    pub fn seen(&self) -> Vec<Value> {
        let run = self.desk.run(&["audit", "policy.toml", "--gitlab", "acme", "--format", "json"]);
        let findings = run.json().0["findings"].clone();
        let told = |f: &Value| json!([f["setting"], f["key"], f["verdict"], f["observed"]]);
        findings.as_array().unwrap().iter().map(told).collect()
    }

    /// Plans, applies, plans again, takes back: all is as it was.
    #[track_caller]
    pub fn round(&self) -> Value {
        let before = self.seen();
        let plan = self.plan(2);
        assert_eq!(plan["deferred"], json!([]), "{plan:#}");
        let apply = [&["apply", "plan.json"], &FREELY[..]].concat();
        self.desk.run(&apply).ended(0);
        self.desk.run(&["plan", "policy.toml", "--gitlab", "acme"]).ended(0).says("No changes.");
        let undo = [&["undo", "plan.json.journal"], &FREELY[..]].concat();
        self.desk.run(&undo).ended(0);
        assert_eq!(self.seen(), before, "undo has not brought back what there was");
        plan
    }

    /// Why nothing is planned.
    #[track_caller]
    pub fn deferred(&self) -> String {
        let plan = self.plan(3);
        assert_eq!(plan["changes"], json!([]), "{plan:#}");
        plan["deferred"][0]["reason"].as_str().unwrap().to_owned()
    }
}

pub fn project(world: &mut World) -> &mut Holder {
    world.project_mut(ONE)
}

/// The methods of a plan's requests.
pub fn methods(plan: &Value) -> Vec<&str> {
    plan["requests"].as_array().unwrap().iter().map(|r| r["method"].as_str().unwrap()).collect()
}

#[test]
fn webhooks() {
    let policy = r#"
        [repository.webhook."https://ci.example/hook"]
        push_events = false
        job_events = true
        [repository.webhook."https://chat.example/hook"]
        insecure_ssl = false
        releases_events = true
    "#;
    let bench = Bench::of(policy, |world| {
        project(world).add("/hooks", json!({"url": "https://ci.example/hook"}));
    });
    let plan = bench.round();
    assert_eq!(methods(&plan), ["POST", "PUT"], "fields of one item travel together");
}

#[test]
fn webhooks_of_a_group() {
    let policy = "[organization.webhook.\"https://ci.example/hook\"]\nmember_events = true\n";
    Bench::of(policy, |_| {}).round();
    Bench::of(policy, |world| {
        world.group_mut("acme").add("/hooks", json!({"url": "https://ci.example/hook"}));
    })
    .round();
}

#[test]
fn badges() {
    let policy = r#"
        [repository.badge.coverage]
        image_url = "https://ci.example/badge.svg"
        link_url = "https://ci.example"
        [repository.badge.build]
        image_url = "https://ci.example/build.svg"
        link_url = "https://ci.example/build"
    "#;
    let bench = Bench::of(policy, |world| {
        project(world).add("/badges", json!({"name": "coverage"}));
    });
    assert_eq!(methods(&bench.round()), ["POST", "PUT"]);
}

#[test]
fn a_badge_of_a_group_is_changed_there() {
    let policy = "[repository.badge.ci]\nlink_url = \"https://ci.example\"\n";
    let why = Bench::of(policy, |world| {
        world.group_mut("acme").add("/badges", json!({"name": "ci"}));
    })
    .deferred();
    assert!(why.contains("comes from a group above"), "{why}");
}

#[test]
fn a_label_of_a_group_is_changed_there() {
    for wish in ["color = \"000000\"", "present = false"] {
        let policy =
            format!("[repository.label]\nownership = \"complete\"\n[repository.label.urgent]\n{wish}\n");
        let bench = Bench::of(&policy, |world| {
            world.group_mut("acme").document("/labels", json!([])).label("urgent", "#ff0000", "Soon");
        });
        let why = bench.deferred();
        assert!(why.contains("\"urgent\" comes from a group above"), "{why}");
    }
}

#[test]
fn labels_and_milestones() {
    let policy = r##"
        [repository.label."good first issue"]
        color = "7057ff"
        description = "Good for newcomers"
        [repository.label.bug]
        description = "Something is wrong"
        [repository.milestone."2.0"]
        description = "The next one"
        due_on = "2027-01-31"
        [repository.milestone."1.0"]
        start_date = "2026-01-01"
        [organization.label.urgent]
        description = "Soon"
        [organization.milestone."2027"]
        description = "A year"
    "##;
    let bench = Bench::of(policy, |world| {
        let project = project(world).document("/labels", json!([]));
        project.label("bug", "#ff0000", "").add("/milestones", json!({"title": "1.0"}));
    });
    bench.round();
}

#[test]
fn environments() {
    let policy = r#"
        [repository.environment.staging]
        description = "For a look"
        external_url = "https://staging.example"
        [repository.environment.production]
        tier = "production"
        external_url = "https://example.com"
    "#;
    let bench = Bench::of(policy, |world| {
        project(world).add("/environments", json!({"name": "staging"}));
    });
    let plan = bench.round();
    // One that runs is not removed.
    let undo: Vec<_> = plan["undo"].as_array().unwrap().iter().map(|r| r["path"].as_str().unwrap()).collect();
    assert!(undo.iter().any(|path| path.ends_with("/stop")), "{undo:?}");
}

#[test]
fn protected_environments() {
    let policy = r#"
        [repository.protected_environment.production]
        deploy_access_levels = ["maintainer"]
        required_approval_count = 2
        [repository.protected_environment.staging]
        deploy_access_levels = ["developer", "maintainer"]
    "#;
    let bench = Bench::of(policy, |world| {
        project(world).add(
            "/protected_environments",
            json!({"name": "staging", "deploy_access_levels": [{"id": 5, "access_level": 40}]}),
        );
    });
    assert_eq!(methods(&bench.round()), ["POST", "PUT"]);
}

#[test]
fn protected_branches() {
    let policy = r#"
        [repository.protected_branch."hotfix/*"]
        allow_force_push = false
        push_access_levels = ["nobody"]
        merge_access_levels = ["maintainer"]
        [repository.protected_branch."stable"]
        allow_force_push = false
        push_access_levels = ["maintainer"]
        code_owner_approval_required = true
    "#;
    let bench = Bench::of(policy, |world| {
        project(world).add(
            "/protected_branches",
            json!({"name": "stable", "allow_force_push": true, "push_access_levels": [{"id": 7, "access_level": 30}]}),
        );
    });
    assert_eq!(methods(&bench.round()), ["POST", "PATCH"]);
}

#[test]
fn approval_rules() {
    let policy = r#"
        [repository.approval_rule.Security]
        approvals_required = 2
        users = ["ann", "bob"]
        groups = ["acme"]
        protected_branches = ["main"]
        [repository.approval_rule.Legal]
        approvals_required = 2
    "#;
    let bench = Bench::of(policy, |world| {
        let project = project(world).document("/approval_rules", json!([{"name": "Legal"}]));
        project.member("ann", 40).member("bob", 40);
        project.document("/protected_branches", json!([{"name": "main"}]));
    });
    bench.round();
}

#[test]
fn status_checks() {
    let policy = r#"
        [repository.status_check.audit]
        external_url = "https://audit.example/check"
        protected_branches = ["main"]
        [repository.status_check.legal]
        external_url = "https://legal.example/check"
    "#;
    let bench = Bench::of(policy, |world| {
        project(world).add("/external_status_checks", json!({"name": "legal"}));
    });
    bench.round();
}

#[test]
fn deploy_keys() {
    let policy = r#"
        [repository.deploy_key.mirror]
        key = "ssh-ed25519 AAAAmirror"
        read_only = true
        [repository.deploy_key.deployment]
        read_only = false
    "#;
    let bench = Bench::of(policy, |world| {
        project(world).add("/deploy_keys", json!({"title": "deployment"}));
    });
    bench.round();
}

#[test]
fn pipeline_schedules() {
    let policy = r#"
        [repository.pipeline_schedule.nightly]
        cron = "0 3 * * *"
        [repository.pipeline_schedule.weekly]
        cron = "0 3 * * 1"
        ref = "refs/heads/main"
        active = true
    "#;
    let bench = Bench::of(policy, |world| {
        project(world).add("/pipeline_schedules", json!({"description": "nightly"}));
    });
    bench.round();
}

#[test]
fn protection_rules_of_packages_and_images() {
    let policy = r#"
        [repository.package_protection_rule."@acme/*"]
        package_type = "npm"
        minimum_access_level_for_push = "maintainer"
        [repository.registry_protection_rule."acme/service*"]
        minimum_access_level_for_push = "owner"
        [repository.registry_tag_protection_rule."v.*"]
        minimum_access_level_for_push = "maintainer"
        minimum_access_level_for_delete = "owner"
        [repository.registry_tag_protection_rule.latest]
        minimum_access_level_for_delete = "owner"
    "#;
    let bench = Bench::of(policy, |world| {
        project(world).add("/registry/protection/tag/rules", json!({"tag_name_pattern": "latest"}));
    });
    bench.round();
}

#[test]
fn member_roles_are_removed_and_made_anew() {
    let policy = r#"
        [organization."gitlab:acme".member_role.auditor]
        read_code = true
        [organization."gitlab:acme".member_role.releaser]
        base_access_level = "reporter"
        admin_push_rules = true
    "#;
    let bench = Bench::of(policy, |world| {
        world.group_mut("acme").add("/member_roles", json!({"name": "auditor", "read_runners": true}));
    });
    assert_eq!(methods(&bench.round()), ["POST", "DELETE", "POST"]);
}

#[test]
fn push_mirrors() {
    let policy = r#"
        [repository.push_mirror."https://copy.example/service.git"]
        enabled = true
        only_protected_branches = true
        [repository.push_mirror."https://example.com/copy.git"]
        keep_divergent_refs = true
    "#;
    let bench = Bench::of(policy, |world| {
        project(world).add("/remote_mirrors", json!({}));
    });
    bench.round();
}

#[test]
fn runners() {
    let policy = "[repository.runner.builder]\nlocked = true\nlabels = [\"linux\"]\n";
    let bench = Bench::of(policy, |world| {
        project(world).add("/runners", json!({"id": 5, "description": "builder"}));
        world.instance_mut().document("/runners/5", json!({"id": 5, "description": "builder"}));
    });
    bench.round();
}

#[test]
fn system_hooks() {
    let policy = r#"
        [enterprise.system_hook."https://audit.example/hook"]
        enable_ssl_verification = true
        push_events = false
    "#;
    let bench = Bench::of(policy, |_| {});
    bench.round();
}

#[test]
fn a_token_is_never_made() {
    for kind in ["access_token", "deploy_token"] {
        let policy = format!("[repository.{kind}.robot]\npresent = true\n");
        let why = Bench::of(&policy, |_| {}).deferred();
        assert!(why.contains("shown once"), "{why}");
    }
}

/// What a plan, its journal, and what was said of them must never hold.
const VALUE: &str = "hunter2-never-to-be-kept";

#[test]
fn variables_are_made_of_what_the_environment_gives_at_each_level() {
    let policy = r#"
        [repository.variable.NPM_TOKEN]
        masked = true
        protected = true
        description = "For releases"
        [repository.variable.REGION]
        protected = true
        raw = true
        [organization.variable.DEPLOY_TOKEN]
        masked = true
        [instance.variable.PROXY]
        variable_type = "file"
    "#;
    let mut bench = Bench::of(policy, |world| {
        let open = json!({"key": "REGION", "value": VALUE, "protected": false});
        project(world).document("/variables", json!([open]));
    });
    let lacking = bench.plan(2);
    let why = lacking["deferred"].as_array().unwrap().iter().map(|d| d["reason"].as_str().unwrap());
    let why: Vec<&str> = why.collect();
    assert!(why.iter().any(|why| why.contains("set ISPO_SCM_VALUE_NPM_TOKEN, or ")), "{why:?}");
    assert!(why.iter().all(|why| why.contains("ISPO_SCM_VALUE_")), "{why:?}");
    for name in ["NPM_TOKEN", "DEPLOY_TOKEN", "PROXY"] {
        bench.desk = bench.desk.set(&format!("ISPO_SCM_VALUE_{name}"), VALUE);
    }
    let plan = bench.round();
    assert_eq!(methods(&plan).iter().filter(|method| **method == "PUT").count(), 1, "{plan:#}");
    assert_eq!(
        methods(&plan).iter().filter(|method| **method == "POST").count(),
        4,
        "a group beneath is one too: {plan:#}"
    );
    let file = |name: &str| std::fs::read_to_string(bench.desk.path(name)).unwrap();
    for kept in [plan.to_string(), file("plan.json"), file("plan.json.journal")] {
        assert!(!kept.contains(VALUE), "{kept}");
    }
    let told = bench.server.recorded().into_iter().filter(|r| r.method == "POST");
    let told: Vec<Value> = told.filter_map(|r| Some(r.body?["value"].clone())).collect();
    assert_eq!(told, [VALUE; 4], "each is made with its value");
}

#[test]
fn a_variable_that_nobody_names_goes_and_cannot_come_back() {
    let policy =
        "[repository.variable]\nownership = \"complete\"\n[repository.variable.REGION]\nmasked = false\n";
    let bench = Bench::of(policy, |world| {
        project(world).document("/variables", json!([{"key": "REGION"}, {"key": "OLD"}]));
    });
    let plan = bench.plan(2);
    assert_eq!(methods(&plan), ["DELETE"], "{plan:#}");
    let why = plan["changes"][0]["irreversible"].as_str().unwrap();
    assert!(why.contains("nobody knows the value"), "{why}");
    let apply = [&["apply", "plan.json", "--allow-irreversible"], &FREELY[..]].concat();
    bench.desk.run(&apply).ended(0);
    bench.desk.run(&["plan", "policy.toml", "--gitlab", "acme"]).ended(0).says("No changes.");
}

#[test]
fn a_variable_is_hidden_from_the_moment_it_is_made_or_never() {
    let policy = "[repository.variable.NPM_TOKEN]\nmasked = true\nhidden = true\n";
    let mut bench = Bench::of(policy, |_| {});
    bench.desk = bench.desk.set("ISPO_SCM_VALUE_NPM_TOKEN", VALUE);
    bench.round();
    let bench = Bench::of(policy, |world| {
        project(world).document("/variables", json!([{"key": "NPM_TOKEN", "masked": true}]));
    });
    let why = bench.deferred();
    assert!(why.contains("chosen when the variable is made"), "{why}");
}

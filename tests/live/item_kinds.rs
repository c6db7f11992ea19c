//! Every kind of GitHub's items that can be written, through the whole road: one is missing, one has drifted, and
//! one is named by nobody. Then all is as the policy says; and undo brings back what can be brought back.

use serde_json::{Value as Json, json};

use crate::own_settings::{ALL, Bench};
use crate::sim::World;
use crate::sim::world::{Milestone, Ruleset, TeamRole};

const ONE: &str = "service-0001";

/// What the environment gives where an item holds a value.
const VALUE: &str = "hunter2-never-to-be-kept";

/// A kind, and what becomes of its items.
struct Round {
    world: World,
    policy: String,
    /// What the plan does, in alphabetical order: method, and the end of the path.
    requests: Vec<(&'static str, &'static str)>,
    /// Whether all that is removed can be brought back.
    returns: bool,
}

impl Round {
    /// Plans, applies, sees nothing left; then takes back what can be taken back, and plans the same again.
    #[track_caller]
    fn goes(self) -> Bench {
        let mut bench = Bench::new(self.world, &self.policy);
        for name in ["NEW", "FRESH"] {
            bench.desk = bench.desk.set(&format!("ISPO_SCM_VALUE_{name}"), VALUE);
        }
        let plan = bench.plan();
        assert_eq!(plan["deferred"], json!([]), "{plan:#}");
        let mut requests: Vec<(&str, &str)> = plan["requests"]
            .as_array()
            .unwrap()
            .iter()
            .map(|r| (r["method"].as_str().unwrap(), r["path"].as_str().unwrap().rsplit('/').next().unwrap()))
            .collect();
        // What is there is changed, and what lacks is made, in the order of their names.
        requests.sort_unstable();
        assert_eq!(requests, self.requests, "{plan:#}");
        let removed = plan["changes"].as_array().unwrap().iter().filter(|c| c["action"] == "delete");
        for change in removed {
            assert_eq!(change["irreversible"].is_null(), self.returns, "{change:#}");
        }
        bench.apply().ended(0);
        assert_eq!(bench.drift(), [""; 0]);
        let again = bench.run(&["plan", ".", "--github", "acme"]).ended(0);
        assert!(again.out.contains("No changes."), "{}", again.out);
        let back = bench.run(&[&["undo", "plan.json.journal"], ALL].concat());
        back.ended(if self.returns { 0 } else { 2 });
        let left = bench.plan();
        let told = |plan: &Json| -> Vec<(Json, Json, Json, Json)> {
            let changes = plan["changes"].as_array().unwrap().iter();
            let lost = |c: &&Json| self.returns || c["action"] != "delete";
            let told = changes
                .filter(lost)
                .map(|c| (c["setting"].clone(), c["key"].clone(), c["before"].clone(), c["after"].clone()));
            told.collect()
        };
        assert_eq!(told(&left), told(&plan), "undo has not brought back what there was");
        for file in ["plan.json", "plan.json.journal"] {
            assert!(!std::fs::read_to_string(bench.desk.path(file)).unwrap().contains(VALUE));
        }
        bench
    }
}

fn world() -> World {
    let mut world = World::conforming("acme", 1);
    // What only GitHub's own cloud has is looked at as well.
    world.installed_version.clear();
    world
}

#[test]
fn teams() {
    let mut world = world();
    let organization = world.organization_mut("acme");
    organization.teams.clear();
    organization.add_team("core").member("ann", TeamRole::Maintainer);
    organization.add_team("old");
    let policy = r#"
        [organization.team]
        ownership = "complete"
        [organization.team.core]
        privacy = "closed"
        description = "Looks after the core"
        [organization.team.new]
        privacy = "closed"
        parent = "core"
        description = "Looks after what is new"
    "#;
    let requests = vec![("DELETE", "old"), ("PATCH", "core"), ("POST", "teams")];
    Round { world, policy: policy.into(), requests, returns: false }.goes();
}

#[test]
fn a_team_does_not_take_those_beneath_it_along() {
    let mut world = world();
    let organization = world.organization_mut("acme");
    organization.teams.clear();
    organization.add_team("old");
    organization.add_team("core").parent = Some("old".to_owned());
    let policy =
        "[organization.team]\nownership = \"complete\"\n[organization.team.core]\nprivacy = \"closed\"\n";
    let bench = Bench::new(world, policy);
    let plan = bench.plan();
    assert_eq!(plan["changes"], json!([]), "{plan:#}");
    let why = plan["deferred"][0]["reason"].as_str().unwrap();
    assert!(why.contains("team core is beneath it"), "{why}");
}

#[test]
fn custom_properties() {
    let mut world = world();
    world.organization_mut("acme").custom_properties.push(json!({
        "property_name": "old", "value_type": "string", "required": false, "default_value": null,
        "description": "What was asked before", "allowed_values": null, "values_editable_by": "org_actors",
    }));
    let policy = r#"
        [organization.custom_property]
        ownership = "complete"
        [organization.custom_property.data]
        description = "How open its data is"
        [organization.custom_property.team]
        value_type = "string"
        [organization.custom_property.new]
        value_type = "single_select"
        allowed_values = ["yes", "no"]
        description = "Whether it is new"
    "#;
    let requests = vec![("DELETE", "old"), ("PUT", "data"), ("PUT", "new")];
    Round { world, policy: policy.into(), requests, returns: true }.goes();
}

#[test]
fn deploy_keys() {
    let mut world = world();
    let repository = world.repository_mut(ONE);
    repository.deploy_keys.clear();
    repository.deploy_key("ci", false).deploy_key("old", true);
    let policy = r#"
        [repository.deploy_key]
        ownership = "complete"
        [repository.deploy_key.ci]
        read_only = true
        [repository.deploy_key.new]
        key = "ssh-ed25519 AAAAC3Nza"
        read_only = true
    "#;
    let requests = vec![("DELETE", "{key_id}"), ("DELETE", "{key_id}"), ("POST", "keys"), ("POST", "keys")];
    Round { world, policy: policy.into(), requests, returns: true }.goes();
}

#[test]
fn milestones() {
    let mut world = world();
    let repository = world.repository_mut(ONE);
    repository.milestones.clear();
    for (number, title) in [(1, "1.0"), (2, "0.9")] {
        let title = title.to_owned();
        repository.milestones.push(Milestone { number, title, description: None, open: true, due_on: None });
    }
    let policy = r#"
        [repository.milestone]
        ownership = "complete"
        [repository.milestone."1.0"]
        description = "The first one"
        due_on = "2027-01-31"
        [repository.milestone."2.0"]
        description = "The next one"
        due_on = "2028-01-31"
    "#;
    let requests =
        vec![("DELETE", "{milestone_number}"), ("PATCH", "{milestone_number}"), ("POST", "milestones")];
    Round { world, policy: policy.into(), requests, returns: true }.goes();
}

#[test]
fn labels() {
    let mut world = world();
    let repository = world.repository_mut(ONE);
    repository.labels.clear();
    repository.label("bug", "ff0000", "").label("old", "ededed", "Nobody knows");
    let policy = r#"
        [repository.label]
        ownership = "complete"
        [repository.label.bug]
        color = "d73a4a"
        [repository.label.new]
        color = "7057ff"
        description = "It is new"
    "#;
    let requests = vec![("DELETE", "old"), ("PATCH", "bug"), ("POST", "labels")];
    Round { world, policy: policy.into(), requests, returns: true }.goes();
}

#[test]
fn issue_types() {
    let mut world = world();
    let types = json!([
        {"id": 1, "name": "Bug", "description": "Wrong", "color": "red", "is_enabled": false},
        {"id": 2, "name": "Old", "description": null, "color": "gray", "is_enabled": true},
    ]);
    world.organization_mut("acme").document("/issue-types", types);
    let policy = r#"
        [organization.issue_type]
        ownership = "complete"
        [organization.issue_type.Bug]
        is_enabled = true
        [organization.issue_type.New]
        is_enabled = true
        color = "blue"
    "#;
    let requests = vec![("DELETE", "{issue_type_id}"), ("POST", "issue-types"), ("PUT", "{issue_type_id}")];
    let bench = Round { world, policy: policy.into(), requests, returns: true }.goes();
    let put = bench.writes().into_iter().find(|(method, ..)| method == "PUT").unwrap().2;
    assert_eq!(put["description"], "Wrong", "it would be reset: {put}");
}

#[test]
fn issue_fields() {
    let mut world = world();
    let fields = json!([{"id": 1, "name": "Priority", "data_type": "text"}, {"id": 2, "name": "Old", "data_type": "date", "visibility": "all"}]);
    world.organization_mut("acme").document("/issue-fields", fields);
    let policy = r#"
        [organization.issue_field]
        ownership = "complete"
        [organization.issue_field.Priority]
        description = "What goes first"
        [organization.issue_field.New]
        data_type = "number"
        description = "How many"
    "#;
    let requests =
        vec![("DELETE", "{issue_field_id}"), ("PATCH", "{issue_field_id}"), ("POST", "issue-fields")];
    Round { world, policy: policy.into(), requests, returns: true }.goes();
}

#[test]
fn webhooks_of_the_organization() {
    let hook = |url: &str| {
        let config = json!({"url": url, "content_type": "form", "insecure_ssl": "0"});
        json!({"name": "web", "active": true, "events": ["push"], "config": config})
    };
    let mut world = world();
    let hooks = [hook("https://ci.example/hook"), hook("https://old.example/hook")];
    world.organization_mut("acme").document("/hooks", json!(hooks));
    let policy = r#"
        [organization.webhook]
        ownership = "complete"
        [organization.webhook."https://ci.example/hook"]
        content_type = "json"
        [organization.webhook."https://new.example/hook"]
        content_type = "json"
        events = ["release"]
    "#;
    let requests = vec![("DELETE", "{hook_id}"), ("PATCH", "{hook_id}"), ("POST", "hooks")];
    Round { world, policy: policy.into(), requests, returns: true }.goes();
}

#[test]
fn secrets_and_variables_of_the_organization() {
    for (kind, path, method) in [
        ("secret", "/actions/secrets", "PUT"),
        ("agent_secret", "/agents/secrets", "PUT"),
        ("codespaces_secret", "/codespaces/secrets", "PUT"),
        ("dependabot_secret", "/dependabot/secrets", "PUT"),
        ("variable", "/actions/variables", "POST"),
        ("agent_variable", "/agents/variables", "POST"),
    ] {
        let mut world = world();
        let held = json!([{"name": "KEPT", "visibility": "private"}, {"name": "OLD", "visibility": "all"}]);
        world.organization_mut("acme").document(path, held);
        let policy = format!(
            "[organization.{kind}]\nownership = \"complete\"\n[organization.{kind}.KEPT]\nvisibility = \"private\"\n\
             [organization.{kind}.NEW]\nvisibility = \"private\"\n"
        );
        let made = if method == "PUT" { "NEW" } else { "variables" };
        let requests = vec![("DELETE", "OLD"), (method, made)];
        let bench = Round { world, policy, requests, returns: false }.goes();
        let sent = bench.writes();
        // What is sealed is not what was given.
        assert_eq!(sent[0].2.to_string().contains(VALUE), method == "POST", "{kind}: {sent:?}");
    }
}

#[test]
fn secrets_and_variables_of_a_repository() {
    for (kind, path, method) in [
        ("agent_secret", "/agents/secrets", "PUT"),
        ("codespaces_secret", "/codespaces/secrets", "PUT"),
        ("dependabot_secret", "/dependabot/secrets", "PUT"),
        ("agent_variable", "/agents/variables", "POST"),
    ] {
        let mut world = world();
        world.repository_mut(ONE).document(path, json!([{"name": "OLD"}]));
        let policy = format!(
            "[repository.{kind}]\nownership = \"complete\"\n[repository.{kind}.NEW]\npresent = true\n"
        );
        let made = if method == "PUT" { "NEW" } else { "variables" };
        Round { world, policy, requests: vec![("DELETE", "OLD"), (method, made)], returns: false }.goes();
    }
}

#[test]
fn how_far_a_variable_reaches_is_changed_without_its_value() {
    let mut world = world();
    let held = json!([{"name": "REGION", "value": "eu", "visibility": "all"}]);
    world.organization_mut("acme").document("/actions/variables", held);
    let policy = "[organization.variable.REGION]\nvisibility = \"private\"\n";
    let bench =
        Round { world, policy: policy.into(), requests: vec![("PATCH", "REGION")], returns: true }.goes();
    assert_eq!(bench.writes()[0].2, json!({"visibility": "private"}));
}

#[test]
fn code_security_configurations() {
    let mut world = world();
    let held = json!([
        {"id": 18, "name": "Strict", "target_type": "organization", "dependabot_alerts": "disabled"},
        {"id": 19, "name": "Old", "target_type": "organization"},
    ]);
    world.organization_mut("acme").document("/code-security/configurations", held);
    let policy = r#"
        [organization.code_security_configuration]
        ownership = "complete"
        [organization.code_security_configuration.Strict]
        dependabot_alerts = "enabled"
        [organization.code_security_configuration.New]
        description = "For what is new"
        secret_scanning = "enabled"
    "#;
    let requests =
        vec![("DELETE", "{configuration_id}"), ("PATCH", "{configuration_id}"), ("POST", "configurations")];
    Round { world, policy: policy.into(), requests, returns: false }.goes();
}

#[test]
fn roles() {
    let mut world = world();
    let held = json!([{"id": 7, "name": "Kept", "base_role": "read", "permissions": ["add_label"]}, {"id": 8, "name": "Old"}]);
    world.organization_mut("acme").document("/custom-repository-roles", json!({"custom_roles": held}));
    let policy = r#"
        [organization.repository_role]
        ownership = "complete"
        [organization.repository_role.Kept]
        base_role = "triage"
        [organization.repository_role.New]
        base_role = "read"
        permissions = ["add_label"]
    "#;
    let requests = vec![("DELETE", "{role_id}"), ("PATCH", "{role_id}"), ("POST", "custom-repository-roles")];
    Round { world, policy: policy.into(), requests, returns: true }.goes();
}

#[test]
fn rulesets_keep_what_the_policy_does_not_say() {
    let mut world = world();
    let held = |name: &str| {
        let held = Ruleset::named(name).refs(&["~DEFAULT_BRANCH"], &[]).enforcement("evaluate");
        held.pull_request(1).rule("deletion").bypass("Team", Some(1), "always")
    };
    world.organization_mut("acme").add_ruleset(held("everywhere"));
    world.repository_mut(ONE).ruleset(held("here"));
    let said = r#"
        enforcement = "active"
        deletion.present = false
        required_linear_history.present = true
        pull_request.required_approving_review_count = 2
    "#;
    let policy = format!("[organization.ruleset.everywhere]\n{said}[repository.ruleset.here]\n{said}");
    let bench = Bench::new(world, &policy);
    let rulesets = |bench: &Bench| {
        let world = bench.forge.world();
        let (organization, repository) = world.repository("acme", ONE).unwrap();
        [organization.rulesets.last().cloned().unwrap(), repository.rulesets.last().cloned().unwrap()]
    };
    let before = rulesets(&bench);
    let plan = bench.plan();
    assert_eq!(plan["deferred"], json!([]), "{plan:#}");
    assert_eq!(plan["requests"].as_array().unwrap().len(), 2, "{plan:#}");
    bench.apply().ended(0);
    assert_eq!(bench.drift(), [""; 0]);
    assert!(bench.run(&["plan", ".", "--github", "acme"]).ended(0).out.contains("No changes."));
    for (before, now) in before.iter().zip(rulesets(&bench)) {
        assert_eq!(now.enforcement, "active");
        let kinds: Vec<&str> = now.rules.iter().map(|rule| rule["type"].as_str().unwrap()).collect();
        assert_eq!(kinds, ["pull_request", "required_linear_history"]);
        assert_eq!(now.rules[0]["parameters"]["required_approving_review_count"], 2);
        assert_eq!((&now.bypass_actors, &now.conditions), (&before.bypass_actors, &before.conditions));
    }
    bench.run(&[&["undo", "plan.json.journal"], ALL].concat()).ended(0);
    assert_eq!(rulesets(&bench).map(|r| r.rules), before.map(|r| r.rules));
}

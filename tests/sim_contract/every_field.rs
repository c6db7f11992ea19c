//! Every field the schema declares is answered: a query of all of them has no errors.

use std::collections::BTreeSet;
use std::fmt::Write as _;

use apollo_compiler::schema::{ExtendedType, FieldDefinition};
use apollo_compiler::{Name, Schema};
use serde_json::json;

use crate::client::Client;
use crate::sim::World;
use crate::sim::world::{
    Actors, Comment, InteractionLimit, IpAllowEntry, Issue, Milestone, Protection, PullRequest,
    PullRequestState, Role, Ruleset, Saml, StatusCheck, StatusChecks, user_id,
};

const SCHEMA: &str = include_str!("../sim/schema.graphql");

/// One of everything the simulator can hold.
pub fn rich_world() -> World {
    let mut world = World::conforming("acme", 2);
    let organization = world.organization_mut("acme");
    organization.ip_allow_list.push(IpAllowEntry {
        range: "192.0.2.0/24".to_owned(),
        name: None,
        active: true,
    });
    organization.saml =
        Some(Saml { issuer: "issuer".to_owned(), sso_url: "https://sso.example.com".to_owned() });
    organization.interaction_limit =
        Some(InteractionLimit { limit: "existing_users".to_owned(), expires_at: None });
    organization.add_team("platform crew").parent = Some("platform".to_owned());
    let platform = organization.teams["platform"].id;
    let everything = json!({ "include": ["~ALL"], "exclude": [], "protected": false });
    organization
        .add_ruleset(Ruleset::named("everywhere").condition("repository_name", everything).rule("creation"));

    let anyone = Actors {
        users: vec!["ann".to_owned()],
        teams: vec!["platform".to_owned()],
        apps: vec!["deployer".to_owned()],
    };
    let repository = world.repository_mut("service-0001");
    repository.parent = Some("service-0002".to_owned());
    repository.template = Some("service-0002".to_owned());
    repository.milestones.push(Milestone {
        number: 1,
        title: "One".to_owned(),
        description: None,
        open: true,
        due_on: None,
    });
    repository
        .collaborator("zoe", Role::Triage)
        .environment("production", Some(5), &["ann"])
        .deploy_key("robot", true);
    repository.environments[0].reviewing_teams.push("platform".to_owned());
    repository.protect(Protection::on("release/*").approvals(1).with(|rule| {
        rule.restrictions = Some(anyone.clone());
        rule.force_push_allowances = anyone.clone();
        rule.required_deployments = Some(vec!["production".to_owned()]);
        rule.required_status_checks = Some(StatusChecks {
            strict: true,
            checks: vec![StatusCheck { context: "ci".to_owned(), app_id: Some(15_368) }],
        });
        if let Some(reviews) = &mut rule.required_pull_request_reviews {
            reviews.dismissal_restrictions = Some(anyone.clone());
            reviews.bypass_pull_request_allowances = anyone.clone();
        }
    }));
    let mut all = Ruleset::named("all kinds").refs(&["~ALL"], &[]);
    for (kind, parameters) in rules() {
        all = all.rule_with(kind, parameters);
    }
    repository.ruleset(
        all.bypass("Team", Some(platform), "always")
            .bypass("User", Some(user_id("ann")), "exempt")
            .bypass("Integration", Some(15_368), "pull_request")
            .bypass("RepositoryRole", Some(5), "always")
            .bypass("DeployKey", None, "always"),
    );
    let files = repository.files_mut().clone();
    repository.branches.insert("release/1".to_owned(), files);
    let (title, body, author) = ("A".to_owned(), "B".to_owned(), "ann".to_owned());
    let labels = vec!["bug".to_owned()];
    repository.comments.push(Comment { id: 1, on: 2, body: body.clone(), author: author.clone() });
    repository.issues.push(Issue { number: 2, title, body, open: true, author, labels });
    repository.pull_requests.push(PullRequest {
        number: 1,
        title: "One".to_owned(),
        body: None,
        head: "release/1".to_owned(),
        base: "main".to_owned(),
        state: PullRequestState::Open,
        author: "ann".to_owned(),
    });
    world
}

fn rules() -> Vec<(&'static str, serde_json::Value)> {
    let pattern = json!({ "name": "x", "negate": false, "operator": "starts_with", "pattern": "x" });
    let mut rules: Vec<_> = [
        "branch_name_pattern",
        "tag_name_pattern",
        "commit_message_pattern",
        "commit_author_email_pattern",
        "committer_email_pattern",
    ]
    .into_iter()
    .map(|kind| (kind, pattern.clone()))
    .collect();
    rules.extend([
        ("update", json!({ "update_allows_fetch_and_merge": true })),
        ("required_deployments", json!({ "required_deployment_environments": ["production"] })),
        ("required_status_checks", json!({
            "strict_required_status_checks_policy": true,
            "required_status_checks": [{ "context": "ci", "integration_id": 15_368 }],
        })),
        ("pull_request", json!({
            "required_approving_review_count": 1, "dismiss_stale_reviews_on_push": true, "require_code_owner_review": true,
            "require_last_push_approval": true, "required_review_thread_resolution": true,
        })),
        ("merge_queue", json!({
            "merge_method": "SQUASH", "grouping_strategy": "ALLGREEN", "max_entries_to_build": 5, "min_entries_to_merge": 1,
            "max_entries_to_merge": 5, "min_entries_to_merge_wait_minutes": 5, "check_response_timeout_minutes": 60,
        })),
        ("file_path_restriction", json!({ "restricted_file_paths": ["secrets/**/*"] })),
        ("file_extension_restriction", json!({ "restricted_file_extensions": ["*.exe"] })),
        ("max_file_path_length", json!({ "max_file_path_length": 200 })),
        ("max_file_size", json!({ "max_file_size": 10 })),
        ("workflows", json!({ "workflows": [{ "path": ".github/workflows/ci.yml", "repository_id": 20_001, "ref": "main" }] })),
        ("code_scanning", json!({
            "code_scanning_tools": [{ "tool": "CodeQL", "alerts_threshold": "errors", "security_alerts_threshold": "high_or_higher" }],
        })),
        ("copilot_code_review", json!({ "review_on_push": true, "review_draft_pull_requests": false })),
    ]);
    rules
}

#[tokio::test]
async fn every_field_is_answered() {
    let schema = Schema::parse_and_validate(SCHEMA, "schema.graphql").unwrap();
    let mut writer = Writer { schema: &schema, told: BTreeSet::new() };
    let enterprise = writer.selection(&Name::new_unchecked("Enterprise"));
    let rate = writer.selection(&Name::new_unchecked("RateLimit"));
    let query = format!("{{ rateLimit {rate} enterprise(slug: \"acme-group\") {enterprise} }}");
    let client = Client::to(rich_world()).await;
    let body = client.graphql(&query, json!({})).await.json();
    assert_eq!(body["errors"], json!(null), "{query}");
    let untold: Vec<&Name> = schema
        .types
        .iter()
        .filter(|(name, kind)| {
            kind.is_object()
                && !kind.is_built_in()
                && *name != "Query"
                && !writer.told.contains(name.as_str())
        })
        .map(|(name, _)| name)
        .collect();
    assert!(untold.is_empty(), "types the query never reached: {untold:?}");
}

/// Writes a query that tells every type's fields once, wherever the type comes first.
struct Writer<'s> {
    schema: &'s Schema,
    told: BTreeSet<String>,
}

impl Writer<'_> {
    fn selection(&mut self, kind: &Name) -> String {
        match &self.schema.types[kind] {
            ExtendedType::Object(object) => {
                if !self.told.insert(kind.to_string()) {
                    return "{ __typename }".to_owned();
                }
                let mut fields = String::from("{ __typename");
                for (name, field) in &object.fields {
                    // Members of a union may differ in what a field is: each gets a name of its own.
                    let _ = write!(fields, " {kind}_{name}: {name}{}", arguments(field));
                    if self.schema.types[field.ty.inner_named_type()].is_leaf() {
                        continue;
                    }
                    fields += &self.selection(field.ty.inner_named_type());
                }
                fields + " }"
            }
            ExtendedType::Union(union) => {
                let members: Vec<String> = union
                    .members
                    .iter()
                    .map(|member| format!(" ... on {} {}", member.name, self.selection(&member.name)))
                    .collect();
                format!("{{ __typename{} }}", members.concat())
            }
            ExtendedType::Interface(_) => {
                let members: Vec<Name> = self.implementers(kind);
                let told: Vec<String> = members
                    .iter()
                    .map(|member| format!(" ... on {member} {}", self.selection(member)))
                    .collect();
                format!("{{ __typename{} }}", told.concat())
            }
            _ => String::new(),
        }
    }

    fn implementers(&self, interface: &Name) -> Vec<Name> {
        self.schema
            .implementers_map()
            .get(interface)
            .map(|found| found.objects.iter().cloned().collect())
            .unwrap_or_default()
    }
}

fn arguments(field: &FieldDefinition) -> String {
    let value = |name: &str| match name {
        "first" => Some("3"),
        "expression" => Some("\"HEAD:\""),
        "refPrefix" => Some("\"refs/heads/\""),
        "qualifiedName" => Some("\"main\""),
        "propertyName" => Some("\"data\""),
        "slug" => Some("\"platform\""),
        "databaseId" => Some("1"),
        "name" => Some("\"good first issue\""),
        _ => None,
    };
    let told: Vec<String> = field
        .arguments
        .iter()
        .filter_map(|argument| Some(format!("{}: {}", argument.name, value(argument.name.as_str())?)))
        .collect();
    if told.is_empty() { String::new() } else { format!("({})", told.join(", ")) }
}

//! What is asked of GitLab, and what rows say is asked, is what GitLab's own description knows, as far as it
//! describes it.

use std::collections::BTreeSet;

use ispo_scm::catalog::{Catalog, Endpoint, ForgeKind};

use crate::gitlab::Server;
use crate::gitlab_description::{Asked, Description};
use crate::gitlab_kinds::{everything, full};
use crate::sim::gitlab::Options;

/// Fields that GitLab took up after the description was made: its release 19.5 has them.
const NEWER: &[(&str, &[&str])] = &[
    (
        "PUT /projects/{id}",
        &[
            "automatic_rebase_enabled",
            "ci_display_pipeline_variables",
            "ci_skip_branch_pipelines_for_mrs",
            "cicd_catalog_enabled",
            "duo_dependency_bump_breaking_changes_enabled",
            "duo_sast_fp_detection_enabled",
            "duo_sast_vr_workflow_enabled",
            "duo_secret_detection_fp_enabled",
            "feature_flags_minimum_role",
            "max_pipelines_per_merge_train",
            "merge_train_enforcement",
            "mr_default_title_template",
            "protect_merge_request_pipelines",
            "reviewer_assignment_strategy",
            "security_policy_pipeline_must_succeed",
        ],
    ),
    (
        "PUT /groups/{id}",
        &[
            "ai_audit_events_storage_enabled",
            "allow_merge_on_skipped_pipeline",
            "allow_personal_snippets",
            "built_in_project_templates_enabled",
            "create_code_review_flow_consent",
            "crm_enabled",
            "duo_auto_mode_availability",
            "duo_custom_agents_availability",
            "duo_custom_flows_availability",
            "duo_external_agents_availability",
            "duo_foundational_flows_availability",
            "duo_namespace_access_rules",
            "duo_template_project_id",
            "enabled_foundational_flows",
            "foundational_agents_statuses",
            "lock_ai_audit_events_storage_enabled",
            "lock_built_in_project_templates_enabled",
            "lock_require_sha_for_merge",
            "lock_resource_access_token_notify_inherited",
            "only_allow_merge_if_all_discussions_are_resolved",
            "only_allow_merge_if_pipeline_succeeds",
            "require_sha_for_merge",
            "resource_access_token_notify_inherited",
            "step_up_auth_required_oauth_provider",
            "tool_approval_for_session_availability",
        ],
    ),
];

/// Lists that GitLab sends whole, whatever page is asked for.
const WHOLE: [&str; 2] = ["integrations: no parameter `per_page`", "rules: no parameter `per_page`"];

/// Whether a problem is the description's, and not the request's.
fn is_excused(problem: &str) -> bool {
    let newer = NEWER.iter().any(|(request, fields)| {
        fields.iter().any(|field| problem == format!("{request}: no field `{field}`"))
    });
    newer || WHOLE.iter().any(|whole| problem.ends_with(whole))
}

/// What is wrong with requests, and how many of them are described.
#[derive(Default)]
struct Held {
    described: BTreeSet<String>,
    others: BTreeSet<String>,
    problems: BTreeSet<String>,
}

impl Held {
    fn hold(&mut self, description: &Description, asked: &Asked<'_>) {
        let request = format!("{} {}", asked.method, asked.path);
        let Some(problems) = description.problems(asked) else {
            self.others.insert(request);
            return;
        };
        self.described.insert(request);
        self.problems.extend(problems.into_iter().filter(|problem| !is_excused(problem)));
    }

    #[track_caller]
    fn end(self, what: &str) {
        let all = self.described.len() + self.others.len();
        eprintln!("{} of {all} {what} are described", self.described.len());
        assert!(self.described.len() > 20, "{:#?}", self.described);
        assert!(self.problems.is_empty(), "{:#?}", self.problems);
    }
}

/// The path, and its query taken apart.
fn split(template: &str) -> (&str, Vec<(String, String)>) {
    let (path, query) = template.split_once('?').unwrap_or((template, ""));
    let pairs = query.split('&').filter_map(|pair| pair.split_once('='));
    (path, pairs.map(|(name, value)| (name.to_owned(), value.to_owned())).collect())
}

fn hold(held: &mut Held, description: &Description, endpoint: &Endpoint, fields: &[&str]) {
    let (path, query) = split(&endpoint.path);
    for method in endpoint.method.split('|') {
        // Turning off takes no body.
        let fields = if method == "DELETE" { &[] } else { fields };
        held.hold(description, &Asked { method, path, query: &query, fields });
    }
}

#[test]
fn every_place_that_is_read_is_described_so() {
    let Some(description) = Description::load() else { return };
    let catalog = Catalog::built_in().unwrap();
    let mut held = Held::default();
    for binding in catalog.settings().filter_map(|s| s.on(ForgeKind::Gitlab).binding()) {
        for endpoint in binding.rest.iter().chain(&binding.list) {
            hold(&mut held, description, endpoint, &[]);
        }
    }
    for bound in catalog.kinds().filter_map(|k| k.on(ForgeKind::Gitlab)) {
        for endpoint in bound.list.iter().chain(&bound.one) {
            hold(&mut held, description, endpoint, &[]);
        }
    }
    let gitlabs = |path: &&str| !["/orgs/", "/repos/", "/enterprises/"].iter().any(|p| path.starts_with(p));
    for path in catalog.documents().iter().map(|d| d.path.as_str()).filter(gitlabs) {
        held.hold(description, &Asked { method: "GET", path, query: &[], fields: &[] });
    }
    held.end("places");
}

#[test]
fn every_write_is_described_so() {
    let Some(description) = Description::load() else { return };
    let catalog = Catalog::built_in().unwrap();
    let mut held = Held::default();
    for binding in catalog.settings().filter_map(|s| s.on(ForgeKind::Gitlab).binding()) {
        if let Some(write) = &binding.write {
            let field = [write.field.as_str()];
            hold(&mut held, description, write, if write.field.is_empty() { &[] } else { &field });
        }
    }
    for bound in catalog.kinds().filter_map(|k| k.on(ForgeKind::Gitlab)) {
        for endpoint in [&bound.create, &bound.update, &bound.delete].into_iter().flatten() {
            hold(&mut held, description, endpoint, &[]);
        }
    }
    held.end("writes");
}

#[test]
fn an_audit_of_everything_asks_only_what_is_described() {
    let Some(description) = Description::load() else { return };
    let mut held = Held::default();
    for scope in ["enterprise", "organization", "repository"] {
        let server = Server::with(full(), Options { record: true, ..Options::default() });
        server.report(&everything(scope));
        for request in server.recorded() {
            let (method, path) = (request.method.as_str(), request.path.as_str());
            held.hold(description, &Asked { method, path, query: &request.query, fields: &[] });
        }
    }
    held.end("requests");
}

//! How much of what GitHub lets be set the catalogue can read: each known setting has a row at the same
//! place of the same document, or it is said why not.
//!
//! Where nothing is known of GitHub the test checks nothing and says so.

use ispo_scm::catalog::{Catalog, ForgeKind};

use crate::known_settings::{Places, Spelling, Tables, hold, known_settings, request};

/// What is read at another place than the data names, with the row that has it.
const ELSEWHERE: &[(&str, &str)] = &[
    ("branch_protection.protected", "branch_protection"),
    ("environment.can_admins_bypass", "environment.can_admins_bypass"),
    ("organization.custom_property_values", "repository.custom_properties"),
    ("organization.interaction_limit_expiry", "organization.interaction_limit_expires_at"),
    ("organization.members_2fa_disabled", "organization.members_without_two_factor"),
    ("repository.codeowners", "repository.codeowners"),
    ("repository.community.code_of_conduct", "repository.code_of_conduct"),
    ("repository.community.contributing", "repository.contributing"),
    ("repository.community.issue_template", "repository.issue_template"),
    ("repository.community.license", "repository.license"),
    ("repository.community.pull_request_template", "repository.pull_request_template"),
    ("repository.community.readme", "repository.readme"),
    ("repository.license_file", "repository.license"),
    ("repository.custom_properties", "repository.custom_properties"),
    ("repository.effective_branch_rules", "branch.required_approvals"),
    ("repository.private", "repository.visibility"),
    ("repository.vulnerability_alerts", "repository.vulnerability_alerts"),
];

/// What no row has, with one of two reasons: it is `deprecated`, or there is `no API` that tells it.
const LEFT_OUT: &[(&str, &str)] = &[
    (
        "organization.actions.enterprise_installable_apps",
        "no API of an organization: only an App of the enterprise may ask, and the organization's own list tells the same",
    ),
    (
        "organization.advanced_security_enabled_for_new_repositories",
        "deprecated: security configurations took its place",
    ),
    ("organization.audit_log", "no API for a state: it is a stream of what happened"),
    (
        "organization.code_security_configuration.code_security",
        "no API that shows it: it is written, and read as part of `advanced_security`",
    ),
    (
        "organization.code_security_configuration.secret_protection",
        "no API that shows it: it is written, and read as part of `advanced_security`",
    ),
    ("organization.codespaces_access", "no API that shows it: it can only be written"),
    (
        "organization.dependabot_alerts_enabled_for_new_repositories",
        "deprecated: security configurations took its place",
    ),
    (
        "organization.dependabot_security_updates_enabled_for_new_repositories",
        "deprecated: security configurations took its place",
    ),
    (
        "organization.dependency_graph_enabled_for_new_repositories",
        "deprecated: security configurations took its place",
    ),
    (
        "organization.members_allowed_repository_creation_type",
        "deprecated: a switch for each visibility took its place",
    ),
    (
        "organization.secret_scanning_enabled_for_new_repositories",
        "deprecated: security configurations took its place",
    ),
    (
        "organization.secret_scanning_push_protection_custom_link_enabled",
        "deprecated: the link itself says whether there is one",
    ),
    (
        "organization.secret_scanning_push_protection_enabled_for_new_repositories",
        "deprecated: security configurations took its place",
    ),
    ("organization.secret_scanning_validity_checks_enabled", "no API that shows it: it can only be written"),
    ("organization.security_feature_toggle", "deprecated: security configurations took its place"),
    ("organization.security_managers", "deprecated: a role of the organization took its place"),
    (
        "repository.app_installation",
        "no API for others: an App is told of itself alone; the organization's list has all Apps",
    ),
    ("repository.has_downloads", "deprecated: releases took its place"),
    ("repository.lfs", "no API that shows it: it can only be written"),
    (
        "repository.use_squash_pr_title_as_default",
        "deprecated: the two words for the title and text of a squashed commit took its place",
    ),
    ("team.permission", "deprecated: what a team may do is said of each repository"),
];

const SPELLING: Spelling = Spelling {
    forge: ForgeKind::Github,
    repository: "/repos/",
    types: ["Repository", "Organization"],
    // A ruleset of the organization is read by the rows of a repository's.
    alike: Some(("/orgs/{org}/rulesets", "/repos/{owner}/{repo}/rulesets")),
};

/// The row that reads a known setting.
fn reader<'p>(known: &toml::Table, places: &'p Places) -> Option<&'p str> {
    // A rule is there, or it is not: a row of one of its parameters does not say so.
    let (_, field) = request(known);
    if let Some(rule) = field.strip_prefix("rules[type=").and_then(|rest| rest.strip_suffix(']')) {
        let key = format!("ruleset.{rule}.present");
        return places.rest.iter().find(|p| p.key == key).map(|p| p.key.as_str());
    }
    places.reader(known)
}

#[test]
fn every_known_setting_is_read_or_it_is_said_why_not() {
    let Some(known) = known_settings("github-settings.toml") else { return };
    let catalog = Catalog::built_in().unwrap();
    let places = Places::of(&catalog, SPELLING);
    let tables = Tables { elsewhere: ELSEWHERE, left_out: LEFT_OUT, reasons: &["deprecated", "no API "] };
    let coverage = hold(&known, &catalog, &tables, |setting| reader(setting, &places));
    let wrong: Vec<_> = coverage.wrong.iter().chain(&coverage.open).map(String::as_str).collect();
    assert!(wrong.is_empty(), "{} of {}:\n{}", wrong.len(), known.len(), wrong.join("\n"));
    assert!(coverage.share() >= 95.0, "only {:.1} % of the known settings are read", coverage.share());
}

//! How much of what GitLab lets be set the catalogue can read: each known setting has a row at the same
//! place of the same document, or it is said why not.
//!
//! Where nothing is known of GitLab the test checks nothing and says so.

use ispo_scm::catalog::{Catalog, ForgeKind};

use crate::known_settings::{Places, Spelling, Tables, hold, known_settings};

/// How many of a hundred are read at least.
const LEAST: f64 = 95.0;

/// What is read by another name than the data tells: the old name of something that has a new one.
const ELSEWHERE: &[(&str, &str)] = &[
    ("group.emails_disabled", "organization.emails_enabled"),
    ("instance.admin_notification_email", "enterprise.abuse_notification_email"),
    (
        "instance.allow_local_requests_from_hooks_and_services",
        "enterprise.allow_local_requests_from_web_hooks_and_services",
    ),
    ("instance.asset_proxy_whitelist", "enterprise.asset_proxy_allowlist"),
    ("instance.performance_bar_allowed_group_id", "enterprise.performance_bar_allowed_group_path"),
    ("instance.throttle_unauthenticated_enabled", "enterprise.throttle_unauthenticated_web_enabled"),
    (
        "instance.throttle_unauthenticated_period_in_seconds",
        "enterprise.throttle_unauthenticated_web_period_in_seconds",
    ),
    (
        "instance.throttle_unauthenticated_requests_per_period",
        "enterprise.throttle_unauthenticated_web_requests_per_period",
    ),
    // An agent is read by its name, which is what people know it by.
    ("project.environment.cluster_agent_id", "environment.cluster_agent"),
    // It is told there only where it is asked for.
    ("project.license", "repository.license"),
    // The data names no place; a query has it.
    ("project.security_policy_project", "repository.security_policy_project"),
];

/// Why nothing is read of mirrors in a project's own document.
const MIRROR: &str = "deprecated: the mirror has a document of its own";
/// Why nothing is read of the limits on the old interface.
const OLD_INTERFACE: &str = "deprecated: it limits an interface that servers no longer have";
/// Why nothing is read of how a server packs repositories.
const PACKING: &str = "deprecated: one period for all of housekeeping took its place";

/// What no row has, with one of three reasons.
const LEFT_OUT: &[(&str, &str)] = &[
    ("group.audit_events", "no API for a state: it is a stream of what happened"),
    ("group.default_branch_protection", "deprecated: a record of who may do what took its place"),
    (
        "group.security.secret_push_protection_enabled",
        "no API that shows it: it is written to all projects at once, and read of each",
    ),
    ("group.webhook.token", "no API that shows it: it can only be written"),
    ("instance.default_branch_protection", "deprecated: a record of who may do what took its place"),
    ("instance.housekeeping_bitmaps_enabled", PACKING),
    ("instance.housekeeping_full_repack_period", PACKING),
    ("instance.housekeeping_gc_period", PACKING),
    ("instance.housekeeping_incremental_repack_period", PACKING),
    (
        "instance.performance_bar_enabled",
        "deprecated: the group that may see the bar says whether there is one",
    ),
    ("instance.throttle_authenticated_deprecated_api_enabled", OLD_INTERFACE),
    ("instance.throttle_authenticated_deprecated_api_period_in_seconds", OLD_INTERFACE),
    ("instance.throttle_authenticated_deprecated_api_requests_per_period", OLD_INTERFACE),
    ("instance.throttle_unauthenticated_deprecated_api_enabled", OLD_INTERFACE),
    ("instance.throttle_unauthenticated_deprecated_api_period_in_seconds", OLD_INTERFACE),
    ("instance.throttle_unauthenticated_deprecated_api_requests_per_period", OLD_INTERFACE),
    ("project.approvals.approvals_before_merge", "deprecated: rules of approval took its place"),
    ("project.approvals_before_merge", "deprecated: rules of approval took its place"),
    ("project.audit_events", "no API for a state: it is a stream of what happened"),
    ("project.container_registry_enabled", "deprecated: a level of access took the switch's place"),
    ("project.emails_disabled", "deprecated: `emails_enabled` says the opposite"),
    ("project.issues_enabled", "deprecated: a level of access took the switch's place"),
    ("project.jobs_enabled", "deprecated: a level of access took the switch's place"),
    ("project.merge_requests_enabled", "deprecated: a level of access took the switch's place"),
    ("project.mirror_branch_regex", MIRROR),
    ("project.mirror_overwrites_diverged_branches", MIRROR),
    ("project.mirror_trigger_builds", MIRROR),
    ("project.mirror_user_id", MIRROR),
    ("project.only_mirror_protected_branches", MIRROR),
    ("project.packages_enabled", "deprecated: a level of access took the switch's place"),
    ("project.public_builds", "deprecated: `public_jobs` took its place"),
    ("project.pull_mirror.auth_password", "no API that shows it: it can only be written"),
    ("project.pull_mirror.auth_user", "no API that shows it: it comes back as stars"),
    (
        "project.restrict_user_defined_variables",
        "deprecated: the least role that may give variables took its place",
    ),
    ("project.snippets_enabled", "deprecated: a level of access took the switch's place"),
    ("project.tag_list", "deprecated: topics took its place"),
    ("project.webhook.token", "no API that shows it: it can only be written"),
    ("project.wiki_enabled", "deprecated: a level of access took the switch's place"),
];

const SPELLING: Spelling =
    Spelling { forge: ForgeKind::Gitlab, repository: "/projects/", types: ["Project", "Group"], alike: None };

#[test]
fn every_known_setting_of_gitlab_is_read_or_it_is_said_why_not() {
    let Some(known) = known_settings("gitlab-settings.toml") else { return };
    let catalog = Catalog::built_in().unwrap();
    let places = Places::of(&catalog, SPELLING);
    let reasons = &["deprecated", "no API ", "instance administration refused to tokens"];
    let tables = Tables { elsewhere: ELSEWHERE, left_out: LEFT_OUT, reasons };
    let coverage = hold(&known, &catalog, &tables, |setting| places.reader(setting));
    eprintln!("{} of them by the newer name of the same thing", ELSEWHERE.len());
    let (wrong, open) = (&coverage.wrong, &coverage.open);
    assert!(wrong.is_empty(), "{} of {}:\n{}", wrong.len(), known.len(), wrong.join("\n"));
    assert!(open.is_empty(), "{} of {}:\n{}", open.len(), known.len(), open.join("\n"));
    assert!(coverage.share() >= LEAST, "only {:.1} % of the known settings are read", coverage.share());
}

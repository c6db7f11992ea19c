//! What GitLab tells of a project itself: from a conforming world, and with one thing changed.

use std::collections::BTreeSet;

use ispo_scm::catalog::Catalog;
use serde_json::{Value, json};

use crate::gitlab::{Server, verdict};
use crate::run::Report;
use crate::sim::gitlab::{Identity, Options, World};

const PROJECT: &str = "acme/team-1/service-0001";

/// A server of the newest version, with one project.
fn conforming() -> World {
    World { version: "19.3.0".into(), ..World::conforming("acme", 1) }
}

fn changed(key: &str, value: impl Into<Value>) -> World {
    let mut world = conforming();
    world.project_mut(PROJECT).set(key, value);
    world
}

fn policy(lines: &str) -> String {
    format!("version = 1\n[repository]\n{lines}")
}

fn audited(world: World, lines: &str) -> Report {
    Server::of(world).report(&policy(lines))
}

/// The lines hold in a conforming world; each change makes its setting drift, and no other.
#[track_caller]
fn each_change_drifts(lines: &str, changes: &[(&str, &str, Value)]) {
    let report = audited(conforming(), lines);
    let amiss: Vec<_> = report.findings().filter(|f| f["verdict"] != "conforms").collect();
    assert!(amiss.is_empty(), "{amiss:#?}");
    for (setting, field, value) in changes {
        let report = audited(changed(field, value.clone()), lines);
        let amiss: Vec<_> = report.findings().filter(|f| f["verdict"] != "conforms").collect();
        let settings: Vec<_> = amiss.iter().map(|f| f["setting"].as_str().unwrap()).collect();
        assert_eq!(settings, [format!("repository.{setting}")], "{field} = {value}: {amiss:#?}");
        assert_eq!(amiss[0]["verdict"], "drift", "{field} = {value}: {amiss:#?}");
    }
}

#[test]
fn who_may_use_which_part() {
    let lines = r#"
builds_access_level = "enabled"
package_registry_access_level = { one_of = ["enabled", "private"] }
pages_access_level = "private"
repository_access_level = "enabled"
request_access_enabled = true
public_jobs = true
security_and_compliance_access_level = { one_of = ["enabled", "private"] }
shared_with_groups = { count = { at_most = 0 } }
feature_flags_minimum_role = "developer"
enforce_auth_checks_on_uploads = true
"#;
    let share = json!([{
        "group_id": 7, "group_name": "x", "group_full_path": "x", "group_access_level": 30, "expires_at": null,
    }]);
    each_change_drifts(
        lines,
        &[
            ("builds_access_level", "builds_access_level", json!("private")),
            ("package_registry_access_level", "package_registry_access_level", json!("public")),
            ("pages_access_level", "pages_access_level", json!("public")),
            ("repository_access_level", "repository_access_level", json!("disabled")),
            ("request_access_enabled", "request_access_enabled", json!(false)),
            ("public_jobs", "public_jobs", json!(false)),
            ("shared_with_groups", "shared_with_groups", share),
            ("feature_flags_minimum_role", "feature_flags_minimum_role", json!("owner")),
        ],
    );
}

#[test]
fn how_it_is_shown_and_kept() {
    let lines = r#"
avatar = false
compliance_frameworks = []
display_name = { length = { at_least = 3 } }
emails_enabled = true
import_url = { absent = true }
lfs_enabled = true
service_desk_enabled = false
container_expiration_policy.enabled = false
container_expiration_policy.keep_n = { at_least = 5 }
container_expiration_policy.older_than = "90d"
"#;
    each_change_drifts(
        lines,
        &[
            ("avatar", "avatar_url", json!("https://gitlab.example/a.png")),
            ("compliance_frameworks", "compliance_frameworks", json!(["SOX"])),
            ("display_name", "name", json!("x")),
            ("emails_enabled", "emails_disabled", json!(true)),
            ("service_desk_enabled", "service_desk_enabled", json!(true)),
            (
                "container_expiration_policy.enabled",
                "container_expiration_policy",
                json!({"enabled": true, "keep_n": 5, "older_than": "90d"}),
            ),
        ],
    );
}

#[test]
fn an_address_is_shown_without_its_password() {
    let world = changed("import_url", "https://bot:hunter2@git.example/x.git");
    let report = audited(world, "import_url = \"https://git.example/x.git\"");
    assert_eq!(verdict(&report, PROJECT, "repository.import_url"), "\"conforms\"");
    assert!(!report.0.to_string().contains("hunter2"));
}

#[test]
fn what_pipelines_and_jobs_may_do() {
    let lines = r#"
auto_cancel_pending_pipelines = true
build_timeout = { at_most = 3600 }
ci_config_path = { absent = true }
ci_delete_pipelines_in_seconds = { absent = true }
ci_id_token_sub_claim_components = ["project_path", "ref_type", "ref"]
ci_pipeline_variables_minimum_override_role = { one_of = ["developer", "maintainer"] }
ci_push_repository_for_job_token_allowed = false
ci_restrict_pipeline_cancellation_role = { one_of = ["developer", "no one"] }
ci_separated_caches = true
group_runners_enabled = true
shared_runners_enabled = true
"#;
    each_change_drifts(
        lines,
        &[
            ("auto_cancel_pending_pipelines", "auto_cancel_pending_pipelines", json!("disabled")),
            ("build_timeout", "build_timeout", json!(7200)),
            ("ci_config_path", "ci_config_path", json!("other.yml")),
            ("ci_delete_pipelines_in_seconds", "ci_delete_pipelines_in_seconds", json!(86400)),
            ("ci_id_token_sub_claim_components", "ci_id_token_sub_claim_components", json!(["project_path"])),
            (
                "ci_pipeline_variables_minimum_override_role",
                "ci_pipeline_variables_minimum_override_role",
                json!("owner"),
            ),
            (
                "ci_push_repository_for_job_token_allowed",
                "ci_push_repository_for_job_token_allowed",
                json!(true),
            ),
            (
                "ci_restrict_pipeline_cancellation_role",
                "ci_restrict_pipeline_cancellation_role",
                json!("maintainer"),
            ),
            ("ci_separated_caches", "ci_separated_caches", json!(false)),
            ("shared_runners_enabled", "shared_runners_enabled", json!(false)),
        ],
    );
}

#[test]
fn how_changes_are_merged() {
    let lines = r#"
allow_merge_on_skipped_pipeline = false
fallback_approvals_required = 0
merge_pipelines_enabled = false
merge_train_enforcement = "allow_bypass"
only_allow_merge_if_all_discussions_are_resolved = true
only_allow_merge_if_all_status_checks_passed = false
only_allow_merge_if_pipeline_succeeds = true
reviewer_assignment_strategy = "disabled"
auto_duo_code_review_enabled = false
"#;
    each_change_drifts(
        lines,
        &[
            ("allow_merge_on_skipped_pipeline", "allow_merge_on_skipped_pipeline", json!(true)),
            ("merge_train_enforcement", "merge_train_enforcement", json!("enforce_for_all_users")),
            (
                "only_allow_merge_if_all_discussions_are_resolved",
                "only_allow_merge_if_all_discussions_are_resolved",
                json!(false),
            ),
            ("only_allow_merge_if_pipeline_succeeds", "only_allow_merge_if_pipeline_succeeds", json!(false)),
            ("reviewer_assignment_strategy", "reviewer_assignment_strategy", json!("code_owners")),
            ("auto_duo_code_review_enabled", "auto_duo_code_review_enabled", json!(true)),
        ],
    );
    // Never decided is not decided in favour.
    let undecided = changed("allow_merge_on_skipped_pipeline", Value::Null);
    assert_eq!(audited(undecided, lines).count("drift"), 0);
}

#[test]
fn a_line_written_for_github_holds_on_gitlab() {
    let lines = r#"
allow_forking = true
allow_merge_commit = true
allow_rebase_merge = false
allow_squash_merge = true
fork = false
has_issues = true
has_projects = true
has_pull_requests = true
has_wiki = false
hash_algorithm = "sha1"
license = "Apache-2.0"
private = true
"#;
    each_change_drifts(
        lines,
        &[
            ("allow_forking", "forking_access_level", json!("disabled")),
            ("allow_squash_merge", "squash_option", json!("never")),
            ("has_wiki", "wiki_access_level", json!("private")),
            ("has_pull_requests", "merge_requests_access_level", json!("disabled")),
            ("hash_algorithm", "repository_object_format", json!("sha256")),
            ("private", "visibility", json!("public")),
        ],
    );
    // Without merge commits, changes come commit by commit.
    let report = audited(changed("merge_method", "ff"), lines);
    assert_eq!(verdict(&report, PROJECT, "repository.allow_merge_commit"), "\"drift\"");
    assert_eq!(verdict(&report, PROJECT, "repository.allow_rebase_merge"), "\"drift\"");
    // Boards are boards of issues.
    let report = audited(changed("issues_access_level", "disabled"), lines);
    assert_eq!(verdict(&report, PROJECT, "repository.has_issues"), "\"drift\"");
    assert_eq!(verdict(&report, PROJECT, "repository.has_projects"), "\"drift\"");
    let mut world = conforming();
    world.project_mut(PROJECT).file("LICENSE", "Do as you please.\n");
    let report = audited(world, lines);
    assert_eq!(verdict(&report, PROJECT, "repository.license"), "\"drift\"");
}

#[test]
fn forking_for_members_only_is_neither_on_nor_off() {
    for expected in ["true", "false"] {
        let lines = format!("allow_forking = {expected}");
        let report = audited(changed("forking_access_level", "private"), &lines);
        assert_eq!(verdict(&report, PROJECT, "repository.allow_forking"), "\"unknown\"", "{expected}");
    }
    let mut world = changed("forking_access_level", "private");
    world.project_mut(PROJECT).set("visibility", "private");
    let report = audited(world, "allow_forking = true");
    assert_eq!(verdict(&report, PROJECT, "repository.allow_forking"), "\"conforms\"");
}

#[test]
fn a_fork_is_known_even_where_its_origin_is_hidden() {
    let lines = "fork = false\nparent = \"other/service\"";
    let origin = json!({"id": 99, "path_with_namespace": "other/service"});
    let mut world = changed("forked_from_project", origin);
    let report = audited(world.clone(), lines);
    assert_eq!(verdict(&report, PROJECT, "repository.fork"), "\"drift\"");
    assert_eq!(verdict(&report, PROJECT, "repository.parent"), "\"conforms\"");
    world.project_mut(PROJECT).without("forked_from_project");
    let report = audited(world, lines);
    assert_eq!(verdict(&report, PROJECT, "repository.fork"), "\"drift\"");
    assert_eq!(verdict(&report, PROJECT, "repository.parent"), "\"unknown\"");
}

#[test]
fn what_only_maintainers_see_is_unknown_to_others() {
    let mut world = conforming();
    world.everybody(Identity::person("zoe", &["read_api"]).role("acme", 20));
    let report = audited(world, "build_timeout = 3600\nshared_runners_enabled = true");
    assert_eq!(verdict(&report, PROJECT, "repository.build_timeout"), "\"unknown\"");
    assert_eq!(verdict(&report, PROJECT, "repository.shared_runners_enabled"), "\"conforms\"");
}

#[test]
fn what_an_older_server_does_not_have_does_not_apply() {
    let lines = "feature_flags_minimum_role = \"developer\"";
    let report = audited(World::conforming("acme", 1), lines);
    assert_eq!(verdict(&report, PROJECT, "repository.feature_flags_minimum_role"), "\"not_applicable\"");
}

/// Everything that the list of projects tells is read from it, in one request for all of it.
#[test]
fn whoever_administers_the_server_sees_every_setting_that_the_list_tells() {
    let catalog = Catalog::built_in().unwrap();
    let told = catalog.settings().filter(|s| &*s.group == "repository");
    let told = told.filter(|s| s.gitlab.binding().is_some_and(|b| b.list.is_some()));
    let lines: Vec<_> = told.map(|s| format!("{} = {{ absent = true }}", s.name())).collect();
    assert!(lines.len() > 120, "{}", lines.len());
    let mut world = conforming();
    let origin = json!({"id": 99, "path_with_namespace": "other/service"});
    world.project_mut(PROJECT).set("forked_from_project", origin);
    let server = Server::with(world, Options { record: true, ..Options::default() });
    let report = server.report(&policy(&lines.join("\n")));
    let unseen: BTreeSet<_> = report
        .findings()
        .filter(|f| f["verdict"] != "conforms" && f["verdict"] != "drift")
        .map(|f| format!("{}: {} {}", f["setting"], f["verdict"], f["why_not"]))
        .collect();
    assert!(unseen.is_empty(), "{unseen:#?}");
    let asked = server.recorded();
    // The version, the token and who asks; the list; and of the groups whether forks may leave them.
    assert_eq!(asked.len(), 3 + 1 + 2, "{asked:?}");
}

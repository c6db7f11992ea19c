//! Of what kind the events are that tell of a setting. A setting that is not here is one of which no event is known to
//! tell.
//!
//! Sources: docs.github.com, "Audit log events for your organization"; docs.gitlab.com, "Audit event types".

use crate::catalog::ForgeKind;

/// What tells of some settings: the beginnings of actions.
pub(super) struct Kinds {
    /// The beginnings of the settings' names.
    settings: &'static [&'static str],
    /// In the repository, or where the setting is of an organization in that.
    pub(super) own: &'static [&'static str],
    /// Above the repository.
    pub(super) above: &'static [&'static str],
}

const fn of(
    settings: &'static [&'static str],
    own: &'static [&'static str],
    above: &'static [&'static str],
) -> Kinds {
    Kinds { settings, own, above }
}

/// The first row that fits counts, so that what is narrower stands first.
#[rustfmt::skip]
const GITHUB: &[Kinds] = &[
    of(&[""], &["repo.create", "repo.destroy", "repo.rename", "repo.restore", "repo.transfer"], &[]),
    of(&["repository.visibility"], &["repo.access"], &[]),
    of(&["repository.archived"], &["repo.archived", "repo.unarchived"], &[]),
    of(&["repository.default_branch"], &["repo.update_default_branch", "repo.rename_branch"], &[]),
    of(&["repository.topics"], &["repo.add_topic", "repo.remove_topic"], &[]),
    of(&["repository.allow_forking"], &["private_repository_forking."], &["private_repository_forking."]),
    of(&["repository.allow_merge_commit", "repository.allow_rebase_merge", "repository.allow_squash_merge"],
        &["repo.change_merge_setting"], &[]),
    of(&["repository.collaborators"], &["repo.add_member", "repo.remove_member", "repo.update_member"], &[]),
    of(&["repository.teams"],
        &["team.add_repository", "team.remove_repository", "team.update_repository_permission"], &[]),
    of(&["repository.custom_properties"], &["custom_property_value."], &["custom_property_definition."]),
    of(&["repository.actions"], &["repo.update_actions_settings", "repo.update_actions_access_settings",
        "repo.set_actions_", "repo.set_default_workflow_permissions", "repo.set_workflow_permission_can_approve_pr",
        "repo.set_fork_pr_workflows_policy"], &[]),
    of(&["repository.secret_scanning_push_protection"], &["repository_secret_scanning_push_protection."], &[]),
    of(&["repository.secret_scanning"], &["repository_secret_scanning."], &[]),
    of(&["repository.advanced_security"], &["repo.advanced_security_"], &[]),
    of(&["repository.code_scanning"], &["repo.codeql_"], &[]),
    of(&["repository.pages"], &["repo.pages_"], &[]),
    of(&["branch"], &["protected_branch.", "repository_ruleset.", "repository_branch_protection_evaluation.",
        "repo.update_default_branch"], &["repository_ruleset."]),
    of(&["branch_protection"], &["protected_branch."], &[]),
    of(&["ruleset"], &["repository_ruleset."], &["repository_ruleset."]),
    of(&["webhook"], &["hook."], &[]),
    of(&["deploy_key"], &["public_key."], &[]),
    of(&["environment"], &["environment."], &[]),
    of(&["secret"], &["repo.create_actions_secret", "repo.update_actions_secret", "repo.remove_actions_secret",
        "org.create_actions_secret", "org.update_actions_secret", "org.remove_actions_secret"], &[]),
    of(&["variable"], &["repo.create_actions_variable", "repo.update_actions_variable", "repo.remove_actions_variable",
        "org.create_actions_variable", "org.update_actions_variable", "org.remove_actions_variable"], &[]),
    of(&["organization.two_factor_requirement_enabled"],
        &["org.enable_two_factor_requirement", "org.disable_two_factor_requirement"], &[]),
    of(&["organization.default_repository_permission"], &["org.update_default_repository_permission"], &[]),
    of(&["organization.members_can_create_repositories"], &["org.update_member_repository_creation_permission"], &[]),
    of(&["organization.members", "organization.owners"],
        &["org.add_member", "org.remove_member", "org.update_member"], &[]),
    of(&["custom_property"], &["custom_property_definition."], &[]),
    of(&["team"], &["team."], &[]),
];

#[rustfmt::skip]
const GITLAB: &[Kinds] = &[
    of(&[""], &["project_created", "project_destroyed", "project_path_updated", "project_namespace_updated"], &[]),
    of(&["repository.visibility"], &["project_visibility_level_updated"], &[]),
    of(&["repository.archived"], &["project_archived", "project_unarchived"], &[]),
    of(&["repository.topics"], &["project_topics_updated"], &[]),
    of(&["repository.squash_option"], &["squash_option_updated"], &[]),
    of(&["repository.has_issues", "repository.issues_access_level"],
        &["project_feature_issues_access_level_updated"], &[]),
    of(&["repository.has_wiki", "repository.wiki_access_level"], &["project_feature_wiki_access_level_updated"], &[]),
    of(&["repository.snippets_access_level"], &["project_feature_snippets_access_level_updated"], &[]),
    of(&["repository.pages_access_level"], &["project_feature_pages_access_level_updated"], &[]),
    of(&["repository.push_rule"], &["project_push_rules_"], &[]),
    of(&["repository.collaborators", "repository.teams", "repository.members", "repository.shared_with_groups"],
        &["member_created", "member_updated", "member_destroyed", "project_group_link_"], &[]),
    of(&["branch", "protected_branch"], &["protected_branch_"], &[]),
    of(&["status_check"], &["create_status_check", "delete_status_check", "external_status_check_"], &[]),
    of(&["access_token"], &["project_access_token_", "group_access_token_"], &[]),
    of(&["runner"], &["ci_runner_"], &[]),
    of(&["organization.visibility"], &["group_visibility_level_updated"], &[]),
    of(&["organization.members", "organization.owners"],
        &["member_created", "member_updated", "member_destroyed"], &[]),
];

/// What tells of a setting with its item, `branch[main].required_approvals`; the empty name is the subject itself.
pub(super) fn kinds(forge: ForgeKind, name: &str) -> Option<&'static Kinds> {
    let table = match forge {
        ForgeKind::Github => GITHUB,
        ForgeKind::Gitlab => GITLAB,
    };
    let fits = |begin: &&str| match name.strip_prefix(*begin) {
        Some(rest) => rest.is_empty() || (!begin.is_empty() && rest.starts_with(['.', '['])),
        None => false,
    };
    table.iter().find(|row| row.settings.iter().any(&fits))
}

/// The part of an action by which GitHub's log is searched.
pub(super) fn category(action: &'static str) -> &'static str {
    action.split('.').next().unwrap_or(action)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_setting_is_told_of_by_its_own_kind_alone() {
        let of = |name: &str| kinds(ForgeKind::Github, name).map(|kinds| kinds.own);
        assert_eq!(of("repository.visibility"), Some(&["repo.access"][..]));
        assert_eq!(of("branch_protection[main].enforce_admins"), Some(&["protected_branch."][..]));
        assert_eq!(of("secret[branch].visibility").map(<[_]>::len), Some(6));
        assert!(
            of("branch[~default].required_approvals").is_some_and(|k| k.contains(&"repository_ruleset."))
        );
        assert_eq!(of("repository.secret_scanning"), Some(&["repository_secret_scanning."][..]));
        for untold in
            ["repository.description", "repository.visibility_level", "file[README.md]", "label[bug].color"]
        {
            assert_eq!(of(untold), None, "{untold}");
        }
        assert_eq!(of("").map(|k| k[0]), Some("repo.create"));
    }
}

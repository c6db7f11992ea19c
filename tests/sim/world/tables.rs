//! The settings GitHub has on a repository and on an organization.

use super::MOMENT;
use super::settings::{Kind, Preset, Setting};

use Kind::{Choice, Flag, Number, Record, Text};
use Preset::{Absent, Null, Off, On, Word, Zero};

const MINE: bool = true;
const READ_ONLY: bool = false;
const LISTED: bool = true;
const FULL: bool = false;

const fn setting(
    key: &'static str,
    kind: Kind,
    preset: Preset,
    writable: bool,
    listed: bool,
    graphql: &'static str,
) -> Setting {
    let graphql = if graphql.is_empty() { None } else { Some(graphql) };
    Setting { key, kind, preset, writable, listed, graphql }
}

const VISIBILITIES: &[&str] = &["public", "private", "internal"];
const CREATORS: &[&str] = &["all", "collaborators_only"];
const SQUASH_TITLES: &[&str] = &["PR_TITLE", "COMMIT_OR_PR_TITLE"];
const SQUASH_MESSAGES: &[&str] = &["PR_BODY", "COMMIT_MESSAGES", "BLANK"];
const MERGE_TITLES: &[&str] = &["PR_TITLE", "MERGE_MESSAGE"];
const MERGE_MESSAGES: &[&str] = &["PR_BODY", "PR_TITLE", "BLANK"];

/// Merge settings are in the full object alone: that is what makes REST lists useless for them.
pub const REPOSITORY: &[Setting] = &[
    setting("description", Text, Null, MINE, LISTED, "description"),
    setting("homepage", Text, Null, MINE, LISTED, "homepageUrl"),
    setting("visibility", Choice(VISIBILITIES), Word("public"), MINE, LISTED, "visibility"),
    setting("fork", Flag, Off, READ_ONLY, LISTED, "isFork"),
    setting("is_template", Flag, Off, MINE, LISTED, "isTemplate"),
    setting("archived", Flag, Off, MINE, LISTED, "isArchived"),
    setting("disabled", Flag, Off, READ_ONLY, LISTED, "isDisabled"),
    setting("default_branch", Text, Word("main"), MINE, LISTED, ""),
    setting("has_issues", Flag, On, MINE, LISTED, "hasIssuesEnabled"),
    setting("has_projects", Flag, On, MINE, LISTED, "hasProjectsEnabled"),
    setting("has_wiki", Flag, On, MINE, LISTED, "hasWikiEnabled"),
    setting("has_discussions", Flag, Off, MINE, LISTED, "hasDiscussionsEnabled"),
    setting("has_pull_requests", Flag, On, MINE, LISTED, "hasPullRequestsEnabled"),
    setting(
        "pull_request_creation_policy",
        Choice(CREATORS),
        Word("all"),
        MINE,
        LISTED,
        "pullRequestCreationPolicy",
    ),
    setting("has_pages", Flag, Off, READ_ONLY, LISTED, ""),
    setting("has_downloads", Flag, On, READ_ONLY, LISTED, ""),
    setting("allow_forking", Flag, On, MINE, LISTED, "forkingAllowed"),
    setting("web_commit_signoff_required", Flag, Off, MINE, LISTED, "webCommitSignoffRequired"),
    setting("allow_squash_merge", Flag, On, MINE, FULL, "squashMergeAllowed"),
    setting("allow_merge_commit", Flag, On, MINE, FULL, "mergeCommitAllowed"),
    setting("allow_rebase_merge", Flag, On, MINE, FULL, "rebaseMergeAllowed"),
    setting("allow_auto_merge", Flag, Off, MINE, FULL, "autoMergeAllowed"),
    setting("delete_branch_on_merge", Flag, Off, MINE, FULL, "deleteBranchOnMerge"),
    setting("allow_update_branch", Flag, Off, MINE, FULL, "allowUpdateBranch"),
    setting("use_squash_pr_title_as_default", Flag, Off, MINE, FULL, "squashPrTitleUsedAsDefault"),
    setting(
        "squash_merge_commit_title",
        Choice(SQUASH_TITLES),
        Word("COMMIT_OR_PR_TITLE"),
        MINE,
        FULL,
        "squashMergeCommitTitle",
    ),
    setting(
        "squash_merge_commit_message",
        Choice(SQUASH_MESSAGES),
        Word("COMMIT_MESSAGES"),
        MINE,
        FULL,
        "squashMergeCommitMessage",
    ),
    setting(
        "merge_commit_title",
        Choice(MERGE_TITLES),
        Word("MERGE_MESSAGE"),
        MINE,
        FULL,
        "mergeCommitTitle",
    ),
    setting(
        "merge_commit_message",
        Choice(MERGE_MESSAGES),
        Word("PR_TITLE"),
        MINE,
        FULL,
        "mergeCommitMessage",
    ),
    setting("security_and_analysis", Record, Absent, READ_ONLY, LISTED, ""),
    setting("language", Text, Null, READ_ONLY, LISTED, ""),
    setting("license", Record, Null, READ_ONLY, LISTED, ""),
    setting("mirror_url", Text, Null, READ_ONLY, LISTED, "mirrorUrl"),
    setting("size", Number, Zero, READ_ONLY, LISTED, "diskUsage"),
    setting("forks_count", Number, Zero, READ_ONLY, LISTED, "forkCount"),
    setting("subscribers_count", Number, Zero, READ_ONLY, FULL, ""),
    setting("stargazers_count", Number, Zero, READ_ONLY, LISTED, "stargazerCount"),
    setting("created_at", Text, Word(MOMENT), READ_ONLY, LISTED, "createdAt"),
    setting("pushed_at", Text, Word(MOMENT), READ_ONLY, LISTED, "pushedAt"),
    setting("updated_at", Text, Word(MOMENT), READ_ONLY, LISTED, "updatedAt"),
];

const BASE_PERMISSIONS: &[&str] = &["read", "write", "admin", "none"];
const CREATION_TYPES: &[&str] = &["all", "private", "none"];

pub const ORGANIZATION: &[Setting] = &[
    setting("name", Text, Null, MINE, LISTED, "name"),
    setting("description", Text, Null, MINE, LISTED, "description"),
    setting("company", Text, Null, MINE, FULL, ""),
    setting("blog", Text, Null, MINE, FULL, "websiteUrl"),
    setting("location", Text, Null, MINE, FULL, "location"),
    setting("email", Text, Null, MINE, FULL, "email"),
    setting("twitter_username", Text, Null, MINE, FULL, "twitterUsername"),
    setting("billing_email", Text, Null, MINE, FULL, "organizationBillingEmail"),
    setting("is_verified", Flag, Off, READ_ONLY, FULL, "isVerified"),
    setting("has_organization_projects", Flag, On, MINE, FULL, ""),
    setting("has_repository_projects", Flag, On, MINE, FULL, ""),
    setting("default_repository_permission", Choice(BASE_PERMISSIONS), Word("read"), MINE, FULL, ""),
    setting("default_repository_branch", Text, Word("main"), READ_ONLY, FULL, ""),
    setting("members_can_create_repositories", Flag, On, MINE, FULL, ""),
    setting("members_allowed_repository_creation_type", Choice(CREATION_TYPES), Word("all"), MINE, FULL, ""),
    setting("members_can_create_public_repositories", Flag, On, MINE, FULL, ""),
    setting("members_can_create_private_repositories", Flag, On, MINE, FULL, ""),
    setting("members_can_create_internal_repositories", Flag, On, MINE, FULL, ""),
    setting("members_can_create_pages", Flag, On, MINE, FULL, ""),
    setting("members_can_create_public_pages", Flag, On, MINE, FULL, ""),
    setting("members_can_create_private_pages", Flag, On, MINE, FULL, ""),
    setting(
        "members_can_fork_private_repositories",
        Flag,
        Off,
        MINE,
        FULL,
        "membersCanForkPrivateRepositories",
    ),
    setting("members_can_delete_repositories", Flag, On, READ_ONLY, FULL, ""),
    setting("members_can_change_repo_visibility", Flag, On, READ_ONLY, FULL, ""),
    setting("members_can_invite_outside_collaborators", Flag, On, READ_ONLY, FULL, ""),
    setting("members_can_delete_issues", Flag, Off, READ_ONLY, FULL, ""),
    setting("display_commenter_full_name_setting_enabled", Flag, Off, READ_ONLY, FULL, ""),
    setting("readers_can_create_discussions", Flag, On, READ_ONLY, FULL, ""),
    setting("members_can_create_teams", Flag, On, READ_ONLY, FULL, ""),
    setting("members_can_view_dependency_insights", Flag, On, READ_ONLY, FULL, ""),
    setting("two_factor_requirement_enabled", Flag, Off, READ_ONLY, FULL, "requiresTwoFactorAuthentication"),
    setting("web_commit_signoff_required", Flag, Off, MINE, FULL, "webCommitSignoffRequired"),
    setting("deploy_keys_enabled_for_repositories", Flag, On, MINE, FULL, ""),
    setting("advanced_security_enabled_for_new_repositories", Flag, Off, MINE, FULL, ""),
    setting("dependabot_alerts_enabled_for_new_repositories", Flag, Off, MINE, FULL, ""),
    setting("dependabot_security_updates_enabled_for_new_repositories", Flag, Off, MINE, FULL, ""),
    setting("dependency_graph_enabled_for_new_repositories", Flag, Off, MINE, FULL, ""),
    setting("secret_scanning_enabled_for_new_repositories", Flag, Off, MINE, FULL, ""),
    setting("secret_scanning_push_protection_enabled_for_new_repositories", Flag, Off, MINE, FULL, ""),
    setting("secret_scanning_push_protection_custom_link_enabled", Flag, Off, MINE, FULL, ""),
    setting("secret_scanning_push_protection_custom_link", Text, Null, MINE, FULL, ""),
    setting("created_at", Text, Word(MOMENT), READ_ONLY, FULL, "createdAt"),
    setting("updated_at", Text, Word(MOMENT), READ_ONLY, FULL, "updatedAt"),
    setting("archived_at", Text, Null, READ_ONLY, FULL, "archivedAt"),
];

/// What an organization tells its owners alone: REST keys, and GraphQL fields.
pub const OWNERS_ONLY: &[&str] = &[
    "plan",
    "billing_email",
    "default_repository_permission",
    "default_repository_branch",
    "members_can_create_repositories",
    "members_allowed_repository_creation_type",
    "members_can_create_public_repositories",
    "members_can_create_private_repositories",
    "members_can_create_internal_repositories",
    "members_can_create_pages",
    "members_can_create_public_pages",
    "members_can_create_private_pages",
    "members_can_fork_private_repositories",
    "members_can_delete_repositories",
    "members_can_change_repo_visibility",
    "members_can_invite_outside_collaborators",
    "members_can_delete_issues",
    "display_commenter_full_name_setting_enabled",
    "readers_can_create_discussions",
    "members_can_create_teams",
    "members_can_view_dependency_insights",
    "two_factor_requirement_enabled",
    "web_commit_signoff_required",
    "deploy_keys_enabled_for_repositories",
    "advanced_security_enabled_for_new_repositories",
    "dependabot_alerts_enabled_for_new_repositories",
    "dependabot_security_updates_enabled_for_new_repositories",
    "dependency_graph_enabled_for_new_repositories",
    "secret_scanning_enabled_for_new_repositories",
    "secret_scanning_push_protection_enabled_for_new_repositories",
    "secret_scanning_push_protection_custom_link_enabled",
    "secret_scanning_push_protection_custom_link",
    "organizationBillingEmail",
    "ipAllowListEnabledSetting",
    "ipAllowListEntries",
    "ipAllowListForInstalledAppsEnabledSetting",
    "notificationDeliveryRestrictionEnabledSetting",
    "requiresTwoFactorAuthentication",
    "samlIdentityProvider",
];

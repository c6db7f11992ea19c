//! Policies that a conforming world meets.

/// What [`crate::sim::World::conforming`] promises, asked for in every way of reading there is:
/// the composed query, both REST documents, the teams' grants, rules of branches, labels and files.
pub const STRICT: &str = r#"version = 1

[organization]
two_factor_requirement_enabled = true
members_can_create_public_repositories = false
default_repository_permission = { one_of = ["read", "none"] }

[repository]
description = { length = { at_least = 10 } }
visibility = "internal"
topics = { contains = ["innersource"] }
custom_properties = { contains = { data = "internal" } }
delete_branch_on_merge = true
allow_forking = true
has_wiki = false
has_discussions = true
allow_merge_commit = false
allow_squash_merge = true
squash_merge_commit_title = "PR_TITLE"
allow_update_branch = true
vulnerability_alerts = true
secret_scanning = true
secret_scanning_push_protection = true
dependabot_security_updates = true
collaborators = { exactly = {} }
teams = { contains = { platform = "maintain" } }
contributing = true
codeowners = true
license = "Apache-2.0"

[repository.label."good first issue"]
color = "7057ff"

[repository.file."CONTRIBUTING.md"]
present = true

[repository.branch."~default"]
required_approvals = { at_least = 2 }
require_code_owner_review = true
require_signatures = true
allow_force_pushes = false
allow_deletions = false
required_checks = { contains = ["ci"] }
bypass_actors = { exactly = [] }
"#;

/// How many expectations [`STRICT`] has of an organization, and of each repository.
pub const OF_ORGANIZATION: u64 = 3;
pub const OF_REPOSITORY: u64 = 30;

/// The line of [`STRICT`] that begins so, the first being 1.
#[track_caller]
pub fn line(begin: &str) -> u64 {
    let at = STRICT.lines().position(|line| line.starts_with(begin));
    at.unwrap_or_else(|| panic!("no line begins with {begin}")) as u64 + 1
}

/// What takes a request for each repository, besides two lists and the composed query. The row is
/// the policy's own.
pub const PIECEMEAL: &str = r#"version = 1

[[setting]]
key = "repository.topics_of_its_own"
doc = "Topics, as the repository's own document tells them."
type = "list"
github.rest = "GET /repos/{owner}/{repo}/topics :: names"

[organization]
default_repository_permission = { one_of = ["read", "none"] }

[repository]
has_wiki = false
secret_scanning_push_protection = true
topics_of_its_own = { contains = ["innersource"] }
"#;

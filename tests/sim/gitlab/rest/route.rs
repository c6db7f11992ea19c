//! What a path asks for.

use crate::sim::gitlab::documents::{self, Row};

pub struct Route {
    /// As GitLab's description gives it, such as `/projects/{id}/hooks`.
    pub path: &'static str,
    pub target: Target,
    /// The number or full path in place of `{id}`.
    pub id: String,
    /// What follows the subject, decoded, such as `/protected_branches/release/*`.
    pub suffix: String,
}

#[derive(Clone, Copy)]
pub enum Target {
    Version,
    Viewer,
    Token,
    Settings,
    Groups,
    Group,
    Subgroups {
        deep: bool,
    },
    GroupProjects,
    Projects,
    Project,
    /// Archiving one, or its end.
    Archive {
        on: bool,
    },
    AllMembers {
        group: bool,
    },
    /// One of them, by the number of the account.
    AnyMember,
    Tree,
    File {
        raw: bool,
    },
    Branches,
    Branch,
    Compare,
    Commits,
    MergeRequests,
    MergeRequest,
    /// Merging one of them, by its number in the project.
    Merge,
    Document(&'static Row),
}

/// The endpoint of a path beneath `/api/v4`, whose segments are still encoded.
pub fn route(path: &str) -> Option<Route> {
    let segments: Vec<String> = path.split('/').skip(1).map(decoded).collect();
    let parts: Vec<&str> = segments.iter().map(String::as_str).collect();
    let (path, target) = match parts.as_slice() {
        ["version"] => ("/version", Target::Version),
        ["metadata"] => ("/metadata", Target::Version),
        ["user"] => ("/user", Target::Viewer),
        ["personal_access_tokens", "self"] => ("/personal_access_tokens/self", Target::Token),
        ["application", "settings"] => ("/application/settings", Target::Settings),
        ["groups"] => ("/groups", Target::Groups),
        ["groups", _] => ("/groups/{id}", Target::Group),
        ["groups", _, "subgroups"] => ("/groups/{id}/subgroups", Target::Subgroups { deep: false }),
        ["groups", _, "descendant_groups"] => {
            ("/groups/{id}/descendant_groups", Target::Subgroups { deep: true })
        }
        ["groups", _, "projects"] => ("/groups/{id}/projects", Target::GroupProjects),
        ["groups", _, "members", "all"] => ("/groups/{id}/members/all", Target::AllMembers { group: true }),
        ["groups", _, "members", "all", _] => ("/groups/{id}/members/all/{user_id}", Target::AnyMember),
        ["projects"] => ("/projects", Target::Projects),
        ["projects", _] => ("/projects/{id}", Target::Project),
        ["projects", _, "archive"] => ("/projects/{id}/archive", Target::Archive { on: true }),
        ["projects", _, "unarchive"] => ("/projects/{id}/unarchive", Target::Archive { on: false }),
        ["projects", _, "members", "all"] => {
            ("/projects/{id}/members/all", Target::AllMembers { group: false })
        }
        ["projects", _, "members", "all", _] => ("/projects/{id}/members/all/{user_id}", Target::AnyMember),
        ["projects", _, "repository", "tree"] => ("/projects/{id}/repository/tree", Target::Tree),
        ["projects", _, "repository", "files", _] => {
            ("/projects/{id}/repository/files/{file_path}", Target::File { raw: false })
        }
        ["projects", _, "repository", "files", _, "raw"] => {
            ("/projects/{id}/repository/files/{file_path}/raw", Target::File { raw: true })
        }
        ["projects", _, "repository", "branches"] => ("/projects/{id}/repository/branches", Target::Branches),
        ["projects", _, "repository", "branches", _] => {
            ("/projects/{id}/repository/branches/{branch}", Target::Branch)
        }
        ["projects", _, "repository", "compare"] => ("/projects/{id}/repository/compare", Target::Compare),
        ["projects", _, "repository", "commits"] => ("/projects/{id}/repository/commits", Target::Commits),
        ["projects", _, "merge_requests"] => ("/projects/{id}/merge_requests", Target::MergeRequests),
        ["projects", _, "merge_requests", _] => {
            ("/projects/{id}/merge_requests/{merge_request_iid}", Target::MergeRequest)
        }
        ["projects", _, "merge_requests", _, "merge"] => {
            ("/projects/{id}/merge_requests/{merge_request_iid}/merge", Target::Merge)
        }
        _ => {
            let row = documents::find(&segments)?;
            (row.path.as_str(), Target::Document(row))
        }
    };
    let beneath = matches!(parts.first(), Some(&("groups" | "projects"))) && parts.len() > 1;
    let (id, rest) = if beneath { (parts[1].to_owned(), &parts[2..]) } else { (String::new(), &parts[..]) };
    let suffix = rest.iter().map(|part| format!("/{part}")).collect();
    Some(Route { path, target, id, suffix })
}

fn decoded(segment: &str) -> String {
    // A plus sign is itself in a path.
    let pair = format!("x={}", segment.replace('+', "%2B").replace('&', "%26"));
    url::form_urlencoded::parse(pair.as_bytes())
        .next()
        .map(|(_, value)| value.into_owned())
        .unwrap_or_default()
}

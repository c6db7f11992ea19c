//! Where requests go: beneath the subjects of their own changes, and never at a whole one to remove it.

use super::Reasons;
use crate::catalog::{Catalog, Setting};
use crate::model::{GIVEN, Plan, Request, SubjectKind, Target};

pub(super) fn check(plan: &Plan, catalog: &Catalog, reasons: &mut Reasons) {
    let mut used = vec![false; plan.requests.len()];
    let mut used_back = vec![false; plan.undo.len()];
    for change in &plan.changes {
        let target = change.subject.split_once(':').and_then(|(forge, _)| plan.forges.get(forge));
        let of_all = catalog.find(&change.setting).is_some_and(|s| is_of_all(catalog, s));
        let place = Place { subject: &change.subject, target, of_all };
        let mut each = |numbers: &[usize], requests: &[Request], used: &mut [bool]| {
            for number in numbers {
                let Some(request) = requests.get(*number) else { continue };
                used[*number] = true;
                if let Err(why) = one(request, place) {
                    reasons.add(why, None, format!("{} {}", request.method, request.path));
                }
            }
        };
        each(&change.requests, &plan.requests, &mut used);
        each(&change.undo, &plan.undo, &mut used_back);
    }
    let all = plan.requests.iter().zip(used).chain(plan.undo.iter().zip(used_back));
    for (request, _) in all.filter(|(_, used)| !used) {
        let whom = format!("{} {}", request.method, request.path);
        reasons.add("a request belongs to no change", None, whom);
    }
}

/// Beneath what a change's requests go.
#[derive(Debug, Clone, Copy)]
struct Place<'a> {
    subject: &'a str,
    target: Option<&'a Target>,
    /// The subject is a whole enterprise or instance.
    of_all: bool,
}

/// Whether a setting is of an enterprise or instance, by itself or in a collection.
fn is_of_all(catalog: &Catalog, setting: &Setting) -> bool {
    let own = SubjectKind::from_word(&setting.group);
    own.map_or_else(
        || catalog.kind(SubjectKind::Enterprise, &setting.group).is_some(),
        |own| own == SubjectKind::Enterprise,
    )
}

/// The path of a read `GET /path :: field`, or of `GET /path == JSON`, which is what must still be so.
fn read_path(read: &str) -> Option<&str> {
    let (said, wanted) = read.strip_prefix("GET ").map(|r| r.split_once(" == ").unwrap_or((r, "")))?;
    match said.split_once(" :: ") {
        Some((path, _)) => Some(path),
        None => (!wanted.is_empty()).then_some(said),
    }
}

/// Of a value that the environment gives, the path of the key that it is sealed with, where it is.
fn given_by(read: &str) -> Option<Option<&str>> {
    let name = read.strip_prefix("env ").filter(|name| name.starts_with(GIVEN))?;
    Some(name.split_once(" sealed for GET ").map(|(_, path)| path))
}

fn one(request: &Request, place: Place<'_>) -> Result<(), String> {
    let method = &*request.method;
    if !matches!(method, "PATCH" | "PUT" | "POST" | "DELETE") {
        return Err("a plan has no such method".into());
    }
    let rest = beneath(&request.path, place)?;
    for read in request.reads.values() {
        let path = match given_by(read) {
            Some(None) => continue,
            Some(key) => key,
            None => read_path(read),
        };
        let path = path.ok_or("it reads what is not `GET /path :: field`")?;
        if names_a_group(read) {
            continue;
        }
        beneath(path.split('?').next().unwrap_or_default(), place)?;
    }
    let mut segments = rest.split('/').filter(|s| !s.is_empty());
    let first = segments.next();
    if method == "DELETE" && first.is_none_or(|s| s.contains('{')) {
        return Err("it deletes a whole repository or organization".into());
    }
    if first == Some("transfer") {
        return Err("it gives a whole repository or organization away".into());
    }
    if rest.split('/').any(|s| s == "merge" || s == "merges") {
        return Err("it merges, which is for people to do".into());
    }
    Ok(())
}

/// Whether a read asks for nothing but the number of a group of GitLab.
fn names_a_group(read: &str) -> bool {
    let group = read.strip_prefix("GET /groups/").and_then(|rest| rest.strip_suffix(" :: id"));
    group.is_some_and(|group| {
        !group.is_empty() && !group.contains(['/', '?', '#', ' ', '\\']) && group != ".."
    })
}

/// What is left of a path below its subject.
///
/// # Errors
/// That it is not below it.
fn beneath<'p>(path: &'p str, place: Place<'_>) -> Result<&'p str, String> {
    let Place { subject, target, of_all } = place;
    let elsewhere = || format!("it goes elsewhere than to {subject}");
    let folded = path.to_ascii_lowercase();
    let odd = path.chars().any(|c| c.is_control() || matches!(c, '?' | '#' | '\\'))
        || ["%2e", "%5c", "%25", "%00"].iter().any(|code| folded.contains(code))
        || path.split('/').skip(1).any(|s| matches!(s, "" | "." | ".."));
    if odd {
        return Err("its path is not a plain one".into());
    }
    let name = subject.split_once(':').map_or(subject, |(_, name)| name);
    let encoded = name.replace('/', "%2F");
    let github = match name.matches('/').count() {
        // A few documents of an organization stand beneath the long word.
        0 => vec![format!("/orgs/{name}"), format!("/organizations/{name}")],
        1 => vec![format!("/repos/{name}")],
        _ => Vec::new(),
    };
    let gitlab = [format!("/projects/{encoded}"), format!("/groups/{encoded}")];
    let on_github = matches!(target, Some(Target::Github(_)));
    let prefixes = github.into_iter().chain(gitlab.into_iter().filter(|_| !on_github));
    // A runner of GitLab is written by its number alone, which is read of the subject just before.
    if path == "/runners/{runner_id}" && !on_github {
        return Ok(path);
    }
    // An instance of GitLab has no path of its own: what is beneath something else is not its.
    let others = ["projects", "groups", "users", "repos", "orgs", "organizations", "user", "namespaces"];
    let first = path.split('/').nth(1).unwrap_or_default();
    if of_all && !on_github && !others.contains(&first) && !name.contains('/') {
        return Ok(path);
    }
    if of_all && let Some(rest) = path.strip_prefix(&*format!("/enterprises/{name}")) {
        return if rest.starts_with('/') { Ok(rest) } else { Err(elsewhere()) };
    }
    // A team's role on a repository stands beneath the team.
    let of_team = name.split_once('/').and_then(|(org, _)| {
        let rest = path.strip_prefix(&format!("/orgs/{org}/teams/"))?;
        rest.split_once('/')?.1.strip_prefix(&format!("repos/{name}"))
    });
    if of_team == Some("") {
        return Ok("/teams");
    }
    let rest = prefixes.filter_map(|prefix| path.strip_prefix(&*prefix)).find(|rest| {
        // `/repos/acme/widgets-2` is not beneath `/repos/acme/widgets`.
        rest.is_empty() || rest.starts_with('/')
    });
    rest.ok_or_else(elsewhere)
}

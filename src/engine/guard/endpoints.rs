//! By which requests a change may be carried out: those that the catalogue tells of its setting, the
//! rules that a branch setting is made of, and proposals of a file.

use super::steps::{Step, Steps};
use super::{Reasons, entries};
use crate::catalog::{Catalog, ForgeKind, segment};
use crate::engine::bearing::{Bearing, bearing};
use crate::model::Request;

/// How the rules of a branch are written.
/// Sources: docs.github.com, REST API, "Rules", "Protected branches"; docs.gitlab.com, "Protected
/// branches API", "Merge request approvals API", "Push rules", "Projects API".
const OF_BRANCHES: [(&str, &str); 17] = [
    ("POST", "/repos/{owner}/{repo}/rulesets"),
    ("PUT|DELETE", "/repos/{owner}/{repo}/rulesets/{id}"),
    ("PUT|DELETE", "/repos/{owner}/{repo}/branches/{branch}/protection"),
    ("POST|DELETE", "/repos/{owner}/{repo}/branches/{branch}/protection/enforce_admins"),
    ("POST|DELETE", "/repos/{owner}/{repo}/branches/{branch}/protection/required_signatures"),
    ("PATCH|DELETE", "/repos/{owner}/{repo}/branches/{branch}/protection/required_pull_request_reviews"),
    ("PATCH|DELETE", "/repos/{owner}/{repo}/branches/{branch}/protection/required_status_checks"),
    ("POST", "/projects/{id}/protected_branches"),
    ("PATCH|DELETE", "/projects/{id}/protected_branches/{name}"),
    ("POST", "/projects/{id}/approval_rules"),
    ("PUT|DELETE", "/projects/{id}/approval_rules/{rule}"),
    ("PUT", "/projects/{id}/approvals"),
    ("POST", "/projects/{id}/approvals"),
    ("PUT|POST", "/projects/{id}/push_rule"),
    ("PUT", "/projects/{id}"),
    ("POST", "/projects/{id}/external_status_checks"),
    ("DELETE", "/projects/{id}/external_status_checks/{check}"),
];

/// How a file is proposed.
const OF_FILES: [(&str, &str); 9] = [
    ("POST", "/repos/{owner}/{repo}/git/refs"),
    ("DELETE", "/repos/{owner}/{repo}/git/refs/heads/ispo-scm/{branch}"),
    ("PUT", "/repos/{owner}/{repo}/contents/{*}"),
    ("POST", "/repos/{owner}/{repo}/pulls"),
    ("PATCH", "/repos/{owner}/{repo}/pulls/{number}"),
    ("DELETE", "/projects/{id}/repository/branches/{branch}"),
    ("POST", "/projects/{id}/repository/commits"),
    ("POST", "/projects/{id}/merge_requests"),
    ("PUT", "/projects/{id}/merge_requests/{number}"),
];

pub(super) fn check(steps: &Steps<'_>, catalog: &Catalog, reasons: &mut Reasons) {
    let of_branches = |step: &Step<'_>| step.setting.effective.is_some();
    let weakens = |step: &Step<'_>| {
        let bearing = bearing(catalog, step.setting, step.from, step.to);
        matches!(bearing, Bearing::Weakens | Bearing::MayWeaken)
    };
    let (removes, all) = (steps.request.method == "DELETE", &steps.steps);
    if removes && all.iter().any(of_branches) && !all.iter().any(weakens) {
        reasons.add("it removes a rule that its changes do not weaken", None, steps.name());
    }
    for step in &steps.steps {
        if let Err(why) = one(step, steps, catalog) {
            reasons.add(why, None, format!("{} for {}", steps.name(), step.change.setting));
        }
    }
}

fn one(step: &Step<'_>, steps: &Steps<'_>, catalog: &Catalog) -> Result<(), String> {
    let (setting, request, forge) = (step.setting, steps.request, steps.forge);
    let same_item = |other: &&Step<'_>| other.change.key == step.change.key;
    let mut of_item = steps.steps.iter().filter(same_item);
    // The whole item ceases to be.
    let goes = step.goes_off() || of_item.any(|other| other.setting.presence && other.goes_off());
    if &*setting.group == "file" {
        let found = OF_FILES.iter().any(|(methods, path)| is(request, methods, path));
        return match (found, stays_ours(request)) {
            (true, true) => Ok(()),
            (true, false) => Err("it writes to a branch that is not ours".into()),
            (false, _) => Err(NOT_ITS.into()),
        };
    }
    if setting.effective.is_some() {
        return if OF_BRANCHES.iter().any(|(methods, path)| is(request, methods, path)) {
            Ok(())
        } else {
            Err(NOT_ITS.into())
        };
    }
    let bound = setting.on(forge).binding().and_then(|b| b.write.as_ref());
    if let Some(write) = bound.filter(|w| entries::is_by_entry(setting, &w.path)) {
        let carries_out =
            is(request, "PUT|DELETE", &write.path) && entries::carries_out(step, request, &write.path);
        return if carries_out { Ok(()) } else { Err(NOT_ITS.into()) };
    }
    if &*setting.key == "repository.archived" && forge == ForgeKind::Gitlab {
        let word = if step.goes_off() { "unarchive" } else { "archive" };
        let its = is(request, "POST", &format!("/projects/{{id}}/{word}"));
        return if its { Ok(()) } else { Err(NOT_ITS.into()) };
    }
    if let Some(write) = bound.filter(|w| is(request, &w.method, &w.path)) {
        // One request for on, another for off.
        let switch = write.method.contains("|DELETE");
        return match (switch, request.method == "DELETE" && switch, step.goes_off()) {
            (true, deletes, off) if deletes != off => Err("it does the reverse of its change".into()),
            _ => of_its_item(step, steps, &write.path),
        };
    }
    if bound.is_some_and(|w| w.path == "/projects/{id}/push_rule" && is(request, "POST", &w.path)) {
        return Ok(());
    }
    let kinds = catalog.kinds().filter(|kind| kind.name == setting.group);
    for binding in kinds.filter_map(|kind| kind.on(forge)) {
        let made = [&binding.create, &binding.update].into_iter().flatten();
        for endpoint in made {
            if is(request, &endpoint.method, &endpoint.path) {
                return of_its_item(step, steps, &endpoint.path);
            }
        }
        let removes = [&binding.stop, &binding.delete].into_iter().flatten();
        let removed = removes.into_iter().find(|d| is(request, &d.method, &d.path));
        if let Some(endpoint) = removed {
            let anew = step.makes_later && binding.update.is_none();
            if !goes && !anew {
                return Err("it removes what its change keeps".into());
            }
            return of_its_item(step, steps, &endpoint.path);
        }
    }
    Err(NOT_ITS.into())
}

/// Whether a request about a file leaves every branch alone that is not ours.
fn stays_ours(request: &Request) -> bool {
    let ours = |field: &str| request.body[field].as_str().is_some_and(|name| name.starts_with("ispo-scm/"));
    let last = request.path.rsplit('/').next().unwrap_or_default();
    match request.method.as_str() {
        "DELETE" => request.path.contains("/git/refs/heads/ispo-scm/") || last.starts_with("ispo-scm%2F"),
        "PUT" if request.path.contains("/contents/") => ours("branch"),
        "POST" if last == "commits" => ours("branch"),
        _ => true,
    }
}

const NOT_ITS: &str = "it is no request that makes such a change";

fn is(request: &Request, methods: &str, template: &str) -> bool {
    if !methods.split('|').any(|m| m == request.method) {
        return false;
    }
    let (mut path, mut template) = (request.path.split('/'), template.split('/'));
    loop {
        match (path.next(), template.next()) {
            (None, None) => return true,
            (Some(segment), Some("{*}")) => return !segment.is_empty(),
            (Some(segment), Some(wanted)) if wanted.starts_with('{') && !segment.is_empty() => {}
            (Some(segment), Some(wanted)) if segment == wanted => {}
            _ => return false,
        }
    }
}

/// Whether the item in a request's path is the one that its change names.
fn of_its_item(step: &Step<'_>, steps: &Steps<'_>, template: &str) -> Result<(), String> {
    let request = steps.request;
    let Some(key) = step.change.key.as_deref() else { return Ok(()) };
    let whole_subjects = ["{owner}", "{repo}", "{org}", "{id}", "{enterprise}"];
    let named = template.split('/').zip(request.path.split('/'));
    let mut items = named.filter(|(t, _)| t.starts_with('{') && !whole_subjects.contains(t));
    // It insists that what is there is called so.
    if steps.before.as_ref().is_some_and(|document| document["name"] == key) {
        return Ok(());
    }
    let meant = |(_, is): (&str, &str)| match is.strip_prefix('{').and_then(|p| p.strip_suffix('}')) {
        // It is looked up by its name just before.
        Some(read) => request.reads.get(read).is_some_and(|read| read.contains(key)),
        None => is.eq_ignore_ascii_case(&segment(key)) || key.split('/').any(|part| is == segment(part)),
    };
    if items.all(meant) { Ok(()) } else { Err("it goes to another item than its change names".into()) }
}

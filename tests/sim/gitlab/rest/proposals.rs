//! Branches, commits on them, and merge requests.

use serde_json::{Value, json};

use super::page::page;
use super::write::Write;
use super::{Refusal, Reply, Request, Target};
use crate::sim::gitlab::world::{Holder, MOMENT};
use crate::sim::world::blob_id;

const LIST: &str = "/merge_requests";

pub fn branches(request: &Request, project: &Holder) -> Reply {
    let default = project.default_branch();
    let own = (!project.files.is_empty()).then_some(&default);
    let names: Vec<&String> = own.into_iter().chain(project.branches.keys()).collect();
    page(request, &names, |name| branch(project, name))
}

fn branch(project: &Holder, name: &str) -> Value {
    json!({ "name": name, "default": name == project.default_branch(), "merged": false, "commit": { "id": blob_id(name) } })
}

pub fn merge_requests(request: &Request, project: &Holder) -> Reply {
    let is =
        |one: &&Value, key: &str, asked: &str| request.asked(asked).is_none_or(|wanted| one[key] == wanted);
    let all = project.stated_list(LIST).iter();
    let found: Vec<&Value> =
        all.filter(|one| is(one, "state", "state") && is(one, "source_branch", "source_branch")).collect();
    page(request, &found, |one| (*one).clone())
}

pub fn write(write: Write<'_>) -> Result<Reply, Refusal> {
    match write.request.route.target {
        Target::Branches => new_branch(write),
        Target::Commits => commit(write),
        Target::Merge => merge(write),
        Target::MergeRequest => change(write),
        Target::Branch => drop_branch(write),
        _ => propose(write),
    }
}

fn bad(message: &str) -> Refusal {
    Refusal::told(400, message)
}

fn new_branch(mut write: Write<'_>) -> Result<Reply, Refusal> {
    let (name, from) = (write.text("branch")?, write.text("ref")?);
    let files = files(write.holder(), from).ok_or_else(|| bad("Invalid reference name"))?;
    if self::files(write.holder(), name).is_some() {
        return Err(bad("Branch already exists"));
    }
    let project = write.holder_mut();
    project.branches.insert(name.to_owned(), files);
    Ok(Reply::created(branch(project, name)))
}

fn files(project: &Holder, name: &str) -> Option<std::collections::BTreeMap<String, String>> {
    if name == project.default_branch() && !project.files.is_empty() {
        return Some(project.files.clone());
    }
    project.branches.get(name).cloned()
}

fn commit(mut write: Write<'_>) -> Result<Reply, Refusal> {
    let (name, _) = (write.text("branch")?, write.text("commit_message")?);
    let project = write.holder();
    let mut files = match (write.request.body["start_branch"].as_str(), files(project, name)) {
        (Some(_), Some(_)) => {
            return Err(bad(&format!(
                "A branch called '{name}' already exists. Switch to that branch in order to make changes"
            )));
        }
        (Some(from), None) => files(project, from)
            .ok_or_else(|| bad("You can only create or edit files when you are on a branch"))?,
        (None, Some(files)) => files,
        (None, None) => return Err(bad("You can only create or edit files when you are on a branch")),
    };
    for action in write.request.body["actions"].as_array().into_iter().flatten() {
        let path = action["file_path"].as_str().unwrap_or_default().to_owned();
        let text = action["content"].as_str().unwrap_or_default().to_owned();
        match (action["action"].as_str(), files.contains_key(&path)) {
            (Some("create"), true) => return Err(bad("A file with this name already exists")),
            (Some("update" | "delete"), false) => return Err(bad("A file with this name doesn't exist")),
            (Some("create" | "update"), _) => drop(files.insert(path, text)),
            (Some("delete"), _) => drop(files.remove(&path)),
            _ => return Err(bad("actions[action] does not have a valid value")),
        }
    }
    let paths = write.request.body["actions"].as_array().into_iter().flatten();
    let paths = paths.filter_map(|action| action["file_path"].as_str().map(str::to_owned)).collect();
    let message = write.text("commit_message")?.to_owned();
    let project = write.holder_mut();
    project.log.entry(name.to_owned()).or_default().push((paths, message));
    if name == project.default_branch() {
        project.files = files;
    } else {
        project.branches.insert(name.to_owned(), files);
    }
    Ok(Reply::created(
        json!({ "id": blob_id(name), "title": write.text("commit_message")?, "created_at": MOMENT }),
    ))
}

fn propose(mut write: Write<'_>) -> Result<Reply, Refusal> {
    let (source, target, title) =
        (write.text("source_branch")?, write.text("target_branch")?, write.text("title")?);
    let project = write.holder();
    let open = project.stated_list(LIST).iter().find(|one| {
        one["source_branch"] == source && one["target_branch"] == target && one["state"] == "opened"
    });
    if let Some(open) = open {
        let message =
            format!("Another open merge request already exists for this source branch: !{}", open["iid"]);
        return Err(Refusal { status: 409, body: json!({ "message": [message] }) });
    }
    if files(project, source).is_none() {
        return Err(bad("Source branch does not exist"));
    }
    let iid = project.stated_list(LIST).len() + 1;
    let one = json!({
        "id": project.id * 1_000 + iid as u64, "iid": iid, "project_id": project.id, "title": title,
        "description": write.request.body["description"], "state": "opened", "created_at": MOMENT,
        "source_branch": source, "target_branch": target,
        "web_url": format!("{}/{}/-/merge_requests/{iid}", write.request.site.web, project.path),
    });
    write.holder_mut().add(LIST, one.clone());
    Ok(Reply::created(one))
}

/// As its people would: the source branch's files become those of the default branch.
fn merge(mut write: Write<'_>) -> Result<Reply, Refusal> {
    let number = write.request.route.suffix.split('/').nth(2).unwrap_or_default().to_owned();
    let mut all = write.holder().stated_list(LIST).to_vec();
    let found =
        all.iter_mut().find(|one| one["iid"].as_u64() == number.parse().ok() && one["state"] == "opened");
    let one = found.ok_or_else(|| Refusal::missing(""))?;
    one["state"] = json!("merged");
    let (source, merged) = (one["source_branch"].as_str().unwrap_or_default().to_owned(), one.clone());
    let project = write.holder_mut();
    if let Some(files) = project.branches.remove(&source) {
        project.files = files;
    }
    project.document(LIST, all);
    Ok(Reply::of(merged))
}

/// Its title, its text, and whether it is open.
fn change(mut write: Write<'_>) -> Result<Reply, Refusal> {
    let number = write.request.route.suffix.split('/').nth(2).unwrap_or_default().to_owned();
    let mut all = write.holder().stated_list(LIST).to_vec();
    let found = all.iter_mut().find(|one| one["iid"].as_u64() == number.parse().ok());
    let one = found.ok_or_else(|| Refusal::missing(""))?;
    for key in ["title", "description"] {
        if write.request.body[key].is_string() {
            one[key] = write.request.body[key].clone();
        }
    }
    match (write.request.body["state_event"].as_str(), one["state"].as_str()) {
        (Some("close"), Some("opened")) => one["state"] = json!("closed"),
        (Some("reopen"), Some("closed")) => one["state"] = json!("opened"),
        _ => {}
    }
    let told = one.clone();
    write.holder_mut().document(LIST, all);
    Ok(Reply::of(told))
}

fn drop_branch(mut write: Write<'_>) -> Result<Reply, Refusal> {
    let name = named(write.request).to_owned();
    let project = write.holder_mut();
    project.log.remove(&name);
    match project.branches.remove(&name) {
        Some(_) => Ok(Reply { status: 204, ..Reply::of(Value::Null) }),
        None => Err(Refusal::missing("Branch")),
    }
}

/// The branch that the path ends with.
fn named(request: &Request) -> &str {
    request.route.suffix.strip_prefix("/repository/branches/").unwrap_or_default()
}

pub fn one_branch(request: &Request, project: &Holder) -> Result<Reply, Refusal> {
    let name = named(request);
    files(project, name).ok_or_else(|| Refusal::missing("Branch"))?;
    Ok(Reply::of(branch(project, name)))
}

fn told((at, (_, message)): (usize, &(Vec<String>, String))) -> Value {
    let title = message.lines().next().unwrap_or_default();
    json!({ "id": blob_id(&format!("{at}{message}")), "title": title, "message": message, "created_at": MOMENT })
}

/// Those of one branch, the newest first.
pub fn commits(request: &Request, project: &Holder) -> Result<Reply, Refusal> {
    let name = request.asked("ref_name").map_or_else(|| project.default_branch(), str::to_owned);
    files(project, &name).ok_or_else(|| Refusal::missing("Commit"))?;
    let about = |paths: &[String]| request.asked("path").is_none_or(|path| paths.iter().any(|p| p == path));
    let all = project.log.get(&name).map(Vec::as_slice).unwrap_or_default().iter().enumerate().rev();
    let found: Vec<Value> = all.filter(|(_, (paths, _))| about(paths)).map(told).collect();
    Ok(page(request, &found, Clone::clone))
}

pub fn compare(request: &Request, project: &Holder) -> Result<Reply, Refusal> {
    let to = request.asked("to").unwrap_or_default();
    files(project, to).ok_or_else(|| Refusal::missing("Ref"))?;
    let all = project.log.get(to).map(Vec::as_slice).unwrap_or_default();
    let commits: Vec<Value> = all.iter().enumerate().map(told).collect();
    Ok(Reply::of(
        json!({ "commit": commits.last(), "commits": commits, "diffs": [], "compare_timeout": false }),
    ))
}

//! The repository's files, all on the default branch.

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use serde_json::{Value, json};

use super::page::page;
use super::{Refusal, Reply, Request};
use crate::sim::gitlab::world::Holder;
use crate::sim::world::blob_id;

pub fn tree(request: &Request, project: &Holder) -> Result<Reply, Refusal> {
    at_default_branch(request, project, "Tree")?;
    let folder = request.asked("path").unwrap_or_default().trim_matches('/');
    let entries = entries(project, folder, request.is_asked("recursive"));
    if entries.is_empty() {
        return Err(Refusal::missing("Tree"));
    }
    Ok(page(request, &entries, Clone::clone))
}

/// The folders and files within a folder, folders first.
pub fn entries(project: &Holder, folder: &str, recursive: bool) -> Vec<Value> {
    let prefix = if folder.is_empty() { String::new() } else { format!("{folder}/") };
    let (mut folders, mut files): (Vec<String>, Vec<(&str, &str)>) = (Vec::new(), Vec::new());
    for (path, text) in &project.files {
        let Some(rest) = path.strip_prefix(&prefix) else { continue };
        let inner = rest.match_indices('/').map(|(at, _)| format!("{prefix}{}", &rest[..at]));
        for inner in inner.take(if recursive { usize::MAX } else { 1 }) {
            if !folders.contains(&inner) {
                folders.push(inner);
            }
        }
        if recursive || !rest.contains('/') {
            files.push((path, text));
        }
    }
    let name = |path: &str| path.rsplit('/').next().unwrap_or_default().to_owned();
    let folders = folders.iter().map(|path| json!({ "id": blob_id(path), "name": name(path), "type": "tree", "path": path, "mode": "040000" }));
    let files = files.iter().map(|(path, text)| json!({ "id": blob_id(text), "name": name(path), "type": "blob", "path": path, "mode": "100644" }));
    folders.chain(files).collect()
}

pub fn file(request: &Request, project: &Holder, raw: bool) -> Result<Reply, Refusal> {
    if !raw && request.asked("ref").is_none() {
        return Err(Refusal { status: 400, body: json!({ "error": "ref is missing, ref is empty" }) });
    }
    let other = request.asked("ref").and_then(|branch| project.branches.get(branch));
    if other.is_none() {
        at_default_branch(request, project, "Commit")?;
    }
    let path = request.route.suffix.strip_prefix("/repository/files/").unwrap_or_default();
    let path = if raw { path.strip_suffix("/raw").unwrap_or(path) } else { path };
    let text = other.unwrap_or(&project.files).get(path).ok_or_else(|| Refusal::missing("File"))?;
    if raw {
        return Ok(Reply { text: Some(text.clone()), ..Reply::of(Value::Null) });
    }
    Ok(Reply::of(json!({
        "file_name": path.rsplit('/').next(),
        "file_path": path,
        "size": text.len(),
        "encoding": "base64",
        "content": STANDARD.encode(text),
        "content_sha256": "",
        "ref": request.asked("ref"),
        "blob_id": blob_id(text),
        "commit_id": blob_id(&project.path),
        "last_commit_id": blob_id(&project.path),
        "execute_filemode": false,
    })))
}

fn at_default_branch(request: &Request, project: &Holder, what: &str) -> Result<(), Refusal> {
    let branch = project.default_branch();
    let known = request.asked("ref").is_none_or(|asked| asked == branch || asked == "HEAD");
    if known && !project.files.is_empty() { Ok(()) } else { Err(Refusal::missing(what)) }
}

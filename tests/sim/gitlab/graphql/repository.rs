//! A project's repository, which a connection of files is read from.

use apollo_compiler::resolvers::FieldError;
use serde_json::{Value, json};

use super::root::Scene;
use crate::sim::gitlab::rest::entries;
use crate::sim::gitlab::world::Holder;
use crate::sim::graphql::{Answer, Ask, Subject};
use crate::sim::world::blob_id;

/// Where GitLab looks for owners, in this order.
const OWNERS: [&str; 3] = ["CODEOWNERS", "docs/CODEOWNERS", ".gitlab/CODEOWNERS"];

struct RepositoryNode<'w> {
    project: &'w Holder,
}

/// Null where the caller may not read code.
pub fn told<'w>(_scene: Scene<'w>, project: &'w Holder, level: u64) -> Answer<'w> {
    let private =
        project.told("visibility") == "private" || project.told("repository_access_level") == "private";
    let closed = project.told("repository_access_level") == "disabled" || private && level < 20;
    if closed { Answer::null() } else { Answer::object(RepositoryNode { project }) }
}

impl<'w> Subject<'w> for RepositoryNode<'w> {
    fn type_name(&self) -> &str {
        "Repository"
    }

    fn field(&self, ask: &Ask<'_>) -> Result<Answer<'w>, FieldError> {
        let project = self.project;
        let exists = !project.files.is_empty();
        Ok(match ask.field {
            "exists" => Answer::of(true),
            "empty" => Answer::of(!exists),
            "rootRef" => Answer::of(exists.then(|| project.default_branch())),
            "codeOwnersPath" => {
                let path = OWNERS.into_iter().find(|path| project.files.contains_key(*path));
                Answer::of(
                    path.map(|path| format!("/{}/-/blob/{}/{path}", project.path, project.default_branch())),
                )
            }
            "blobs" => {
                let branch = project.default_branch();
                let known = ask.text("ref").is_none_or(|asked| asked == branch || asked == "HEAD");
                let paths = ask.texts("paths").unwrap_or_default();
                let found = paths
                    .into_iter()
                    .filter(|_| known)
                    .filter_map(|path| Some(blob(path, project.files.get(path)?)));
                Answer::page(found.map(Answer::Value).collect::<Vec<_>>())
            }
            "tree" => {
                let folder = ask.text("path").unwrap_or_default().trim_matches('/');
                let entries = entries(project, folder, ask.flag("recursive").unwrap_or(false));
                let of = |kind: &str| -> Vec<Value> {
                    let chosen = entries.iter().filter(|entry| entry["type"] == kind);
                    chosen.map(|entry| json!({ "name": entry["name"], "path": entry["path"], "type": entry["type"] })).collect()
                };
                Answer::Value(if exists {
                    json!({ "trees": of("tree"), "blobs": of("blob") })
                } else {
                    Value::Null
                })
            }
            _ => return Err(ask.unanswered("Repository")),
        })
    }
}

fn blob(path: &str, text: &str) -> Value {
    json!({
        "path": path,
        "name": path.rsplit('/').next(),
        "oid": blob_id(text),
        "rawBlob": text,
        "rawTextBlob": text,
        "rawSize": text.len(),
        "size": text.len(),
    })
}

//! Blobs and trees of a branch.

use apollo_compiler::resolvers::FieldError;
use serde_json::{Value, json};

use super::answer::{Answer, Ask, Subject};
use super::references::commit;
use crate::sim::rest::children;
use crate::sim::world::{Files, Repository, blob_id};

/// What a revision expression such as `HEAD:docs/README.md` names: a commit, a tree or a blob.
pub fn object<'w>(repository: &'w Repository, expression: &str) -> Answer<'w> {
    let (revision, path) =
        expression.split_once(':').map_or((expression, None), |(revision, path)| (revision, Some(path)));
    let revision = revision.strip_prefix("refs/heads/").unwrap_or(revision);
    let branch = if revision == "HEAD" { repository.default_branch() } else { revision };
    let Some(files) = repository.branches.get(branch) else { return Answer::null() };
    match path {
        None => Answer::of(commit(repository, branch)),
        Some(path) => at(files, path.trim_matches('/')),
    }
}

fn at<'w>(files: &'w Files, path: &str) -> Answer<'w> {
    if let Some(text) = files.get(path) {
        return Answer::of(blob(text));
    }
    let tree = Tree { files, path: path.to_owned() };
    if path.is_empty() || !tree.entries().is_empty() { Answer::object(tree) } else { Answer::null() }
}

fn blob(text: &str) -> Value {
    let oid = blob_id(text);
    json!({
        "__typename": "Blob",
        "id": format!("B_{oid}"),
        "abbreviatedOid": oid.get(..7),
        "oid": oid,
        "byteSize": text.len(),
        "isBinary": false,
        "isTruncated": false,
        "text": text,
    })
}

struct Tree<'w> {
    files: &'w Files,
    path: String,
}

impl<'w> Tree<'w> {
    fn entries(&self) -> Vec<(String, Option<&'w str>)> {
        children(self.files, &self.path)
    }

    /// Follows from the names and contents right beneath it.
    fn oid(&self) -> String {
        let listing: Vec<String> = self
            .entries()
            .into_iter()
            .map(|(name, text)| format!("{name}:{}", blob_id(text.unwrap_or_default())))
            .collect();
        blob_id(&listing.join("\n"))
    }
}

impl<'w> Subject<'w> for Tree<'w> {
    fn type_name(&self) -> &str {
        "Tree"
    }

    fn field(&self, ask: &Ask<'_>) -> Result<Answer<'w>, FieldError> {
        let oid = self.oid();
        Ok(match ask.field {
            "oid" => Answer::of(oid),
            "abbreviatedOid" => Answer::of(oid.get(..7)),
            "id" => Answer::of(format!("T_{oid}")),
            "entries" => {
                let entry = |(name, text)| {
                    Answer::object(Entry { files: self.files, directory: self.path.clone(), name, text })
                };
                Answer::List(self.entries().into_iter().map(entry).collect())
            }
            _ => return Err(ask.unanswered("Tree")),
        })
    }
}

struct Entry<'w> {
    files: &'w Files,
    directory: String,
    name: String,
    /// None for a directory.
    text: Option<&'w str>,
}

impl Entry<'_> {
    fn path(&self) -> String {
        if self.directory.is_empty() {
            self.name.clone()
        } else {
            format!("{}/{}", self.directory, self.name)
        }
    }
}

impl<'w> Subject<'w> for Entry<'w> {
    fn type_name(&self) -> &str {
        "TreeEntry"
    }

    fn field(&self, ask: &Ask<'_>) -> Result<Answer<'w>, FieldError> {
        Ok(match ask.field {
            "name" => Answer::of(self.name.clone()),
            "path" => Answer::of(self.path()),
            "type" => Answer::of(if self.text.is_some() { "blob" } else { "tree" }),
            "mode" => Answer::of(if self.text.is_some() { 33_188 } else { 16_384 }),
            "size" => Answer::of(self.text.map_or(0, str::len)),
            "extension" => {
                Answer::of(self.name.rsplit_once('.').map(|(_, extension)| format!(".{extension}")))
            }
            "oid" => Answer::of(match self.text {
                Some(text) => blob_id(text),
                None => Tree { files: self.files, path: self.path() }.oid(),
            }),
            "object" => at(self.files, &self.path()),
            _ => return Err(ask.unanswered("TreeEntry")),
        })
    }
}

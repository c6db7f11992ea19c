//! Finds and reads the files of a policy, in the order in which they count.

use std::collections::BTreeSet;
use std::path::{Path, PathBuf};
use std::sync::Arc;

use sha2::{Digest, Sha256};

use super::document::Policy;
use super::layers::Layers;
use super::node::{self, Item, Node, Table};
use super::pack::{PACKS, pack};
use super::problem::Problem;
use super::reader::Reader;
use super::select::Selecting;
use super::selector::Selector;
use super::source::Source;
use super::static_checks;
use crate::catalog::{Catalog, SettingRow, nearest};
use crate::model::NameGlob;

/// The name of the file that a folder's policy begins in.
pub const POLICY_FILE: &str = "policy.toml";

struct Loaded {
    source: Arc<Source>,
    table: Table,
    rank: u32,
    delegated: bool,
    folder: Option<PathBuf>,
}

#[derive(Default)]
struct Loading {
    files: Vec<Loaded>,
    problems: Vec<Problem>,
    seen: BTreeSet<String>,
}

/// Reads a policy from a file, or from `policy.toml` in a folder. Rows of the user's own are added
/// to the catalogue.
///
/// # Errors
/// Every mistake in every file at once; warnings come along with them, or with the policy.
pub fn load(path: &Path, catalog: &mut Catalog) -> Result<(Policy, Vec<Problem>), Vec<Problem>> {
    let file = if path.is_dir() { path.join(POLICY_FILE) } else { path.to_owned() };
    let mut loading = Loading::default();
    let text = std::fs::read_to_string(&file).map_err(|error| {
        let message = format!("the policy `{}` cannot be read: {error}", file.display());
        vec![
            Problem::new("policy::unreadable", message)
                .help("name a policy file, or a folder that has a policy.toml"),
        ]
    })?;
    // Room below for what is extended: a file's rank is higher than that of any file it extends.
    loading.file(&file.display().to_string(), text, file.parent(), 1_000, false);
    assemble(loading, catalog)
}

/// Reads a policy from one text, for tests and tools: nothing is extended but packs.
///
/// # Errors
/// As [`load`].
pub fn load_text(
    name: &str,
    text: &str,
    catalog: &mut Catalog,
) -> Result<(Policy, Vec<Problem>), Vec<Problem>> {
    let mut loading = Loading::default();
    loading.file(name, text.to_owned(), None, 1_000, false);
    assemble(loading, catalog)
}

fn assemble(loading: Loading, catalog: &mut Catalog) -> Result<(Policy, Vec<Problem>), Vec<Problem>> {
    let Loading { mut files, mut problems, .. } = loading;
    files.sort_by_key(|f| f.rank);
    for file in &files {
        users_own_rows(file, catalog, &mut problems);
    }
    let mut policy = Policy { owner_property: "team".to_owned(), ..Policy::default() };
    let mut digest = Sha256::new();
    for file in &files {
        digest.update(file.source.name.as_bytes());
        digest.update([0]);
        digest.update(file.source.text.as_bytes());
        digest.update([0]);
        let reader = Reader { source: &file.source, problems: &mut problems };
        let floor = matches!(file.table.get("floor"), Some((_, Node { item: Item::Bool(true), .. })));
        let folder = file.folder.as_deref();
        Layers {
            reader,
            catalog,
            policy: &mut policy,
            rank: file.rank,
            floor,
            folder,
            delegated: file.delegated,
        }
        .read(&file.table);
    }
    policy.digest = format!("{:x}", digest.finalize());
    policy.sources = files.into_iter().map(|f| f.source).collect();
    static_checks::check(&policy, catalog, &mut problems);
    problems.sort_by_key(|p| (p.is_warning(), p.place()));
    if problems.iter().any(|p| !p.is_warning()) { Err(problems) } else { Ok((policy, problems)) }
}

impl Loading {
    fn file(&mut self, name: &str, text: String, folder: Option<&Path>, rank: u32, delegated: bool) {
        let source = Arc::new(Source { name: name.into(), text });
        let table = node::parse(&source, &mut self.problems);
        let mut reader = Reader { source: &source, problems: &mut self.problems };
        match table.get("version") {
            Some((_, Node { item: Item::Int(1), .. })) => {}
            Some((_, node)) => {
                let help = "this release reads version = 1";
                reader.wrong("policy::version", "a policy of another version", &node.span, "not 1", help);
            }
            None => {
                let help = "write version = 1 as the first line";
                reader.wrong(
                    "policy::version",
                    "this policy does not say its version",
                    &(0..0),
                    "no `version`",
                    help,
                );
            }
        }
        if table.get("floor").is_some() {
            reader.flag(&table, "floor");
        }
        let (extends, include) = (reader.texts(&table, "extends"), reader.texts(&table, "include"));
        self.seen.insert(name.to_owned());
        let loaded = Loaded {
            source: Arc::clone(&source),
            table,
            rank,
            delegated,
            folder: folder.map(Path::to_owned),
        };
        self.files.push(loaded);
        if delegated {
            return; // what an included file may hold is checked where its tables are read
        }
        for (target, span) in extends {
            self.extend(&source, &target, &span, folder, rank - 1);
        }
        for (pattern, span) in include {
            self.include(&source, &pattern, &span, folder, rank);
        }
    }

    fn extend(
        &mut self,
        source: &Arc<Source>,
        target: &str,
        span: &std::ops::Range<usize>,
        folder: Option<&Path>,
        rank: u32,
    ) {
        if rank < 900 {
            let problem =
                Problem::new("policy::extends", "files extend one another in a circle, or a hundred deep");
            self.problems.push(
                problem.at(source, span, "here").help("let each file extend only what is more general"),
            );
            return;
        }
        if let Some(name) = target.strip_prefix("pack:") {
            if self.seen.contains(target) {
                return;
            }
            match pack(name) {
                Some(text) => self.file(target, text.to_owned(), None, rank, false),
                None => {
                    let near = nearest(name, PACKS.iter().map(|(n, _)| *n));
                    let all = PACKS.iter().map(|(n, _)| *n).collect::<Vec<_>>().join(", ");
                    let help = near
                        .map_or_else(|| format!("there are: {all}"), |n| format!("did you mean `pack:{n}`?"));
                    let problem = Problem::new("policy::pack", format!("there is no pack `{name}`"));
                    self.problems.push(problem.at(source, span, "not a pack").help(help));
                }
            }
            return;
        }
        let Some(folder) = folder else {
            let problem = Problem::new("policy::extends", "a pack can extend packs only");
            return self.problems.push(problem.at(source, span, "not a pack"));
        };
        self.read_file(source, &folder.join(target), span, rank, false, "extends");
    }

    fn include(
        &mut self,
        source: &Arc<Source>,
        pattern: &str,
        span: &std::ops::Range<usize>,
        folder: Option<&Path>,
        rank: u32,
    ) {
        let found = folder.map(|folder| matching(folder, pattern));
        match found {
            Some(Ok(paths)) if !paths.is_empty() => {
                for path in paths {
                    self.read_file(source, &path, span, rank, true, "include");
                }
            }
            Some(Ok(_)) | None => {
                let problem = Problem::warning("policy::include", format!("no file matches `{pattern}`"));
                self.problems.push(
                    problem
                        .at(source, span, "includes nothing")
                        .help("paths are taken from this file's folder"),
                );
            }
            Some(Err(reason)) => {
                let problem =
                    Problem::new("policy::include", format!("`{pattern}` cannot be included: {reason}"));
                self.problems.push(problem.at(source, span, "here"));
            }
        }
    }

    fn read_file(
        &mut self,
        source: &Arc<Source>,
        path: &Path,
        span: &std::ops::Range<usize>,
        rank: u32,
        delegated: bool,
        word: &str,
    ) {
        let name = path.display().to_string();
        if self.seen.contains(&name) {
            return;
        }
        match std::fs::read_to_string(path) {
            Ok(text) => self.file(&name, text, path.parent(), rank, delegated),
            Err(error) => {
                let problem = Problem::new("policy::unreadable", format!("`{name}` cannot be read: {error}"));
                let help = "paths are taken from this file's folder";
                self.problems.push(problem.at(source, span, format!("named by `{word}`")).help(help));
            }
        }
    }
}

/// The files below a folder that a glob matches, in the order of their names.
fn matching(folder: &Path, pattern: &str) -> Result<Vec<PathBuf>, String> {
    let glob = NameGlob::new(pattern)?;
    let mut found = BTreeSet::new();
    let mut folders = vec![folder.to_owned()];
    while let Some(at) = folders.pop() {
        let entries = std::fs::read_dir(&at).map_err(|e| e.to_string())?;
        for entry in entries.flatten() {
            let path = entry.path();
            let hidden = entry.file_name().to_string_lossy().starts_with('.');
            if path.is_dir() && !hidden {
                folders.push(path);
            } else if let Ok(below) = path.strip_prefix(folder)
                && glob.matches(&below.to_string_lossy().replace('\\', "/"))
            {
                found.insert(path);
            }
        }
    }
    Ok(found.into_iter().collect())
}

/// Adds a file's `[[setting]]` rows to the catalogue.
fn users_own_rows(file: &Loaded, catalog: &mut Catalog, problems: &mut Vec<Problem>) {
    let Some((_, node)) = file.table.get("setting") else { return };
    let mut reader = Reader { source: &file.source, problems };
    let Item::List(rows) = &node.item else {
        return reader.mistyped("setting", node, "tables written [[setting]]");
    };
    for row in rows {
        let problem = |what: String| {
            Problem::new("policy::setting", what).at(&file.source, &row.span, "this row").help(
                "a row needs key, doc, type, and for each forge where it is read: see docs/catalogue.md",
            )
        };
        let parsed = toml_of(row).try_into::<SettingRow>();
        match parsed
            .map_err(|e| e.message().to_owned())
            .and_then(|r| catalog.add_users_own(r).map_err(|e| e.to_string()))
        {
            Ok(_) => {}
            Err(what) => {
                reader.problems.push(problem(format!("this row of your own cannot be used: {what}")))
            }
        }
    }
}

fn toml_of(node: &Node) -> toml::Value {
    match &node.item {
        Item::Bool(b) => toml::Value::Boolean(*b),
        Item::Int(n) => toml::Value::Integer(*n),
        Item::Text(s) => toml::Value::String(s.clone()),
        Item::Date(date) => toml::Value::String(date.to_string()),
        Item::Other(what) => toml::Value::String((*what).to_owned()),
        Item::List(items) => toml::Value::Array(items.iter().map(toml_of).collect()),
        Item::Table(table) => {
            toml::Value::Table(table.entries.iter().map(|(k, v)| (k.name.clone(), toml_of(v))).collect())
        }
    }
}

/// Reads a selector from the command line: `topics = "innersource"`, or a glob over addresses.
///
/// # Errors
/// What is wrong with it.
pub fn selector_of(text: &str, catalog: &Catalog) -> Result<Selector, Vec<Problem>> {
    let name = if text.contains('=') {
        text.to_owned()
    } else {
        let path = text.split_once(':').map_or(text, |(_, path)| path);
        format!("name = {}", serde_json::Value::from(path))
    };
    let source = Arc::new(Source { name: "--only".into(), text: format!("select = {{ {name} }}\n") });
    let mut problems = Vec::new();
    let table = node::parse(&source, &mut problems);
    let mut reader = Reader { source: &source, problems: &mut problems };
    let with = Selecting { catalog, folder: Some(Path::new(".")) };
    let selector = table.get("select").map(|(_, node)| reader.selector(&with, node));
    match selector {
        Some(selector) if problems.is_empty() => Ok(selector),
        _ => Err(problems),
    }
}

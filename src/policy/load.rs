//! Reads a whole policy: every file, every mistake.

use std::path::Path;
use std::sync::Arc;

use sha2::{Digest, Sha256};

use super::document::Policy;
use super::files::{Loading, POLICY_FILE, unreadable};
use super::layers::Layers;
use super::node::{self, Item, Node};
use super::problem::Problem;
use super::reader::Reader;
use super::rows::users_own_rows;
use super::select::Selecting;
use super::selector::Selector;
use super::source::Source;
use super::static_checks;
use crate::catalog::Catalog;

/// Reads a policy from a file, or from `policy.toml` in a folder. Rows of the user's own are added
/// to the catalogue.
///
/// # Errors
/// Every mistake in every file at once; warnings come along with them, or with the policy.
pub fn load(path: &Path, catalog: &mut Catalog) -> Result<(Policy, Vec<Problem>), Vec<Problem>> {
    let file = if path.is_dir() { path.join(POLICY_FILE) } else { path.to_owned() };
    let text = std::fs::read_to_string(&file).map_err(|error| {
        let reason = unreadable(&error);
        let message = format!("the policy `{}` cannot be read: {reason}", file.display());
        let problem = Problem::new("policy::unreadable", message);
        vec![problem.help("name a policy file, or a folder that has a policy.toml")]
    })?;
    let mut loading = Loading::default();
    loading.begin(&file.display().to_string(), text, Some(file.parent().unwrap_or(Path::new(""))));
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
    loading.begin(name, text.to_owned(), None);
    assemble(loading, catalog)
}

fn assemble(loading: Loading, catalog: &mut Catalog) -> Result<(Policy, Vec<Problem>), Vec<Problem>> {
    let Loading { files, mut problems, broken, .. } = loading;
    for file in &files {
        users_own_rows(&file.source, &file.table, catalog, &mut problems);
    }
    let sources: Vec<Arc<Source>> = files.iter().map(|f| Arc::clone(&f.source)).collect();
    let mut policy = Policy { owner_property: "team".to_owned(), ..Policy::default() };
    let mut digest = Sha256::new();
    // Forges and controls first, of every file: the names in all other tables may be theirs.
    for names_only in [true, false] {
        for file in &files {
            let mut layers = Layers {
                reader: Reader { source: &file.source, problems: &mut problems },
                catalog,
                policy: &mut policy,
                sources: &sources,
                rank: file.rank,
                floor: matches!(file.table.get("floor"), Some((_, Node { item: Item::Bool(true), .. }))),
                folder: file.folder.as_deref(),
                delegated: file.delegated,
            };
            if !names_only {
                layers.read(&file.table);
            } else if !file.delegated {
                layers.names(&file.table);
            }
        }
    }
    for source in &sources {
        // Where its folder lies says nothing of what it asks for.
        let name = source.name.rsplit('/').next().unwrap_or_default();
        digest.update(name.as_bytes());
        digest.update([0]);
        digest.update(source.text.as_bytes());
        digest.update([0]);
    }
    policy.digest = format!("{:x}", digest.finalize());
    policy.sources = sources;
    let most = policy.most_days;
    policy.waivers.iter_mut().for_each(|waiver| waiver.most_days = most);
    if !broken {
        super::names::check(&policy, &mut problems);
    }
    static_checks::check(&policy, catalog, &mut problems);
    if problems.iter().all(Problem::is_warning) {
        super::controls::check(&policy, &mut problems);
    }
    problems.sort_by_key(|p| (p.is_warning(), p.place()));
    if problems.iter().any(|p| !p.is_warning()) { Err(problems) } else { Ok((policy, problems)) }
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
    let source = Arc::new(Source::new("--only", format!("select = {{ {name} }}\n")));
    let mut problems = Vec::new();
    let table = node::parse(&source, &mut problems);
    let mut reader = Reader { source: &source, problems: &mut problems };
    let mut with = Selecting { catalog, folder: Some(Path::new(".")), mentions: Vec::new() };
    let selector = table.get("select").map(|(_, node)| reader.selector(&mut with, node));
    match selector {
        Some(selector) if problems.is_empty() => Ok(selector),
        _ => Err(problems),
    }
}

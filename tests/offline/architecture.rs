//! Who may import whom, and how large a file may be: read from the sources themselves.

use std::collections::BTreeSet;
use std::path::{Path, PathBuf};

/// Each layer, and those that it may import. The road leads downwards; nothing flows back up it.
const LAYERS: [(&str, &[&str]); 8] = [
    ("model", &[]),
    ("catalog", &["model"]),
    ("policy", &["catalog", "model"]),
    ("engine", &["catalog", "model"]),
    ("forge", &["catalog", "model"]),
    ("run", &["catalog", "engine", "forge", "model", "policy"]),
    ("report", &["catalog", "engine", "model", "run"]),
    ("cli", &["catalog", "engine", "forge", "model", "policy", "report", "run"]),
];

/// No file may be longer.
const LONGEST: usize = 500;

/// Names that say nothing of what is inside.
const NAMELESS: [&str; 6] = ["common", "helper", "helpers", "misc", "util", "utils"];

fn sources() -> Vec<(PathBuf, String)> {
    let root = Path::new(env!("CARGO_MANIFEST_DIR")).join("src");
    let mut found = Vec::new();
    let mut folders = vec![root.clone()];
    while let Some(folder) = folders.pop() {
        for entry in std::fs::read_dir(folder).unwrap() {
            let path = entry.unwrap().path();
            if path.is_dir() {
                folders.push(path);
            } else if path.extension().is_some_and(|extension| extension == "rs") {
                let text = std::fs::read_to_string(&path).unwrap();
                found.push((path.strip_prefix(&root).unwrap().to_owned(), text));
            }
        }
    }
    found.sort();
    found
}

/// The layer of a file, which is the first part of its path.
fn layer(path: &Path) -> Option<String> {
    let mut parts = path.components();
    let first = parts.next()?.as_os_str().to_str()?.to_owned();
    parts.next().map(|_| first)
}

/// The layers that a source names after `crate::`, in `use` lines and within expressions alike.
/// `super` climbs within a layer only: [`no_file_climbs_out_of_its_layer`] sees to that.
fn imported(text: &str) -> BTreeSet<String> {
    let code = text.lines().filter(|line| !line.trim_start().starts_with("//"));
    let code = code.collect::<Vec<_>>().join("\n");
    let mut named = BTreeSet::new();
    for after in code.split("crate::").skip(1) {
        let grouped = after.strip_prefix('{').and_then(|group| group.split_once('}'));
        let heads = match grouped {
            Some((group, _)) => group.split(',').map(str::trim).collect(),
            None => vec![after],
        };
        for head in heads {
            let word: String = head.chars().take_while(|c| c.is_alphanumeric() || *c == '_').collect();
            named.insert(word);
        }
    }
    named
}

#[test]
fn every_layer_imports_only_what_is_below_it() {
    let mut wrong = Vec::new();
    for (path, text) in sources() {
        let Some(layer) = layer(&path) else { continue };
        let known = LAYERS.iter().find(|(name, _)| *name == layer);
        let Some((_, allowed)) = known else { panic!("src/{} belongs to no layer", path.display()) };
        for other in imported(&text) {
            if other != layer && !allowed.contains(&other.as_str()) {
                wrong.push(format!("src/{} imports {other}", path.display()));
            }
        }
    }
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
}

#[test]
fn no_file_climbs_out_of_its_layer() {
    let mut wrong = Vec::new();
    for (path, text) in sources().into_iter().filter(|(path, _)| layer(path).is_some()) {
        // `super` in a file leads to its folder; in a mod.rs to the folder above, in tests to itself.
        let own = usize::from(path.file_name().is_some_and(|name| name == "mod.rs"));
        let depth = path.components().count() - 1 - own;
        let climbs = |line: &str| line.split("super::").count() - 1;
        let tests = text.find("#[cfg(test)]").unwrap_or(text.len());
        for line in text[..tests].lines().filter(|line| line.trim_start().starts_with("use super")) {
            if climbs(line) > depth {
                wrong.push(format!("src/{}: {line}", path.display()));
            }
        }
    }
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
}

#[test]
fn files_are_short_and_say_what_they_are() {
    let mut wrong = Vec::new();
    let mut lengths = Vec::new();
    for (path, text) in sources() {
        let lines = text.lines().count();
        lengths.push(lines);
        if lines > LONGEST {
            wrong.push(format!("src/{} has {lines} lines", path.display()));
        }
        if path == Path::new("main.rs") && lines >= 15 {
            wrong.push(format!("src/main.rs has {lines} lines; all of it is in the library"));
        }
        if !text.starts_with("//!") {
            wrong.push(format!("src/{} does not begin by saying what is in it", path.display()));
        }
        let nameless = |part: &str| NAMELESS.contains(&part.trim_end_matches(".rs"));
        if path.components().any(|part| part.as_os_str().to_str().is_some_and(nameless)) {
            wrong.push(format!("src/{} has a name that says nothing", path.display()));
        }
    }
    lengths.sort_unstable();
    let median = lengths[lengths.len() / 2];
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
    assert!((20..250).contains(&median), "the median is {median} lines");
}

#[test]
fn the_layers_are_all_there() {
    let there: BTreeSet<String> = sources().iter().filter_map(|(path, _)| layer(path)).collect();
    let told: BTreeSet<String> = LAYERS.iter().map(|(name, _)| (*name).to_owned()).collect();
    assert_eq!(there, told);
}

#[test]
fn imports_are_found_in_every_spelling() {
    let text = "use crate::model::{Value, Subject};\nuse crate::{catalog::Kind, policy};\n// crate::cli\nlet x = crate::run::go();";
    assert_eq!(imported(text).into_iter().collect::<Vec<_>>(), ["catalog", "model", "policy", "run"]);
}

//! Who may use whom: docs/architecture.md has the same table for people.
#![allow(clippy::unwrap_used, reason = "tests")]

use std::path::{Path, PathBuf};

/// Each module of the crate with those that it may name.
const LAYERS: [(&str, &[&str]); 8] = [
    ("model", &[]),
    ("catalog", &["model"]),
    ("policy", &["catalog", "model"]),
    ("engine", &["catalog", "model"]),
    ("forge", &["catalog", "model"]),
    ("run", &["policy", "engine", "forge", "catalog", "model"]),
    ("report", &["run", "catalog", "model"]),
    ("cli", &["report", "run", "policy", "engine", "forge", "catalog", "model"]),
];

fn rust_files(folder: &Path) -> Vec<PathBuf> {
    let entries = std::fs::read_dir(folder).unwrap().map(|e| e.unwrap().path());
    let (folders, files): (Vec<_>, Vec<_>) = entries.partition(|p| p.is_dir());
    let own = files.into_iter().filter(|f| f.extension().is_some_and(|e| e == "rs"));
    own.chain(folders.iter().flat_map(|f| rust_files(f))).collect()
}

fn source() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("src")
}

#[test]
fn modules_use_only_the_layers_below() {
    for (layer, below) in LAYERS {
        for file in rust_files(&source().join(layer)) {
            let text = std::fs::read_to_string(&file).unwrap();
            // A unit test may reach for what it needs.
            let code = text.split("#[cfg(test)]").next().unwrap_or_default();
            for part in code.split("crate::").skip(1) {
                let name: String =
                    part.chars().take_while(|c| c.is_ascii_alphanumeric() || *c == '_').collect();
                let is_layer = LAYERS.iter().any(|(l, _)| *l == name);
                let allowed = !is_layer || name == layer || below.contains(&name.as_str());
                assert!(allowed, "{} uses `{name}`, which `{layer}` may not", file.display());
            }
        }
    }
}

#[test]
fn every_module_is_a_layer() {
    for entry in std::fs::read_dir(source()).unwrap() {
        let path = entry.unwrap().path();
        let name = path.file_name().unwrap().to_string_lossy().into_owned();
        let known = LAYERS.iter().any(|(layer, _)| *layer == name) || name == "lib.rs" || name == "main.rs";
        assert!(
            known,
            "`{name}` is no layer: say in tests/layers.rs and docs/architecture.md what it may use"
        );
    }
}

#[test]
fn files_stay_small() {
    for file in rust_files(&source()) {
        let lines = std::fs::read_to_string(&file).unwrap().lines().count();
        assert!(lines <= 500, "{} has {lines} lines: what could stand by itself?", file.display());
    }
}

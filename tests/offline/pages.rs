//! What the pages show is what the program says.
//!
//! Before a block of output stands `<!-- says: ARGUMENTS -->`: the program, called with these,
//! prints each of its paragraphs. After `<!-- in: FILE -->` stands a part of that file.

use std::path::{Path, PathBuf};

use serde_json::Value;

use ispo_scm::catalog::Catalog;
use ispo_scm::forge::snapshot::{LineReader, for_each, write_header, write_subject};

use crate::program::ispo_scm;

fn pages() -> Vec<PathBuf> {
    let root = Path::new(env!("CARGO_MANIFEST_DIR"));
    let mut pages = vec![root.join("README.md"), root.join("CONTRIBUTING.md")];
    let docs = std::fs::read_dir(root.join("docs")).unwrap().map(|e| e.unwrap().path());
    pages.extend(docs.filter(|p| p.extension().is_some_and(|e| e == "md")));
    pages
}

/// The blocks of a page: the language, the line before, the text.
fn blocks(text: &str) -> Vec<(&str, &str, String)> {
    let mut blocks = Vec::new();
    let mut before = "";
    let mut lines = text.lines();
    while let Some(line) = lines.next() {
        if let Some(language) = line.strip_prefix("```") {
            let block: Vec<&str> = lines.by_ref().take_while(|l| *l != "```").collect();
            blocks.push((language, before, block.join("\n")));
        }
        before = line;
    }
    blocks
}

#[test]
fn the_program_says_what_the_pages_show() {
    let mut shown = 0;
    for page in pages() {
        let text = std::fs::read_to_string(&page).unwrap();
        for (_, before, block) in blocks(&text) {
            let Some(arguments) = before.strip_prefix("<!-- says: ").and_then(|b| b.strip_suffix(" -->"))
            else {
                continue;
            };
            let done = ispo_scm().args(arguments.split(' ')).output().unwrap();
            let said = format!("\n\n{}\n\n", String::from_utf8(done.stdout).unwrap().trim());
            for part in block.split("\n\n").filter(|p| p.trim() != "…") {
                let found = said.contains(&format!("\n\n{}\n\n", part.trim_matches('\n')));
                assert!(found, "{}: `{arguments}` does not say:\n{part}\n\nbut:\n{said}", page.display());
            }
            shown += 1;
        }
    }
    assert!(shown > 2);
}

#[test]
fn quoted_files_say_what_the_pages_quote() {
    let mut quoted = 0;
    for page in pages() {
        let text = std::fs::read_to_string(&page).unwrap();
        for (_, before, block) in blocks(&text) {
            let Some(file) = before.strip_prefix("<!-- in: ").and_then(|b| b.strip_suffix(" -->")) else {
                continue;
            };
            let file = std::fs::read_to_string(Path::new(env!("CARGO_MANIFEST_DIR")).join(file)).unwrap();
            // A comment is quoted without its signs.
            let plain: Vec<&str> = file.lines().map(|l| l.strip_prefix("//! ").unwrap_or(l)).collect();
            assert!(plain.join("\n").contains(&block), "{}: no longer so:\n{block}", page.display());
            quoted += 1;
        }
    }
    assert!(quoted > 0);
}

#[test]
fn links_between_pages_lead_somewhere() {
    for page in pages() {
        let text = std::fs::read_to_string(&page).unwrap();
        for target in text.split("](").skip(1).filter_map(|rest| rest.split(')').next()) {
            let (file, anchor) = target.split_once('#').unwrap_or((target, ""));
            if target.contains("://") {
                continue;
            }
            let file = if file.is_empty() { page.clone() } else { page.with_file_name("").join(file) };
            assert!(file.exists(), "{}: {target}", page.display());
            if !anchor.is_empty() {
                let there = std::fs::read_to_string(&file).unwrap();
                let found = there.lines().filter(|l| l.starts_with('#')).any(|l| slug(l) == anchor);
                assert!(found, "{}: no heading {target}", page.display());
            }
        }
    }
}

/// The anchor that GitHub gives a heading.
fn slug(heading: &str) -> String {
    let text = heading.trim_start_matches('#').trim().to_lowercase();
    let kept = text.chars().filter(|c| c.is_alphanumeric() || matches!(c, ' ' | '-' | '_'));
    kept.map(|c| if c == ' ' { '-' } else { c }).collect()
}

#[test]
fn snapshots_of_the_page_come_back_as_they_are() {
    let catalog = Catalog::built_in().unwrap();
    let reader = LineReader::new(&catalog, None);
    let text =
        std::fs::read_to_string(Path::new(env!("CARGO_MANIFEST_DIR")).join("docs/snapshot.md")).unwrap();
    let folder = tempfile::tempdir().unwrap();
    let examples: Vec<_> = blocks(&text).into_iter().filter(|(language, ..)| *language == "jsonl").collect();
    assert!(!examples.is_empty());
    for (_, _, example) in examples {
        let file = folder.path().join("example.jsonl");
        std::fs::write(&file, &example).unwrap();
        let mut written = Vec::new();
        let mut header = None;
        let work =
            |context: &ispo_scm::forge::snapshot::Context, subjects| (context.header.clone(), subjects);
        for_each(&file, &reader, None, work, |(of, subjects): (_, Vec<_>)| {
            if header.as_ref() != Some(&of) {
                write_header(&mut written, &of).unwrap();
                header = Some(of);
            }
            subjects.iter().for_each(|s| write_subject(&mut written, &catalog, s).unwrap());
        })
        .unwrap();
        let json = |text: &str| -> Vec<Value> {
            text.lines().map(|l| serde_json::from_str::<Value>(l).unwrap()).collect()
        };
        assert_eq!(json(std::str::from_utf8(&written).unwrap()), json(&example), "a name is not known");
    }
}

//! Every block of TOML in the README and in `docs` is a policy that loads, without a warning.
//!
//! A block that begins with `# fragment` gets `version = 1` put in front. One that begins with
//! `# file: NAME` stands for that file, beside which the page's other blocks are loaded.

use std::path::{Path, PathBuf};

use ispo_scm::catalog::Catalog;
use ispo_scm::policy::load;

fn pages() -> Vec<PathBuf> {
    let root = Path::new(env!("CARGO_MANIFEST_DIR"));
    let docs = std::fs::read_dir(root.join("docs")).unwrap().map(|e| e.unwrap().path());
    let mut pages: Vec<PathBuf> = docs.filter(|p| p.extension().is_some_and(|e| e == "md")).collect();
    pages.push(root.join("README.md"));
    pages.sort();
    pages
}

/// The blocks of TOML with the line on which each begins. What quotes another file, after
/// `<!-- in: FILE -->`, is checked against that file elsewhere.
fn blocks(page: &Path) -> Vec<(usize, String)> {
    let text = std::fs::read_to_string(page).unwrap();
    let mut blocks = Vec::new();
    let mut lines = text.lines().enumerate();
    let mut before = "";
    while let Some((number, line)) = lines.next() {
        if line == "```toml" {
            let block: Vec<&str> = lines.by_ref().map(|(_, l)| l).take_while(|l| *l != "```").collect();
            if !before.starts_with("<!-- in: ") {
                blocks.push((number + 2, block.join("\n") + "\n"));
            }
        }
        before = line;
    }
    blocks
}

#[test]
fn every_block_of_toml_loads() {
    let mut loaded = 0;
    for page in pages() {
        let folder = tempfile::tempdir().unwrap();
        let mut entries = Vec::new();
        for (line, block) in blocks(&page) {
            let name = match block.lines().next().and_then(|l| l.strip_prefix("# file: ")) {
                Some(name) => name.to_owned(),
                None => format!("block-{line}.toml"),
            };
            let path = folder.path().join(&name);
            std::fs::create_dir_all(path.parent().unwrap()).unwrap();
            let fragment = block.starts_with("# fragment\n");
            let text = if fragment { format!("version = 1\n{block}") } else { block };
            std::fs::write(&path, text).unwrap();
            // A team's own file is loaded by the policy that includes it.
            if path.parent() == Some(folder.path()) {
                entries.push((line, path));
            }
        }
        for (line, path) in entries {
            let at = format!("{}:{line}", page.display());
            match load(&path, &mut Catalog::built_in().unwrap()) {
                Ok((_, warnings)) => assert!(warnings.is_empty(), "{at}: {}", warnings[0]),
                Err(problems) => panic!("{at}: {}", problems[0]),
            }
            loaded += 1;
        }
    }
    assert!(loaded > 20, "{loaded} blocks");
}

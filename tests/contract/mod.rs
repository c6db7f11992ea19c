//! GitHub's published descriptions, and what they say of a request or an answer.
//!
//! They are npm packages: `npm ci --prefix tests/contract` brings them. Without them their tests say
//! that they were skipped, except where `CI=true` demands them.

mod description;
mod strict;

use std::io::Write;
use std::path::PathBuf;

pub use description::{Asked, Description};

/// A file of an npm package, or none with a word about it; in CI it must be there.
pub fn published(file: &str) -> Option<String> {
    let path =
        PathBuf::from(env!("CARGO_MANIFEST_DIR")).join("tests/contract/node_modules/@octokit").join(file);
    match std::fs::read_to_string(&path) {
        Ok(text) => Some(text),
        Err(_) if std::env::var("CI").is_ok_and(|ci| ci == "true") => {
            panic!("{} is missing: run npm ci --prefix tests/contract", path.display())
        }
        Err(_) => {
            let told = format!("SKIPPED: {} is missing: run npm ci --prefix tests/contract", path.display());
            // Not `eprintln!`: the harness would keep what a passing test says.
            let _ = writeln!(std::io::stderr(), "{told}");
            None
        }
    }
}

//! The page for browsers, in a real one: `tests/browser/check.mjs` opens it and uses it.
//!
//! It takes Node 20, Chromium, and `npm ci --prefix tests/browser`. Where one of them is missing it says that it was
//! skipped.

use std::io::Write;
use std::path::Path;
use std::process::Command;

const CHROMIUM: [&str; 3] = ["/usr/bin/chromium", "/usr/bin/chromium-browser", "/usr/bin/google-chrome"];

/// What is missing, if anything is.
fn missing(folder: &Path) -> Option<&'static str> {
    if !Command::new("node").arg("--version").output().is_ok_and(|done| done.status.success()) {
        return Some("there is no Node");
    }
    if std::env::var_os("CHROMIUM").is_none() && !CHROMIUM.iter().any(|place| Path::new(place).exists()) {
        return Some("there is no Chromium: apt-get install chromium, or set CHROMIUM");
    }
    if !folder.join("node_modules/playwright-core").is_dir() {
        return Some("its packages are missing: run npm ci --prefix tests/browser");
    }
    None
}

#[test]
fn the_page_in_a_real_browser() {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/browser");
    if let Some(what) = missing(&folder) {
        // Not `eprintln!`: the harness would keep what a passing test says.
        writeln!(std::io::stderr(), "SKIPPED: the page in a real browser: {what}").unwrap();
        return;
    }
    let mut check = Command::new("node");
    let done = check.arg(folder.join("check.mjs")).arg(env!("CARGO_BIN_EXE_ispo-scm")).output().unwrap();
    let said = String::from_utf8_lossy(&done.stdout);
    eprintln!("{said}");
    assert!(done.status.success(), "{said}\n{}", String::from_utf8_lossy(&done.stderr));
}

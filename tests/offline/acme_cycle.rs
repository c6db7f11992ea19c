//! The whole cycle that a newcomer tries: the acme example audited, planned, changed, and changed back.

use assert_cmd::Command;
use serde_json::Value;

/// The acme example in a folder of its own.
pub(crate) fn laid_out() -> tempfile::TempDir {
    let folder = tempfile::tempdir().unwrap();
    let from = std::path::Path::new(env!("CARGO_MANIFEST_DIR")).join("fixtures/acme");
    for (below, names) in [(".", std::fs::read_dir(&from)), ("teams", std::fs::read_dir(from.join("teams")))]
    {
        std::fs::create_dir_all(folder.path().join(below)).unwrap();
        for file in names.unwrap().map(|f| f.unwrap().path()).filter(|f| f.is_file()) {
            std::fs::copy(&file, folder.path().join(below).join(file.file_name().unwrap())).unwrap();
        }
    }
    folder
}

fn run(folder: &std::path::Path, arguments: &[&str], code: i32) -> String {
    let output =
        Command::new(env!("CARGO_BIN_EXE_ispo-scm")).current_dir(folder).args(arguments).output().unwrap();
    let said = String::from_utf8_lossy(&output.stderr).into_owned();
    assert_eq!(output.status.code(), Some(code), "{arguments:?}: {said}");
    String::from_utf8(output.stdout).unwrap()
}

fn audit(folder: &std::path::Path) -> Value {
    let text = run(folder, &["audit", ".", "--format", "json", "--all", "--today", "2026-11-20"], 2);
    serde_json::from_str(&text).unwrap()
}

#[test]
fn what_is_applied_to_acme_is_taken_back_to_the_letter() {
    let folder = laid_out();
    let before = audit(folder.path());
    run(
        folder.path(),
        &["plan", ".", "--max-risk", "protection", "--today", "2026-11-20", "--out", "plan.json"],
        2,
    );
    let plan: Value =
        serde_json::from_str(&std::fs::read_to_string(folder.path().join("plan.json")).unwrap()).unwrap();
    let changes = plan["changes"].as_array().unwrap().len() as u64;
    assert!(changes > 50, "{changes}");
    run(folder.path(), &["apply", "plan.json", "--auto-approve"], 0);
    let after = audit(folder.path());
    let of = |report: &Value, verdict: &str| report["summary"][verdict].as_u64().unwrap();
    assert!(of(&after, "drift") < of(&before, "drift"), "{}", after["summary"]);
    assert_eq!(of(&after, "unknown"), of(&before, "unknown"), "what was made is known");
    // What is left is for people: there is no change that could be planned.
    run(folder.path(), &["plan", ".", "--max-risk", "protection", "--today", "2026-11-20"], 3);
    let weaker = ["--allow-weaken", "--allow-delete"];
    run(folder.path(), &[&["undo", "plan.json.journal", "--auto-approve"], &weaker[..]].concat(), 0);
    assert_eq!(audit(folder.path()), before);
}

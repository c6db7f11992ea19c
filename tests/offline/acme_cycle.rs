//! The whole cycle that a newcomer tries: the acme example audited, planned, changed, and changed back.

use serde_json::Value;

use crate::program::ispo_scm;

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
    let output = ispo_scm().current_dir(folder).args(arguments).output().unwrap();
    let said = String::from_utf8_lossy(&output.stderr).into_owned();
    assert_eq!(output.status.code(), Some(code), "{arguments:?}: {said}");
    String::from_utf8(output.stdout).unwrap()
}

fn audit(folder: &std::path::Path) -> Value {
    let text = run(folder, &["audit", ".", "--format", "json", "--all", "--today", "2026-11-20"], 2);
    serde_json::from_str(&text).unwrap()
}

/// What the forge cannot take back, which the plan says beforehand and a flag allows.
const FOR_GOOD: &str = "repository.collaborators";

/// The findings of a report without those on what cannot be taken back.
fn findings(report: &Value) -> Vec<&Value> {
    let all = report["findings"].as_array().unwrap();
    all.iter().filter(|f| f["setting"] != FOR_GOOD).collect()
}

#[test]
fn what_is_applied_to_acme_is_taken_back_to_the_letter() {
    let folder = laid_out();
    let before = audit(folder.path());
    run(folder.path(), &["plan", ".", "--today", "2026-11-20", "--out", "plan.json"], 2);
    let plan: Value =
        serde_json::from_str(&std::fs::read_to_string(folder.path().join("plan.json")).unwrap()).unwrap();
    let changes = plan["changes"].as_array().unwrap();
    assert!(changes.len() > 70, "{}", changes.len());
    for risk in ["routine", "protection", "access", "visibility"] {
        assert!(changes.iter().any(|c| c["risk"] == risk), "no {risk}");
    }
    let for_good = changes.iter().filter(|c| c.get("irreversible").is_some());
    assert!(for_good.clone().count() > 0 && for_good.into_iter().all(|c| c["setting"] == FOR_GOOD));
    let apply = ["apply", "plan.json", "--auto-approve", "--allow-widen"];
    run(folder.path(), &apply, 1);
    assert_eq!(audit(folder.path()), before, "refused as a whole");
    run(folder.path(), &[&apply[..], &["--allow-irreversible"]].concat(), 0);
    let after = audit(folder.path());
    let of = |report: &Value, verdict: &str| report["summary"][verdict].as_u64().unwrap();
    assert!(of(&after, "drift") < of(&before, "drift"), "{}", after["summary"]);
    assert_eq!(of(&after, "unknown"), of(&before, "unknown"), "what was made is known");
    // What is left is for people: there is no change that could be planned.
    run(folder.path(), &["plan", ".", "--today", "2026-11-20"], 3);
    let undo = ["undo", "plan.json.journal", "--auto-approve", "--allow-weaken", "--allow-delete"];
    // What could not be taken back is left to people.
    run(folder.path(), &[&undo[..], &["--allow-widen"]].concat(), 2);
    let back = audit(folder.path());
    assert_eq!(findings(&back), findings(&before));
}

const APPLY: [&str; 3] = ["apply", "plan.json", "--auto-approve"];
const UNDO: [&str; 5] = ["undo", "plan.json.journal", "--auto-approve", "--allow-weaken", "--allow-delete"];

/// The example after a plan was carried out and taken back, and what was found in between.
fn made_and_taken_back() -> (tempfile::TempDir, Value) {
    let folder = laid_out();
    let plan = ["plan", ".", "--max-risk", "routine", "--today", "2026-11-20", "--out", "plan.json"];
    run(folder.path(), &plan, 2);
    run(folder.path(), &APPLY, 0);
    let once = audit(folder.path());
    run(folder.path(), &UNDO, 0);
    (folder, once)
}

#[test]
fn what_was_taken_back_can_be_made_again_by_the_same_plan() {
    let (folder, once) = made_and_taken_back();
    assert_ne!(audit(folder.path()), once);
    run(folder.path(), &APPLY, 0);
    assert_eq!(audit(folder.path()), once, "it was made, and not only said to be");
    run(folder.path(), &UNDO, 0);
    assert_ne!(audit(folder.path()), once);
}

/// A run that was ended after the journal was put aside, and before that of its undo was.
#[test]
fn what_was_put_aside_in_part_is_put_aside() {
    let (folder, once) = made_and_taken_back();
    let journal = folder.path().join("plan.json.journal");
    std::fs::rename(&journal, folder.path().join("plan.json.journal.taken-back")).unwrap();
    run(folder.path(), &APPLY, 0);
    assert_eq!(audit(folder.path()), once);
}

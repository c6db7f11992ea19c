//! Plans, through the binary, on a snapshot: what is in them, what is left out, and how they end.

use std::process::Output;

use serde_json::{Value, json};

use crate::program::{ispo_scm, said};
use crate::small::{TODAY, World};

/// A conforming world whose policy also asks for a setting of each risk and lens that is planned.
fn conforming() -> World {
    let mut world = World::conforming();
    world.policy.push_str(
        r#"
[repository]
has_wiki = false
delete_branch_on_merge = true
topics = { contains = ["tools"] }
visibility = "internal"
description = { length = { at_least = 9 } }
"#,
    );
    let settings = world.repository["settings"].as_object_mut().unwrap();
    for (name, value) in [
        ("has_wiki", json!(false)),
        ("delete_branch_on_merge", json!(true)),
        ("topics", json!(["tools"])),
        ("visibility", json!("internal")),
        ("description", json!("Widgets for all")),
    ] {
        settings.insert(name.to_owned(), value);
    }
    world
}

/// The same, with one setting that is otherwise.
fn but(name: &str, value: Value) -> World {
    let mut world = conforming();
    world.repository["settings"][name] = value;
    world
}

/// What `plan` says of the world.
fn plan(world: &World, arguments: &[&str]) -> Output {
    let dated = arguments.contains(&"--today");
    let day: &[&str] = if dated { &[] } else { &["--today", TODAY] };
    let folder = world.laid_out();
    ispo_scm().current_dir(folder.path()).arg("plan").args(day).args(arguments).output().unwrap()
}

/// The plan as it stands in the file, and the exit code.
fn planned(world: &World, arguments: &[&str]) -> (Value, i32) {
    let done = plan(world, &[arguments, &["--format", "json"]].concat());
    let errors = String::from_utf8_lossy(&done.stderr);
    let json = serde_json::from_slice(&done.stdout).unwrap_or_else(|e| panic!("{e}: {errors}"));
    (json, done.status.code().unwrap())
}

/// The settings of a plan's changes, or of what it defers.
fn settings<'p>(plan: &'p Value, of: &str) -> Vec<&'p str> {
    plan[of].as_array().unwrap().iter().map(|c| c["setting"].as_str().unwrap()).collect()
}

#[test]
fn where_all_is_as_wanted_there_is_nothing_to_do() {
    let (plan, code) = planned(&conforming(), &[]);
    assert_eq!((settings(&plan, "changes"), settings(&plan, "deferred"), code), (vec![], vec![], 0));
}

#[test]
fn changes_end_with_two() {
    let (plan, code) = planned(&but("has_wiki", json!(true)), &[]);
    assert_eq!((settings(&plan, "changes"), code), (vec!["repository.has_wiki"], 2));
}

#[test]
fn a_departure_that_is_left_to_people_ends_with_three() {
    let (plan, code) = planned(&but("description", json!("short")), &[]);
    let left = (settings(&plan, "changes"), settings(&plan, "deferred"), code);
    assert_eq!(left, (vec![], vec!["repository.description"], 3));
}

/// What is a file is left to people, until a line says which file; the reason says which line that is.
#[test]
fn the_reason_of_a_missing_file_names_the_line_that_has_it_proposed() {
    let mut world = conforming();
    world.policy.push_str("readme = true\n");
    world.repository["settings"]["readme"] = json!(false);
    world.repository["kinds"]["file"]["README.md"] = Value::Null;
    let (plan, _) = planned(&world, &[]);
    assert_eq!(
        (settings(&plan, "changes"), settings(&plan, "deferred")),
        (vec![], vec!["repository.readme"])
    );
    let why = plan["deferred"][0]["reason"].as_str().unwrap().to_owned();
    let (_, line) = why.split_once('`').unwrap_or_else(|| panic!("{why}"));
    let (line, _) = line.split_once('`').unwrap();
    let (table, setting) = line.split_once("] ").unwrap();
    world.policy.push_str(&format!("{table}]\n{setting}\n"));
    let (plan, _) = planned(&world, &[]);
    assert!(settings(&plan, "changes").contains(&"file.present"), "{plan:#}");
}

#[test]
fn a_file_that_nobody_worded_names_the_line_that_words_it() {
    let mut world = conforming();
    world.policy.push_str("[file.\"NOTICE\"]\npresent = true\n");
    world.repository["kinds"]["file"]["NOTICE"] = Value::Null;
    let (plan, _) = planned(&world, &[]);
    let why = plan["deferred"][0]["reason"].as_str().unwrap();
    assert!(why.contains("`[file.\"NOTICE\"] text = \"…\"`"), "{why}");
}

#[test]
fn what_cannot_be_seen_ends_with_three() {
    let mut world = conforming();
    world.repository["settings"].as_object_mut().unwrap().remove("has_wiki");
    world.hide("has_wiki");
    let (plan, code) = planned(&world, &[]);
    assert_eq!((settings(&plan, "changes"), code), (vec![], 3), "unknown is neither drift nor a pass");
}

#[test]
fn a_lens_leaves_out_what_does_not_serve_it() {
    let world = but("topics", json!([]));
    let (plan, code) = planned(&world, &["--lens", "openness"]);
    assert_eq!((settings(&plan, "changes"), code), (vec!["repository.topics"], 2));
    let (plan, code) = planned(&world, &["--lens", "security"]);
    assert_eq!((settings(&plan, "changes"), settings(&plan, "deferred"), code), (vec![], vec![], 0));
}

#[test]
fn a_lens_sees_the_unknown_of_its_own_settings_only() {
    let mut world = conforming();
    world.repository["settings"].as_object_mut().unwrap().remove("topics");
    world.hide("topics");
    assert_eq!(planned(&world, &["--lens", "openness"]).1, 3);
    assert_eq!(planned(&world, &["--lens", "security"]).1, 0);
}

#[test]
fn a_higher_risk_is_deferred_and_said_to_be() {
    let mut world = conforming();
    world.unprotect("release/*");
    world.repository["settings"]["has_wiki"] = json!(true);
    let (plan, _) = planned(&world, &["--max-risk", "protection"]);
    assert_eq!(settings(&plan, "changes").len(), 2, "{plan:#}");
    let (plan, code) = planned(&world, &["--max-risk", "routine"]);
    assert_eq!((settings(&plan, "changes"), code), (vec!["repository.has_wiki"], 2));
    let why = plan["deferred"][0]["reason"].as_str().unwrap();
    assert!(why.starts_with("its risk is protection, above the routine of --max-risk"), "{why}");
}

#[test]
fn only_the_repositories_that_are_asked_for_are_planned() {
    let world = but("has_wiki", json!(true));
    assert_eq!(planned(&world, &["--only", "widg*"]).1, 2);
    assert_eq!(planned(&world, &["--only", "topics = \"tools\""]).1, 2);
    let nothing = plan(&world, &["--only", "gadgets"]);
    assert_eq!(nothing.status.code(), Some(1), "a plan for nothing is a mistake");
    let errors = String::from_utf8_lossy(&nothing.stderr).into_owned();
    assert!(errors.contains("nothing was judged"), "{errors}");
    let wrong = plan(&world, &["--only", "topix = \"tools\""]);
    assert_eq!(wrong.status.code(), Some(1));
}

#[test]
fn waivers_are_judged_as_of_the_day() {
    let mut world = but("has_wiki", json!(true));
    world.policy.push_str(
        r#"
[[waiver]]
subject = "f:acme/widgets"
settings = ["repository.has_wiki"]
owner = "@acme/core"
reason = "the wiki is being moved"
expires = 2026-11-25
"#,
    );
    assert_eq!(planned(&world, &[]).1, 0);
    let (plan, code) = planned(&world, &["--today", "2026-11-26"]);
    assert_eq!((settings(&plan, "changes"), code), (vec!["repository.has_wiki"], 2));
}

#[test]
fn a_word_that_is_no_lens_or_risk_is_told_what_there_is() {
    for (option, words) in [
        ("--lens", "openness, security"),
        ("--max-risk", "routine, protection, access, visibility, destructive"),
    ] {
        let wrong = plan(&conforming(), &[option, "other"]);
        assert_eq!(wrong.status.code(), Some(1));
        let errors = String::from_utf8_lossy(&wrong.stderr).into_owned();
        assert!(errors.contains(words), "{errors}");
    }
}

#[test]
fn the_same_input_gives_the_same_plan() {
    let mut world = but("has_wiki", json!(true));
    world.unprotect("main");
    world.repository["settings"]["topics"] = json!([]);
    let (first, _) = planned(&world, &[]);
    assert!(settings(&first, "changes").len() > 3, "{first:#}");
    assert_eq!(planned(&world, &[]).0, first);
}

/// What `plan` prints.
fn printed(world: &World, arguments: &[&str]) -> String {
    String::from_utf8(plan(world, arguments).stdout).unwrap()
}

#[test]
fn people_see_what_changes_why_and_how_much() {
    let mut world = but("has_wiki", json!(true));
    world.repository["settings"]["topics"] = json!(["old", "shop"]);
    world.repository["settings"]["visibility"] = json!("private");
    insta::assert_snapshot!("plan", printed(&world, &[]));
}

#[test]
fn where_nothing_changes_it_is_said_what_was_looked_at() {
    let said = printed(&conforming(), &[]);
    assert_eq!(said, "No changes.\nChecked 10 expectations of 2 subjects.\n");
}

#[test]
fn lines_fit_a_terminal_of_eighty_columns() {
    let mut world = but("has_wiki", json!(true));
    let long: Vec<String> = (0..40).map(|n| format!("a-topic-of-some-length-{n}")).collect();
    world.repository["settings"]["topics"] = json!(long);
    let said = printed(&world, &[]);
    assert!(said.lines().all(|line| line.chars().count() <= 80), "{said}");
    assert!(said.contains("      + \"tools\"\n        40 as before\n"), "{said}");
}

#[test]
fn hostile_names_do_nothing_in_a_comment_on_a_pull_request() {
    let mut world = conforming();
    world.repository["settings"]["topics"] = json!(["@acme/all|<img src=x>`", "b\u{202e}"]);
    let said = printed(&world, &["--format", "markdown"]);
    let row = said.lines().find(|l| l.starts_with("| `~` |")).unwrap();
    assert_eq!(row.matches('|').count(), 7, "no cell more than there are columns: {row}");
    let plain = row.replace("<code>", "").replace("</code>", "").replace("`~`", "").replace("<br>", "");
    assert!(!plain.contains(['<', '>', '@', '`', '\u{202e}']), "{row}");
    assert!(said.starts_with("**Plan: 0 to add, 1 to change, 0 to delete.**\n1 request.\n"), "{said}");
    let json = printed(&world, &["--format", "json"]);
    assert!(!json.contains('\u{202e}') && json.contains("\\u202e"), "{json}");
}

#[test]
fn a_file_that_cannot_be_written_is_said_with_the_reason() {
    let folder = World::conforming().laid_out();
    std::fs::create_dir(folder.path().join("taken.json.unfinished")).unwrap();
    let cases = [
        (vec!["plan", ".", "--out", "no/such/plan.json"], "there is no such folder"),
        (vec!["snapshot", ".", "--out", "no/such/kept.jsonl"], "there is no such folder"),
        (vec!["plan", ".", "--out", "taken.json"], "taken.json cannot be written: "),
        (vec!["apply", "no-such-plan.json"], "no-such-plan.json cannot be read: "),
    ];
    for (arguments, told) in cases {
        let done = ispo_scm().current_dir(folder.path()).args(&arguments).output().unwrap();
        assert_eq!(done.status.code(), Some(1), "{arguments:?}");
        let said = said(&done);
        let (_, why) = said.split_once(told).unwrap_or_else(|| panic!("{arguments:?}: {said}"));
        // What the system says of it differs from one to the next.
        assert!(!told.ends_with(": ") || !why.is_empty(), "{said}");
    }
}

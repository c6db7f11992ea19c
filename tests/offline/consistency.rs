//! How alike the repositories of a profile are: one profile, worked out by hand.

use std::fs;

use serde_json::{Value, json};

use crate::program::ispo_scm;

const POLICY: &str = r#"
version = 1
[[forge]]
name = "f"
kind = "snapshot"
path = "world.jsonl"

[profile.service]
select = { name = "svc-*" }
[profile.service.repository]
allow_squash_merge = true
has_issues = true
visibility = "internal"
description = { length = { at_least = 10 } }
has_wiki = false

[profile.library]
select = { name = "lib-*" }
[profile.library.repository]
has_issues = true
"#;

/// Six services and four libraries.
///
/// | | 1 | 2 | 3 | 4 | 5 | 6 | alike |
/// |---|---|---|---|---|---|---|---|
/// | squash | on | on | on | on | off | off | 4 of 6 |
/// | issues | on | on | on | on | on | unknown | 5 of 5 |
/// | visibility | internal | internal | internal | private | private | public | 3 of 6 |
/// | description | each its own, of which that of the sixth is too short | | | | | | 5 of 6 |
/// | wiki | off | off | off | on | unknown | unknown | known of 4: too few |
///
/// (4/6 + 5/5 + 3/6 + 5/6) / 4 = 0.75.
fn world() -> tempfile::TempDir {
    let mut lines = vec![
        json!({"format": "ispo-scm-snapshot", "version": 1, "forge": "f", "kind": "github"}),
        json!({"organization": "acme", "settings": {}, "kinds": {}}),
    ];
    let visibility = ["internal", "internal", "internal", "private", "private", "public"];
    for n in 1..=6 {
        let description = if n == 6 { "short".to_owned() } else { format!("what service {n} is for") };
        let mut repository = json!({
            "repository": format!("acme/svc-{n}"),
            "settings": {
                "archived": false,
                "allow_squash_merge": n <= 4,
                "has_issues": true,
                "visibility": visibility[n - 1],
                "description": description,
                "has_wiki": n == 4,
            },
            "kinds": {},
            "unknown": {},
        });
        let hidden: &[&str] = match n {
            5 => &["has_wiki"],
            6 => &["has_wiki", "has_issues"],
            _ => &[],
        };
        for name in hidden {
            repository["settings"].as_object_mut().unwrap().remove(*name);
            repository["unknown"][*name] = json!("a permission");
        }
        lines.push(repository);
    }
    for n in 1..=4 {
        let settings = json!({"archived": false, "has_issues": n == 1, "visibility": "internal"});
        lines.push(json!({"repository": format!("acme/lib-{n}"), "settings": settings, "kinds": {}}));
    }
    let folder = tempfile::tempdir().unwrap();
    let text: String = lines.iter().map(|line| format!("{line}\n")).collect();
    fs::write(folder.path().join("world.jsonl"), text).unwrap();
    fs::write(folder.path().join("policy.toml"), POLICY).unwrap();
    folder
}

fn friction(arguments: &[&str]) -> String {
    let folder = world();
    let mut command = ispo_scm();
    command.arg("friction").arg(folder.path());
    let done = command.args(["--today", "2026-11-20"]).args(arguments).assert().code(0);
    String::from_utf8(done.get_output().stdout.clone()).unwrap()
}

fn consistency(arguments: &[&str]) -> Value {
    let all: Value = serde_json::from_str(&friction(&[&["--format", "json"], arguments].concat())).unwrap();
    all["consistency"].clone()
}

#[test]
fn a_profile_worked_out_by_hand() {
    let all = consistency(&[]);
    assert_eq!(all.as_array().unwrap().len(), 1, "of four libraries nothing is said: {all}");
    assert_eq!(
        all[0],
        json!({
            "profile": "service",
            "repositories": 6,
            "settings": 4,
            "alike": 0.75,
            "by_setting": [
                {"setting": "repository.visibility", "stage": "discover", "most": "\"internal\"", "alike": 3, "known": 6, "unknown": 0, "values": 3},
                {"setting": "repository.allow_squash_merge", "stage": "merged", "most": "true", "alike": 4, "known": 6, "unknown": 0, "values": 2},
                {"setting": "repository.description", "stage": "discover", "most": "as wanted", "alike": 5, "known": 6, "unknown": 0, "values": 2},
                {"setting": "repository.has_issues", "stage": "propose", "most": "true", "alike": 5, "known": 5, "unknown": 1, "values": 1},
            ],
        })
    );
}

#[test]
fn the_steps_of_a_role_alone_are_compared() {
    let all = consistency(&["--as", "contributor"]);
    let settings: Vec<&Value> =
        all[0]["by_setting"].as_array().unwrap().iter().map(|s| &s["setting"]).collect();
    assert_eq!(settings, ["repository.allow_squash_merge", "repository.has_issues"]);
    // (4/6 + 5/5) / 2.
    assert_eq!(all[0]["alike"], 0.8333);
}

#[test]
fn consistency_as_people_read_it() {
    let text = friction(&[]);
    let (_, from) = text.split_once("How alike").unwrap();
    let (part, _) = from.split_once("\n\nThe order").unwrap_or((from, ""));
    insta::assert_snapshot!("consistency", format!("How alike{part}"));
}

#[test]
fn the_page_for_browsers_shows_it_too() {
    let folder = world();
    let mut command = ispo_scm();
    command.arg("audit").arg(folder.path()).args(["--format", "html", "--today", "2026-11-20"]);
    let page = String::from_utf8(command.output().unwrap().stdout).unwrap();
    let (_, part) = page.split_once("How alike the repositories of a profile are").unwrap();
    for told in ["service", "75 %", "3 of 6", "internal"] {
        assert!(part.contains(told), "{told}");
    }
}

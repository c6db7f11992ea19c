//! The page for browsers: as it reads without one, and for whom. `tests/browser` opens it in a real one.

use crate::program::ispo_scm;
use crate::small::{TODAY, World};

fn page(arguments: &[&str]) -> String {
    let mut command = ispo_scm();
    command.args(["audit", "fixtures/acme", "--today", TODAY, "--format", "html"]).args(arguments);
    let done = command.output().unwrap();
    assert_eq!(String::from_utf8_lossy(&done.stderr), "");
    String::from_utf8(done.stdout).unwrap()
}

/// The page without what is the same in every one of them.
fn own_part(page: &str) -> String {
    let (head, rest) = page.split_once("<style>").unwrap();
    let (_, rest) = rest.split_once("</style>").unwrap();
    let without_script = rest.split("<script>").next().unwrap();
    let hashes = |line: &str| !line.contains("Content-Security-Policy");
    let text = format!("{head}{without_script}").replace("><", ">\n<");
    text.lines().filter(|line| hashes(line)).collect::<Vec<_>>().join("\n")
}

#[test]
fn a_teams_page_as_it_reads() {
    insta::assert_snapshot!(
        "html_for_a_team",
        own_part(&page(&["--audience", "team", "--team", "payments"]))
    );
}

#[test]
fn whoever_decides_gets_the_first_part_alone() {
    let page = page(&["--audience", "leader"]);
    assert!(!page.contains("<script") && page.contains("script-src 'none'"));
    assert!(page.contains("What would help most") && page.contains("Systemic share"));
    insta::assert_snapshot!("html_for_whoever_decides", own_part(&page));
}

#[test]
fn of_few_repositories_there_are_no_numbers() {
    let mut world = World::conforming();
    world.policy.push_str("[repository]\nhas_issues = true\n");
    world.repository["settings"]["has_issues"] = false.into();
    let folder = world.laid_out();
    let mut command = ispo_scm();
    command.arg("audit").arg(folder.path()).args(["--today", TODAY, "--format", "html"]);
    let page = String::from_utf8(command.output().unwrap().stdout).unwrap();
    assert!(page.contains("Of so few repositories"), "{page}");
    assert!(!page.contains("Friction, median"), "{page}");
}

#[test]
fn what_the_policy_decided_is_on_the_first_page() {
    let folder = tempfile::tempdir().unwrap();
    let policy = r#"version = 1
extends = ["pack:innersource", "pack:openssf-scm"]
[organization]
default_repository_permission = { equals = "read", owner = "@acme/ispo", why = "unseen code is written twice" }
prevent_forking_outside_group = { equals = false, owner = "@acme/ispo", why = "a fork is how strangers propose" }
[branch."~default"]
require_up_to_date = { equals = true, healthy = true, owner = "@acme/release", why = "the train breaks otherwise" }
"#;
    std::fs::write(folder.path().join("policy.toml"), policy).unwrap();
    let mut command = ispo_scm();
    command.args(["audit", "--snapshot", "fixtures/acme/acme.jsonl", "--today", TODAY]).arg(folder.path());
    command.args(["--format", "html", "--audience", "leader"]);
    let page = String::from_utf8(command.output().unwrap().stdout).unwrap();
    for told in ["trade-off", "unseen code is written twice", "@acme/ispo answers for it", "healthy friction"]
    {
        assert!(page.contains(told), "{told}: {page}");
    }
}

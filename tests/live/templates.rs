//! Templates count where the forge looks for them, and nowhere else; those of the organization's `.github` repository
//! count where it gives them.

use serde_json::Value;

use crate::forge::Forge;
use crate::gitlab::Server;
use crate::run::Desk;
use crate::sim::World;

const ASKED: &str = "version = 1\n[repository]\nissue_template = true\npull_request_template = true\n";

/// The verdicts on the template for issues and that for changes, of a repository with these files, in an organization
/// whose `.github` has those, being of that visibility.
fn on_github(own: &[&str], defaults: Option<(&str, &[&str])>) -> [String; 2] {
    let mut world = World::conforming("acme", 1);
    let files = world.repository_mut("service-0001").files_mut();
    files.retain(|path, _| !path.to_lowercase().contains("template"));
    own.iter().for_each(|path| drop(files.insert((*path).into(), "What is it?\n".into())));
    if let Some((visibility, paths)) = defaults {
        let repository = world.organization_mut("acme").add_repository(".github");
        repository.set("visibility", visibility);
        let files = repository.files_mut();
        files.insert("README.md".into(), "Defaults.\n".into());
        paths.iter().for_each(|path| drop(files.insert((*path).into(), "What is it?\n".into())));
    }
    let forge = Forge::of(world);
    let desk = Desk::before(&forge.url(), ASKED);
    let report = desk.run(&["audit", ".", "--github", "acme", "--format", "json", "--all"]).json();
    verdicts(&report.0, "github:acme/service-0001")
}

fn verdicts(report: &Value, subject: &str) -> [String; 2] {
    ["repository.issue_template", "repository.pull_request_template"].map(|setting| {
        let findings = report["findings"].as_array().unwrap();
        let found = findings.iter().find(|f| f["subject"] == subject && f["setting"] == setting);
        found.unwrap_or_else(|| panic!("{setting}: {report:#}"))["verdict"].as_str().unwrap().to_owned()
    })
}

#[test]
fn github_looks_in_few_places() {
    for (path, issues, changes) in [
        ("README.md", "drift", "drift"),
        (".github/ISSUE_TEMPLATE/bug.yml", "conforms", "drift"),
        (".github/ISSUE_TEMPLATE/bug.md", "conforms", "drift"),
        ("issue_template.md", "conforms", "drift"),
        ("docs/ISSUE_TEMPLATE.md", "conforms", "drift"),
        // What configures the choice is no choice, and other places are passed over.
        (".github/ISSUE_TEMPLATE/config.yml", "drift", "drift"),
        (".github/ISSUE_TEMPLATE/bug.txt", "drift", "drift"),
        ("templates/ISSUE_TEMPLATE.md", "drift", "drift"),
        ("ISSUE_TEMPLATE/bug.md", "drift", "drift"),
        (".gitlab/issue_templates/bug.md", "drift", "drift"),
        (".github/pull_request_template.md", "drift", "conforms"),
        ("PULL_REQUEST_TEMPLATE.txt", "drift", "conforms"),
        ("docs/PULL_REQUEST_TEMPLATE/change.md", "drift", "conforms"),
        (".github/PULL_REQUEST_TEMPLATE/change.yml", "drift", "drift"),
        ("pull_requests/PULL_REQUEST_TEMPLATE.md", "drift", "drift"),
        // The folder is there, in a spelling by which its files were not asked for.
        (".github/issue_template/bug.md", "unknown", "drift"),
    ] {
        assert_eq!(on_github(&[path], None), [issues, changes], "{path}");
    }
}

#[test]
fn what_the_organization_gives_counts_where_it_is_given() {
    const BOTH: &[&str] = &[".github/ISSUE_TEMPLATE/bug.yml", ".github/PULL_REQUEST_TEMPLATE.md"];
    let public = |own: &[&str]| on_github(own, Some(("public", BOTH)));
    assert_eq!(public(&[]), ["conforms", "conforms"]);
    // A folder of its own sets those of the organization aside, whatever is in it.
    assert_eq!(public(&[".github/ISSUE_TEMPLATE/config.yml"]), ["drift", "conforms"]);
    assert_eq!(public(&[".github/ISSUE_TEMPLATE/own.md"]), ["conforms", "conforms"]);
    for (visibility, paths) in [
        ("private", BOTH),
        ("internal", BOTH),
        ("public", &["templates/ISSUE_TEMPLATE.md", ".github/ISSUE_TEMPLATE/config.yml"]),
        ("public", &[]),
    ] {
        assert_eq!(on_github(&[], Some((visibility, paths))), ["drift", "drift"], "{visibility} {paths:?}");
    }
    assert_eq!(on_github(&[], Some(("public", &["issue_template.md"]))), ["conforms", "drift"]);
}

#[test]
fn gitlab_looks_in_two_folders() {
    const PROJECT: &str = "acme/team-1/service-0001";
    let policy = format!(
        "version = 1\n[[forge]]\nname = \"gl\"\nkind = \"gitlab\"\ngroups = [\"acme\"]\n{}",
        ASKED.trim_start_matches("version = 1\n")
    );
    for (path, issues, changes) in [
        ("README.md", "drift", "drift"),
        (".gitlab/issue_templates/bug.md", "conforms", "drift"),
        (".gitlab/merge_request_templates/Default.md", "drift", "conforms"),
        (".gitlab/issue_templates/.gitkeep", "drift", "drift"),
        (".gitlab/issue_templates/bug.yml", "drift", "drift"),
        (".github/ISSUE_TEMPLATE/bug.md", "drift", "drift"),
        ("ISSUE_TEMPLATE.md", "drift", "drift"),
    ] {
        let mut world = crate::sim::gitlab::World::conforming("acme", 1);
        let files = &mut world.project_mut(PROJECT).files;
        files.retain(|path, _| !path.contains("template"));
        files.insert(path.into(), "What is it?\n".into());
        let report = Server::of(world).report(&policy);
        assert_eq!(verdicts(&report.0, &format!("gl:{PROJECT}")), [issues, changes], "{path}");
    }
}

/// A group may offer the templates of one of its projects to all: what is in there is not looked at. Which project that
/// is takes a request for each group, and is read where the policy asks for it.
#[test]
fn what_a_group_offers_is_not_told_to_be_missing() {
    const PROJECT: &str = "acme/team-1/service-0001";
    let mut world = crate::sim::gitlab::World::conforming("acme", 1);
    world.project_mut(PROJECT).files.retain(|path, _| !path.contains("template"));
    world.group_mut("acme").set("file_template_project_id", 7);
    let policy = "version = 1\n[[forge]]\nname = \"gl\"\nkind = \"gitlab\"\ngroups = [\"acme\"]\n";
    let asked = ASKED.trim_start_matches("version = 1\n");
    let offered = "[organization]\nfile_template_project_id = { absent = false }\n";
    let report = Server::of(world).report(&format!("{policy}{asked}{offered}"));
    assert_eq!(verdicts(&report.0, &format!("gl:{PROJECT}")), ["unknown", "unknown"]);
}

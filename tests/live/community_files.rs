//! What the files for newcomers say, read from both forges in bulk. Each test changes one file.

use crate::forge::Forge;
use crate::gitlab::Server;
use crate::run::{Desk, Report};
use crate::sim::World;

const ASKED: &str = r#"version = 1
[repository]
agent_instructions = true
codeowners_people = { exactly = [] }
contact = true
contributing_topics = { contains = ["propose", "review"] }
readme_topics = { contains = ["begin", "contribute"] }
"#;

const README: &str = "# Service\n\n## Getting started\n\nRun it.\n\n## Contributing\n\n## Contact\n";
const CONTRIBUTING: &str = "# How\n\nFork it, or work on a branch. The team reviews within two days.\n";

/// A file, what stands in it instead (`None`: it is not there), and what is then said of which setting.
const CHANGES: [(&str, Option<&str>, &str, &str); 11] = [
    ("AGENTS.md", None, "repository.agent_instructions", "drift"),
    ("CODEOWNERS", Some("* @acme/core eve@acme.example\n"), "repository.codeowners_people", "drift"),
    ("CODEOWNERS", None, "repository.codeowners_people", "conforms"),
    ("README.md", Some("# Service\n\n## Contributing\n\n## Contact\n"), "repository.readme_topics", "drift"),
    (
        "README.md",
        Some("# Service\n\n## Getting started\n\n## Contributing\n"),
        "repository.contact",
        "drift",
    ),
    ("CONTRIBUTING.md", Some("Fork it.\n"), "repository.contributing_topics", "drift"),
    ("CONTRIBUTING.md", Some("We review.\n"), "repository.contributing_topics", "drift"),
    ("SUPPORT.md", Some("Ask in #widgets.\n"), "repository.contact", "conforms"),
    ("README.md", Some(README), "repository.readme_topics", "conforms"),
    ("CONTRIBUTING.md", Some(CONTRIBUTING), "repository.contributing_topics", "conforms"),
    ("AGENTS.md", Some("Run `make`.\n"), "repository.agent_instructions", "conforms"),
];

const FILES: [(&str, &str); 4] = [
    ("AGENTS.md", "Run `make`.\n"),
    ("CODEOWNERS", "* @acme/core\n"),
    ("CONTRIBUTING.md", CONTRIBUTING),
    ("README.md", README),
];

#[track_caller]
fn is(report: &Report, subject: &str, setting: &str, wanted: &str, changed: &str) {
    let found = report.findings().find(|f| f["subject"] == subject && f["setting"] == setting);
    let found = found.unwrap_or_else(|| panic!("{setting}: {:#}", report.0));
    assert_eq!(found["verdict"], wanted, "{changed}: {found:#}");
}

fn on_github(change: impl FnOnce(&mut World)) -> Report {
    let mut world = World::conforming("acme", 1);
    let files = world.repository_mut("service-0001").files_mut();
    files.retain(|path, _| !path.contains("CODEOWNERS"));
    for (path, text) in FILES {
        files.insert(path.into(), text.into());
    }
    change(&mut world);
    let forge = Forge::of(world);
    let desk = Desk::before(&forge.url(), ASKED);
    desk.run(&["audit", ".", "--github", "acme", "--format", "json", "--all"]).json()
}

#[test]
fn what_files_say_is_read_on_github() {
    let subject = "github:acme/service-0001";
    for (path, text, setting, verdict) in CHANGES {
        let report = on_github(|world| {
            let files = world.repository_mut("service-0001").files_mut();
            files.remove(path);
            if let Some(text) = text {
                files.insert(path.into(), text.into());
            }
        });
        is(&report, subject, setting, verdict, path);
        let others = report.findings().filter(|f| f["verdict"] != "conforms" && f["setting"] != setting);
        assert_eq!(others.count(), 0, "{path}: {:#}", report.0);
    }
}

/// The folder shows it, and its text would have to be asked for by just that name.
#[test]
fn a_readme_in_another_spelling_is_unknown_on_github() {
    let report = on_github(|world| {
        let files = world.repository_mut("service-0001").files_mut();
        let text = files.remove("README.md").unwrap();
        files.insert("Readme.md".into(), text);
    });
    is(&report, "github:acme/service-0001", "repository.readme_topics", "unknown", "Readme.md");
}

const PROJECT: &str = "acme/team-1/service-0001";

fn on_gitlab(change: impl FnOnce(&mut crate::sim::gitlab::World)) -> Report {
    let mut world = crate::sim::gitlab::World::conforming("acme", 1);
    let files = &mut world.project_mut(PROJECT).files;
    files.retain(|path, _| !path.contains("CODEOWNERS"));
    for (path, text) in FILES {
        files.insert(path.into(), text.into());
    }
    change(&mut world);
    let forge = "[[forge]]\nname = \"gl\"\nkind = \"gitlab\"\ngroups = [\"acme\"]\n[repository]";
    Server::of(world).report(&ASKED.replace("[repository]", forge))
}

#[test]
fn what_files_say_is_read_on_gitlab() {
    let subject = format!("gl:{PROJECT}");
    for (path, text, setting, verdict) in CHANGES {
        let report = on_gitlab(|world| {
            let files = &mut world.project_mut(PROJECT).files;
            files.remove(path);
            if let Some(text) = text {
                files.insert(path.into(), text.into());
            }
        });
        is(&report, &subject, setting, verdict, path);
    }
    let report = on_gitlab(|world| {
        world.project_mut(PROJECT).files.insert("CODEOWNERS".into(), "* @acme\n".into());
    });
    is(&report, &subject, "repository.codeowners_people", "unknown", "a name that may be a group's");
}

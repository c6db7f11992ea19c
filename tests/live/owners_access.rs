//! Whom CODEOWNERS names can approve, or is told: people and teams that are gone, and those without the right to write.

use serde_json::{Value, json};

use crate::forge::Forge;
use crate::gitlab::Server;
use crate::run::Desk;
use crate::sim::World;

const LINE: &str = "codeowners_without_access = { exactly = [] }\n";

fn told(report: &Value, subject: &str) -> (String, Value) {
    let findings = report["findings"].as_array().unwrap();
    let of = |f: &&Value| f["subject"] == subject && f["setting"] == "repository.codeowners_without_access";
    let found = findings.iter().find(of).unwrap_or_else(|| panic!("{report:#}"));
    (found["verdict"].as_str().unwrap().to_owned(), found["observed"]["known"].clone())
}

fn on_github(text: Option<&str>) -> (String, Value) {
    let mut world = World::conforming("acme", 1);
    let files = world.repository_mut("service-0001").files_mut();
    files.retain(|path, _| !path.contains("CODEOWNERS"));
    if let Some(text) = text {
        files.insert(".github/CODEOWNERS".into(), text.into());
    }
    let forge = Forge::of(world);
    let desk = Desk::before(&forge.url(), &format!("version = 1\n[repository]\n{LINE}"));
    let report = desk.run(&["audit", ".", "--github", "acme", "--format", "json", "--all"]).json();
    told(&report.0, "github:acme/service-0001")
}

#[test]
fn github_says_who_cannot_approve() {
    assert_eq!(on_github(Some("* @acme/platform\n")), ("conforms".into(), json!([])));
    assert_eq!(on_github(None), ("conforms".into(), json!([])), "nobody is named");
    let (verdict, names) = on_github(Some("* @acme/platform\n/docs/ @acme/dissolved\n"));
    assert_eq!((&*verdict, &names), ("drift", &json!(["@acme/dissolved"])));
}

const PROJECT: &str = "acme/team-1/service-0001";

fn on_gitlab(owners: &str, change: impl FnOnce(&mut crate::sim::gitlab::World)) -> (String, Value) {
    let mut world = crate::sim::gitlab::World::conforming("acme", 1);
    let project = world.project_mut(PROJECT);
    project.files.retain(|path, _| !path.contains("CODEOWNERS"));
    project.member("ann", 30).member("rob", 20).file("CODEOWNERS", &format!("* {owners}\n"));
    change(&mut world);
    let forge = "[[forge]]\nname = \"gl\"\nkind = \"gitlab\"\ngroups = [\"acme\"]\n";
    let report = Server::of(world).report(&format!("version = 1\n{forge}[repository]\n{LINE}"));
    told(&report.0, &format!("gl:{PROJECT}"))
}

#[test]
fn on_gitlab_owners_are_held_against_the_members() {
    let plain = |owners: &str| on_gitlab(owners, |_| {});
    assert_eq!(plain("@ann @acme/team-1 @acme @@maintainer"), ("conforms".into(), json!([])));
    assert_eq!(plain("@ann @gone"), ("drift".into(), json!(["@gone"])));
    assert_eq!(plain("@rob"), ("drift".into(), json!(["@rob"])), "who may only report cannot approve");
    assert_eq!(plain("ann@acme.example").0, "unknown", "addresses are not shown");
}

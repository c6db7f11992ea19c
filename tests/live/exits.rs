//! Exit codes, and what decides them.

use crate::forge::Forge;
use crate::run::Desk;
use crate::sim::World;

const WIKI: &str = "version = 1\n[repository]\nhas_wiki = { equals = false, severity = \"medium\" }\n";
const COLLABORATORS: &str = "version = 1\n[repository]\ncollaborators = { exactly = {} }\n";

/// One repository drifts.
fn drifting() -> Forge {
    let mut world = World::conforming("acme", 3);
    world.repository_mut("service-0002").set("has_wiki", true);
    Forge::of(world)
}

/// Of one repository something is unknown.
fn hidden() -> Forge {
    let mut world = World::conforming("acme", 3);
    world.repository_mut("service-0002").forbid(&["collaborators"]);
    Forge::of(world)
}

#[test]
fn as_wanted_error_drift_unknown() {
    let conforming = Forge::of(World::conforming("acme", 3));
    conforming.audit(WIKI, &[]).ended(0);
    conforming
        .audit("version = 1\n[repository]\nhas_wikki = false\n", &[])
        .ended(1)
        .says("did you mean `has_wiki`?");
    drifting().audit(WIKI, &[]).ended(2);
    hidden().audit(COLLABORATORS, &[]).ended(3);
    assert_eq!(conforming.stats().total, 2, "a policy that cannot be read is read before any forge");
}

#[test]
fn drift_comes_before_what_is_unknown() {
    let mut world = World::conforming("acme", 3);
    world.repository_mut("service-0001").set("has_wiki", true);
    world.repository_mut("service-0002").forbid(&["collaborators"]);
    let both = format!("{WIKI}collaborators = {{ exactly = {{}} }}\n");
    Forge::of(world).audit(&both, &[]).ended(2);
}

#[test]
fn fail_on_says_what_counts() {
    let (drifting, hidden) = (drifting(), hidden());
    for (list, of_drift, of_unknown) in [
        ("drift", 2, 0),
        ("unknown", 0, 3),
        ("drift,unknown", 2, 3),
        ("low", 2, 0),
        ("medium", 2, 0),
        ("high", 0, 0),
        ("critical,unknown", 0, 3),
        ("expired", 0, 0),
        ("never", 0, 0),
    ] {
        drifting.audit(WIKI, &["--fail-on", list]).ended(of_drift);
        hidden.audit(COLLABORATORS, &["--fail-on", list]).ended(of_unknown);
    }
    drifting.audit(WIKI, &["--fail-on", "sometimes"]).ended(1).says("write drift, unknown, expired");
}

#[test]
fn a_waiver_holds_until_its_last_day() {
    let policy = format!(
        "{WIKI}[[waiver]]\nsubject = \"acme/service-0002\"\nsettings = [\"repository.has_wiki\"]\nowner = \"@acme/platform\"\n\
         reason = \"moves to docs\"\nexpires = 2027-03-31\n"
    );
    let forge = drifting();
    forge
        .audit(&policy, &["--today", "2027-03-31"])
        .ended(0)
        .says("waived by @acme/platform until 2027-03-31");
    let late = forge.audit(&policy, &["--today", "2027-04-01", "--fail-on", "expired"]).ended(2);
    late.says("EXPIRED on 2027-03-31");
}

#[test]
fn only_narrows_what_is_judged() {
    let mut world = World::conforming("acme", 4);
    world.repository_mut("service-0002").set("has_wiki", true);
    world.repository_mut("service-0003").topics(&["experiment"]);
    let forge = Forge::of(world);
    let subjects = |only: &str| {
        let run = forge.audit(WIKI, &["--format", "json", "--all", "--only", only]);
        (run.code, run.json().count("subjects"))
    };
    assert_eq!(subjects("service-0002"), (2, 1));
    assert_eq!(subjects("acme/service-000?"), (2, 4));
    assert_eq!(subjects("topics = \"experiment\""), (0, 1));
    assert_eq!(subjects("not = { topics = \"experiment\" }"), (2, 3));
    forge.audit(WIKI, &["--only", "topic = \"experiment\""]).ended(1).says("topics");
}

#[test]
fn all_names_everything() {
    let forge = Forge::of(World::conforming("acme", 9));
    let plain = forge.audit(WIKI, &[]).ended(0);
    assert!(!plain.out.contains("service-0001"), "{}", plain.out);
    let all = forge.audit(WIKI, &["--all"]).ended(0);
    for number in 1..=9 {
        all.says(&format!("service-000{number}"));
    }
}

#[test]
fn nothing_to_read_is_an_error() {
    Desk::new(WIKI).run(&["audit", "policy.toml"]).ended(1).says("this policy names no forge to read");
    Desk::new(WIKI).run(&["audit", "elsewhere"]).ended(1).says("cannot be read");
    Desk::new(WIKI).run(&["audit", "--colour"]).ended(1);
}

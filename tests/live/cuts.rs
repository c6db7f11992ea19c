//! Lists longer than a page: read whole or not judged at all.

use crate::forge::Forge;
use crate::run::Report;
use crate::sim::world::{Protection, Ruleset};
use crate::sim::{Options, World};

const POLICY: &str = r#"version = 1
[repository]
topics = { contains = ["topic-39"] }
[repository.label."label-59"]
color = "ffffff"
[repository.branch."~default"]
required_approvals = { at_least = 2 }
[repository.branch."release/14"]
protected = true
"#;

/// Lists of a repository whose last items are the ones that matter.
fn long(world: &mut World, name: &str, topics: usize, rulesets: usize, rules: usize, labels: usize) {
    let repository = world.repository_mut(name);
    repository.topics = (0..topics).map(|n| format!("topic-{n:02}")).collect();
    repository.rulesets.clear();
    repository.protections.clear();
    for n in 1..rulesets {
        repository.ruleset(
            Ruleset::named(&format!("ruleset-{n:02}")).refs(&["refs/heads/other"], &[]).rule("deletion"),
        );
    }
    repository.ruleset(Ruleset::named("the last one").refs(&["~DEFAULT_BRANCH"], &[]).pull_request(2));
    for n in 0..rules {
        repository.protect(Protection::on(&format!("release/{n}")).approvals(1));
    }
    repository.labels.clear();
    for n in 0..labels {
        repository.label(&format!("label-{n:02}"), "ffffff", "One of many");
    }
}

fn conforming(repositories: usize) -> World {
    let mut world = World::conforming("acme", repositories);
    for n in 1..=repositories {
        let repository = world.repository_mut(&format!("service-{n:04}"));
        repository.topics(&["topic-39"]).label("label-59", "ffffff", "Only here");
        repository.protect(Protection::on("release/14").approvals(1));
    }
    world
}

#[test]
fn one_repository_with_long_lists_is_read_again_alone() {
    let mut world = conforming(5);
    let whole = Forge::of(world.clone());
    assert_eq!(policy(&whole).count("drift") + policy(&whole).count("unknown"), 0);
    whole.forget();
    policy(&whole);
    let before = whole.stats().graphql;
    long(&mut world, "service-0003", 40, 12, 15, 60);
    let forge = Forge::of(world);
    let report = policy(&forge);
    assert_eq!((report.count("drift"), report.count("unknown")), (0, 0), "{:#}", report.0);
    assert_eq!(
        report.of("acme/service-0003", "branch.required_approvals")["sources"][0],
        "ruleset \"the last one\""
    );
    assert_eq!(forge.stats().graphql, before + 1, "one more request, for that one repository");
}

fn policy(forge: &Forge) -> Report {
    forge.report(POLICY)
}

#[test]
fn many_repositories_with_long_lists_are_read_again_some_at_a_time() {
    let mut world = conforming(30);
    for n in 1..=30 {
        long(&mut world, &format!("service-{n:04}"), 40, 12, 15, 60);
    }
    // A server so weak that even what is read again must be divided.
    for max_weight in [120_000, 12_000] {
        let forge = Forge::with(world.clone(), Options { max_weight, ..Options::default() });
        let report = policy(&forge);
        assert_eq!((report.count("drift"), report.count("unknown")), (0, 0), "{:#}", report.0["summary"]);
        eprintln!("30 repositories with long lists, weight {max_weight}: {} requests", forge.stats().total);
    }
}

#[test]
fn what_is_longer_than_any_page_is_read_to_its_end() {
    let mut world = conforming(3);
    long(&mut world, "service-0001", 40, 12, 15, 130);
    let repository = world.repository_mut("service-0001");
    repository.labels.retain(|label| label.name != "label-59");
    let repository = world.repository_mut("service-0002");
    for n in 0..220 {
        repository
            .ruleset(Ruleset::named(&format!("more-{n:03}")).refs(&["~DEFAULT_BRANCH"], &[]).pull_request(1));
    }
    repository.ruleset(Ruleset::named("the very last").refs(&["~DEFAULT_BRANCH"], &[]).pull_request(4));
    let forge = Forge::of(world);
    let report = policy(&forge);
    // Of 129 labels the wanted one is not there; of 220 rules none is missed.
    assert_eq!((report.count("drift"), report.count("unknown")), (1, 0), "{:#}", report.0);
    assert_eq!(report.verdict("acme/service-0001", "label.color"), "drift");
    let strict = "version = 1\n[repository.branch.\"~default\"]\nrequired_approvals = { at_least = 4 }\n";
    assert_eq!(forge.report(strict).verdict("acme/service-0002", "branch.required_approvals"), "conforms");
}

#[test]
fn a_large_organizations_members_are_all_there() {
    let mut world = World::conforming("acme", 1);
    let members = &mut world.organizations["acme"].members;
    let role = *members.values().next().unwrap();
    for n in 0..250 {
        members.insert(format!("person-{n:03}"), role);
    }
    let count = members.len();
    let forge = Forge::of(world);
    let ask = |count: usize| {
        format!(
            "version = 1\n[organization]\nmembers = {{ count = {{ at_least = {count}, at_most = {count} }} }}\n"
        )
    };
    forge.audit(&ask(count), &[]).ended(0);
    forge.audit(&ask(100), &[]).ended(2);
}

#[test]
fn a_hundred_of_each_is_still_whole() {
    let mut world = conforming(2);
    long(&mut world, "service-0002", 100, 1, 100, 100);
    let report = policy(&Forge::of(world));
    assert_eq!((report.count("drift"), report.count("unknown")), (0, 0), "{:#}", report.0);
}

#[test]
fn everything_at_once_is_read_whole_too() {
    let mut world = conforming(2);
    long(&mut world, "service-0002", 40, 1, 15, 1);
    let forge = Forge::of(world);
    let desk = crate::run::Desk::before(
        &forge.url(),
        "version = 1\n[repository]\ntopics = { contains = [\"topic-39\"] }\n",
    );
    forge
        .at(&desk, &["snapshot", "policy.toml", "--github", "acme", "--everything", "--out", "all.jsonl"])
        .ended(0);
    desk.run(&["audit", "policy.toml", "--snapshot", "all.jsonl"]).ended(0);
}

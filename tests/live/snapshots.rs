//! What was read is kept, and says the same again; and what one setting is explained to be.

use crate::forge::Forge;
use crate::front::Front;
use crate::policies::{STRICT, line};
use crate::run::Desk;
use crate::sim::World;
use crate::sim::world::Ruleset;

/// Snapshot, then audit of it: the same findings as of the live organization.
fn same_again(world: World, more: &[&str]) {
    // Items that are asked for by key are endless: everything is everything but them.
    let by_key = "[repository.file.\"CONTRIBUTING.md\"]\npresent = true\n";
    let policy = if more.is_empty() { STRICT.to_owned() } else { STRICT.replace(by_key, "") };
    let forge = Forge::of(world);
    let desk = Desk::before(&forge.url(), &policy);
    let live = forge.at(&desk, &["audit", "policy.toml", "--github", "acme", "--format", "json", "--all"]);
    let taken = [&["snapshot", "policy.toml", "--github", "acme", "--out", "kept.jsonl"], more].concat();
    forge.at(&desk, &taken);
    let asked = forge.stats().total;
    let offline = Desk::new(&policy);
    std::fs::copy(desk.path("kept.jsonl"), offline.path("kept.jsonl")).unwrap();
    let kept =
        offline.run(&["audit", "policy.toml", "--snapshot", "kept.jsonl", "--format", "json", "--all"]);
    assert_eq!(kept.code, live.code, "{}", kept.err);
    let (live, kept) = (live.json().without_requests(), kept.json().without_requests());
    for (was, is) in live.findings().zip(kept.findings()) {
        assert_eq!(was, is);
    }
    assert_eq!(live, kept);
    assert_eq!(forge.stats().total, asked, "a snapshot is judged without asking anybody");
}

#[test]
fn a_conforming_organization_is_kept() {
    same_again(World::conforming("acme", 3), &[]);
    same_again(World::conforming("acme", 3), &["--everything"]);
}

#[test]
fn an_organization_of_every_sort_is_kept() {
    same_again(World::synthetic("acme", 60, 3), &[]);
    same_again(World::synthetic("acme", 60, 3), &["--everything"]);
}

#[test]
fn what_was_unknown_stays_unknown_for_the_same_reason() {
    let mut world = World::conforming("acme", 4);
    world.repository_mut("service-0001").forbid(&["collaborators"]);
    world.repository_mut("service-0002").forbid(&["branchProtectionRules"]);
    world.repository_mut("service-0003").hide_bypass();
    world.repository_mut("service-0004").unstate("security_and_analysis");
    same_again(world, &[]);
}

#[test]
fn a_snapshot_is_whole_or_not_there() {
    let forge = Forge::of(World::conforming("acme", 2));
    let desk = Desk::before(&forge.url(), STRICT);
    let run =
        forge.at(&desk, &["snapshot", "policy.toml", "--github", "acme", "--out", "kept.jsonl"]).ended(0);
    run.says("kept.jsonl: 3 subjects");
    let mut names: Vec<_> = std::fs::read_dir(desk.folder.path())
        .unwrap()
        .map(|e| e.unwrap().file_name().into_string().unwrap())
        .collect();
    names.sort();
    assert_eq!(names, ["kept.jsonl", "policy.toml"]);
    let text = std::fs::read_to_string(desk.path("kept.jsonl")).unwrap();
    for line in text.lines() {
        serde_json::from_str::<serde_json::Value>(line).unwrap();
    }
    assert!(!text.contains(crate::run::TOKEN));
    forge
        .at(&desk, &["snapshot", "policy.toml", "--github", "acme", "--out", "no/such/folder.jsonl"])
        .ended(1);
}

/// Whoever judges the file later must hear what whoever took it heard.
#[test]
fn a_snapshot_remembers_what_was_not_read() {
    let forge = Forge::of(World::conforming("acme", 250));
    let front = Front::before(&forge, |arrived| {
        let further = arrived.body.contains("\"after\":\"") && arrived.body.contains("\"first\"");
        further.then(|| (403, vec![], serde_json::json!({"message": "Not any more"})))
    });
    let desk = Desk::before(front.url(), STRICT);
    desk.run(&["snapshot", "policy.toml", "--github", "acme", "--out", "kept.jsonl"])
        .ended(3)
        .says("was not read");
    desk.run(&["audit", "policy.toml", "--snapshot", "kept.jsonl"]).ended(3).says("github:acme was not read");
}

#[test]
fn everything_includes_what_the_policy_asks_by_key() {
    let forge = Forge::of(World::conforming("acme", 2));
    let desk = Desk::before(&forge.url(), STRICT);
    forge
        .at(&desk, &["snapshot", "policy.toml", "--github", "acme", "--everything", "--out", "kept.jsonl"])
        .ended(0);
    desk.run(&["audit", "policy.toml", "--snapshot", "kept.jsonl"]).ended(0);
}

#[test]
fn explain_names_the_layer_the_line_and_the_rule() {
    let policy = format!(
        "{STRICT}\n[profile.service]\nselect = {{ topics = [\"service\"] }}\n[profile.service.repository]\n\
         has_wiki = {{ equals = true, why = \"runbooks live there\" }}\n"
    );
    let forge = Forge::of(World::conforming("acme", 2));
    let desk = Desk::before(&forge.url(), &policy);
    let explain = |setting: &str| {
        let run =
            forge.at(&desk, &["explain", "acme/service-0002", setting, "policy.toml", "--github", "acme"]);
        run.ended(0)
    };
    let lines = STRICT.lines().count();
    explain("repository.has_wiki")
        .says("github:acme/service-0002")
        .says("profiles service")
        .says(&format!("by policy.toml:{} (profile service)", lines + 5))
        .says("because runbooks live there")
        .says(&format!("over false, by policy.toml:{}", line("has_wiki")))
        .says("observed false")
        .says("verdict drift");
    explain("branch[~default].required_approvals")
        .says("at least 2")
        .says("observed 2")
        .says("from branch protection rule \"main\"")
        .says("from ruleset \"base\"")
        .says("verdict conforms");
    explain("repository.homepage").says("no line of the policy asks for repository.homepage here");
    let wrong = forge
        .at(&desk, &["explain", "acme/nowhere", "repository.has_wiki", "policy.toml", "--github", "acme"]);
    wrong.ended(1).says("no subject is named `acme/nowhere`");
}

#[test]
fn a_rule_of_the_organization_is_named_as_its_own() {
    let mut world = World::conforming("acme", 2);
    let repository = world.repository_mut("service-0002");
    repository.rulesets.clear();
    repository.protections.clear();
    world.organization_mut("acme").add_ruleset(
        Ruleset::named("house rule")
            .refs(&["~DEFAULT_BRANCH"], &[])
            .condition(
                "repository_name",
                serde_json::json!({"include": ["~ALL"], "exclude": [], "protected": false}),
            )
            .pull_request(2),
    );
    let forge = Forge::of(world.clone());
    let desk = Desk::before(&forge.url(), STRICT);
    let from = [
        "explain",
        "acme/service-0002",
        "branch[~default].required_approvals",
        "policy.toml",
        "--github",
        "acme",
    ];
    forge.at(&desk, &from).ended(0).says("from organization ruleset \"house rule\"").says("verdict conforms");
    same_again(world, &[]);
}

//! A plausible organization of any size, the same for the same seed.

use serde_json::json;

use super::random::Random;
use crate::sim::world::{OrganizationRole, Protection, Repository, Role, Ruleset, TeamRole, World};

const TEAMS: [&str; 12] = [
    "everyone",
    "platform",
    "payments",
    "search",
    "mobile",
    "web",
    "data",
    "security",
    "release managers",
    "design systems",
    "observability",
    "developer experience",
];
const TOPICS: [&str; 8] =
    ["innersource", "docs", "regulated", "service", "library", "rust", "java", "deprecated"];
const LANGUAGES: [&str; 5] = ["Rust", "Java", "TypeScript", "Python", "Go"];
const PEOPLE: u64 = 60;

impl World {
    /// Repositories `service-0001`... with all the variety that an audit has to cope with.
    pub fn synthetic(login: &str, repositories: usize, seed: u64) -> Self {
        let mut random = Random::new(seed);
        let mut world = Self::conforming(login, 0);
        let organization = world.organization_mut(login);
        organization.teams.clear();
        for number in 1..=PEOPLE {
            organization.member(&person(number), OrganizationRole::Member);
        }
        for number in 1..=repositories {
            vary(organization.add_repository(&format!("service-{number:04}")), login, &mut random);
        }
        let names: Vec<String> = organization.repositories.keys().cloned().collect();
        for (at, name) in TEAMS.into_iter().enumerate() {
            let team = organization.add_team(name);
            team.description = Some(format!("The {name} team"));
            for _ in 0..3 + random.below(8) {
                let role = if random.percent(15) { TeamRole::Maintainer } else { TeamRole::Member };
                team.member(&person(1 + random.below(PEOPLE)), role);
            }
            if at > 8 {
                team.parent = Some("platform".to_owned());
            }
            let (reach, role) = if at == 0 {
                (95, Role::Pull)
            } else {
                (12, random.pick(Role::Push, &[Role::Maintain, Role::Admin, Role::Triage]))
            };
            for repository in &names {
                if random.percent(reach) {
                    team.grant(repository, role);
                }
            }
        }
        organization.add_ruleset(
            Ruleset::named("restricted data")
                .refs(&["~DEFAULT_BRANCH"], &[])
                .condition("repository_property", restricted())
                .pull_request(2)
                .rule("non_fast_forward")
                .bypass("OrganizationAdmin", None, "pull_request"),
        );
        organization.add_ruleset(
            Ruleset::named("release tags")
                .target("tag")
                .refs(&["refs/tags/v*"], &[])
                .condition(
                    "repository_name",
                    json!({ "include": ["~ALL"], "exclude": [], "protected": false }),
                )
                .rule("deletion")
                .rule("update"),
        );
        world
    }
}

fn person(number: u64) -> String {
    format!("person-{number:03}")
}

fn restricted() -> serde_json::Value {
    json!({ "include": [{ "name": "data", "property_values": ["restricted"], "source": "custom" }], "exclude": [] })
}

fn vary(repository: &mut Repository, owner: &str, random: &mut Random) {
    flags(repository, random);
    facts(repository, random);
    if random.percent(30) {
        repository.rename_default_branch("master");
    }
    files(repository, owner, random);
    protections(repository, random);
    rulesets(repository, random);
    people(repository, random);
    if random.percent(8) {
        repository.set("archived", true);
    }
}

fn flags(repository: &mut Repository, random: &mut Random) {
    let visibility = random.pick("internal", &["internal", "private", "public"]);
    repository.set("visibility", visibility);
    for (flag, chance) in [
        ("fork", 4),
        ("is_template", 3),
        ("has_issues", 92),
        ("has_projects", 40),
        ("has_wiki", 50),
        ("has_discussions", 25),
        ("has_pages", 10),
        ("allow_forking", 70),
        ("web_commit_signoff_required", 35),
        ("allow_squash_merge", 90),
        ("allow_rebase_merge", 50),
        ("allow_auto_merge", 40),
        ("delete_branch_on_merge", 55),
        ("allow_update_branch", 45),
    ] {
        repository.set(flag, random.percent(chance));
    }
    for (feature, chance) in [
        ("secret_scanning", 70),
        ("secret_scanning_push_protection", 55),
        ("dependabot_security_updates", 60),
    ] {
        repository.security(feature, random.percent(chance));
    }
    repository.vulnerability_alerts = random.percent(75);
}

fn facts(repository: &mut Repository, random: &mut Random) {
    if random.percent(85) {
        let description = format!("The service {}", repository.name);
        repository.set("description", description);
    }
    repository.topics = TOPICS.into_iter().filter(|_| random.percent(25)).map(str::to_owned).collect();
    if random.percent(80) {
        repository.property("data", random.pick("internal", &["public", "internal", "restricted"]));
    }
    if random.percent(60) {
        let team = TEAMS[random.below(TEAMS.len() as u64) as usize];
        repository.property("team", team);
    }
    let language = LANGUAGES[random.below(LANGUAGES.len() as u64) as usize];
    let bytes = 1_000 + random.below(900_000);
    repository.set("language", language).set("size", bytes / 1_000).set("stargazers_count", random.below(40));
    repository.languages.insert(language.to_owned(), bytes);
}

fn files(repository: &mut Repository, owner: &str, random: &mut Random) {
    for (path, text, chance) in [
        ("README.md", "# A service\n\nHow to run it.\n", 95),
        ("CONTRIBUTING.md", "# Contributing\n\nOpen an issue first.\n", 75),
        ("CODE_OF_CONDUCT.md", "# Code of conduct\n", 40),
        ("SECURITY.md", "# Security\n", 45),
        ("LICENSE", "Apache License, Version 2.0\n", 60),
        (".github/dependabot.yml", "version: 2\nupdates: []\n", 50),
        (".github/workflows/ci.yml", "on: [push]\n", 80),
    ] {
        if random.percent(chance) {
            repository.file(path, text);
        }
    }
    if random.percent(70) {
        let path = random.pick(".github/CODEOWNERS", &["CODEOWNERS", "docs/CODEOWNERS"]);
        repository.file(path, &format!("* @{owner}/platform\n"));
    }
}

fn protections(repository: &mut Repository, random: &mut Random) {
    if random.percent(60) {
        let branch = repository.default_branch().to_owned();
        let mut rule = Protection::on(&branch).approvals(random.below(3));
        if random.percent(70) {
            rule = rule.check("ci");
        }
        rule.enforce_admins = random.percent(40);
        rule.allow_force_pushes = random.percent(10);
        rule.required_linear_history = random.percent(30);
        rule.required_signatures = random.percent(20);
        repository.protect(rule);
    }
    if random.percent(15) {
        repository.protect(Protection::on(random.pick("*", &["release/*", "ma*"])).approvals(1));
    }
}

fn rulesets(repository: &mut Repository, random: &mut Random) {
    if random.percent(25) {
        let enforcement = random.pick("active", &["active", "evaluate", "disabled"]);
        let ruleset = Ruleset::named("base").enforcement(enforcement).refs(&["~DEFAULT_BRANCH"], &[]);
        let ruleset = ruleset.pull_request(1 + random.below(2)).rule("deletion").rule("non_fast_forward");
        repository.ruleset(if random.percent(30) {
            ruleset.bypass("RepositoryRole", Some(5), "always")
        } else {
            ruleset
        });
    }
}

fn people(repository: &mut Repository, random: &mut Random) {
    for (name, color, chance) in [
        ("bug", "d73a4a", 90),
        ("enhancement", "a2eeef", 80),
        ("good first issue", "7057ff", 55),
        ("help wanted", "008672", 45),
    ] {
        if random.percent(chance) {
            repository.label(name, color, &format!("Marks {name}"));
        }
    }
    if random.percent(20) {
        let role = random.pick(Role::Push, &[Role::Admin, Role::Pull]);
        repository.collaborator(&person(1 + random.below(PEOPLE)), role);
    }
    if random.percent(15) {
        repository.environment("production", Some(30), &["ann"]);
    }
    if random.percent(6) {
        repository.deploy_key("deployment", random.percent(50));
    }
}

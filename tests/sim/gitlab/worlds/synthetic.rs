//! A plausible group of any size, the same for the same seed.

use serde_json::json;

use crate::sim::gitlab::world::{Holder, World};
use crate::sim::worlds::Random;

impl World {
    /// Projects `service-0001`... in subgroups, with all the variety that an audit has to cope with.
    pub fn synthetic(group: &str, projects: usize, seed: u64) -> Self {
        let mut random = Random::new(seed);
        let mut world = Self::conforming(group, projects);
        for project in world.projects.values_mut() {
            vary(project, &mut random);
        }
        for subgroup in world.groups.values_mut() {
            if random.percent(20) {
                subgroup.set("request_access_enabled", false);
            }
            if subgroup.parent().is_some() && random.percent(30) {
                subgroup.member(&person(&mut random), 40);
            }
        }
        world
    }
}

fn person(random: &mut Random) -> String {
    format!("person-{:03}", 1 + random.below(60))
}

fn vary(project: &mut Holder, random: &mut Random) {
    let visibility = random.pick("internal", &["internal", "private", "public"]);
    let merge = random.pick("merge", &["rebase_merge", "ff"]);
    let squash = random.pick("default_off", &["default_on", "always", "never"]);
    project.set("visibility", visibility).set("merge_method", merge).set("squash_option", squash);
    for (level, chance) in
        [("wiki_access_level", 50), ("issues_access_level", 90), ("snippets_access_level", 30)]
    {
        project.set(level, if random.percent(chance) { "enabled" } else { "disabled" });
    }
    for (flag, chance) in [
        ("archived", 8),
        ("only_allow_merge_if_pipeline_succeeds", 60),
        ("only_allow_merge_if_all_discussions_are_resolved", 50),
        ("remove_source_branch_after_merge", 70),
        ("request_access_enabled", 60),
        ("shared_runners_enabled", 80),
    ] {
        project.set(flag, random.percent(chance));
    }
    for (path, chance) in
        [("CONTRIBUTING.md", 25), ("CODEOWNERS", 30), ("SECURITY.md", 55), ("LICENSE", 40), ("README.md", 5)]
    {
        if random.percent(chance) {
            project.files.remove(path);
        }
    }
    if random.percent(30) {
        project.set("default_branch", "master");
    }
    protect(project, random);
    if random.percent(20) {
        let (name, level) = (person(random), random.pick(30, &[20, 40, 50]));
        project.member(&name, level);
    }
    if random.percent(30) {
        let masked = random.percent(60);
        project.add(
            "/variables",
            json!({ "key": "DEPLOY_TOKEN", "masked": masked, "protected": random.percent(50) }),
        );
    }
    if random.percent(25) {
        project
            .add("/hooks", json!({ "url": "https://ci.example.com/gitlab", "merge_requests_events": true }));
    }
    if random.percent(15) {
        project.add("/environments", json!({ "name": "production" }));
        project.add(
            "/protected_environments",
            json!({ "name": "production", "deploy_access_levels": [{ "access_level": 40 }] }),
        );
    }
    if random.percent(8) {
        project.add("/deploy_keys", json!({ "can_push": random.percent(50) }));
    }
}

fn protect(project: &mut Holder, random: &mut Random) {
    if random.percent(25) {
        project.document("/protected_branches", json!([]));
    } else {
        let branch = project.default_branch();
        let push = random.pick(40, &[0, 30]);
        project.document("/protected_branches", json!([{
            "name": branch, "allow_force_push": random.percent(10), "code_owner_approval_required": random.percent(40),
            "push_access_levels": [{ "access_level": push }], "merge_access_levels": [{ "access_level": 30 }],
        }]));
    }
    if random.percent(20) {
        project.add("/protected_branches", json!({ "name": "release/*" }));
    }
    if random.percent(40) {
        project.document(
            "/approval_rules",
            json!([{ "rule_type": "any_approver", "approvals_required": random.below(3) }]),
        );
    }
    if random.percent(35) {
        project.document("/push_rule", json!(null));
    }
}

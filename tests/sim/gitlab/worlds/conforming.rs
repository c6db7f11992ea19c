//! A world in which nothing is wrong, so that a test can say in one line what is.

use serde_json::json;

use crate::sim::gitlab::world::{Holder, World};

/// So many projects are in each subgroup.
pub const IN_SUBGROUP: usize = 25;

impl World {
    /// Group `group` with projects `service-0001`..., the first 25 in the subgroup `team-1` and so on,
    /// that all have what a strict and open policy would ask for:
    ///
    /// - internal, described, topics `innersource` and `service`; issues on, wiki and snippets off;
    /// - semi-linear merges, squash by default, source branches removed; pipelines must succeed,
    ///   discussions must be resolved, skipped pipelines do not count as success;
    /// - `main` protected: nobody pushes, developers merge, code owners must approve, no force push;
    ///   tags `v*` only by maintainers; two approvals from anybody eligible; authors and committers may
    ///   not approve, pushes reset approvals, nobody overrides the rules in a merge request;
    /// - the push rule signs, checks the member and prevents secrets;
    /// - README.md, CONTRIBUTING.md, CODE_OF_CONDUCT.md, SECURITY.md, LICENSE, CODEOWNERS and a pipeline;
    /// - secret push protection on; labels `good first issue` and `help wanted` in the group;
    /// - owners `ann` and `ben`, maintainer `cas`, developers `dee` and `eve` in the group; nobody is a
    ///   direct member of a project; two-factor authentication required;
    /// - an Ultimate server of version 18.6.
    pub fn conforming(group: &str, projects: usize) -> Self {
        let mut world = Self::empty();
        for number in 0..projects {
            let team = 1 + number / IN_SUBGROUP;
            let path = format!("{group}/team-{team}/service-{:04}", number + 1);
            conform(world.add_project(&path), group);
        }
        for group in world.groups.values_mut() {
            group.set("visibility", "internal").set("require_two_factor_authentication", true);
            group.set("description", "Builds services").set("request_access_enabled", true);
        }
        let top = world.add_group(group);
        top.set("visibility", "internal")
            .set("require_two_factor_authentication", true)
            .set("description", "Builds services");
        for (username, level) in [("ann", 50), ("ben", 50), ("cas", 40), ("dee", 30), ("eve", 30)] {
            top.member(username, level);
        }
        top.label("good first issue", "#7057ff", "Good for newcomers");
        top.label("help wanted", "#008672", "Extra attention is needed");
        world
    }
}

/// Gives one project the settings described at [`World::conforming`].
fn conform(project: &mut Holder, group: &str) {
    let description = format!("The service {}", project.name());
    project
        .set("description", description)
        .set("visibility", "internal")
        .set("wiki_access_level", "disabled")
        .set("snippets_access_level", "disabled")
        .set("merge_method", "rebase_merge")
        .set("squash_option", "default_on")
        .set("remove_source_branch_after_merge", true)
        .set("only_allow_merge_if_pipeline_succeeds", true)
        .set("allow_merge_on_skipped_pipeline", false)
        .set("only_allow_merge_if_all_discussions_are_resolved", true)
        .topics(&["innersource", "service"])
        .document("/languages", json!({ "Rust": 100.0 }))
        .document("/security_settings", json!({ "secret_push_protection_enabled": true }))
        .document("/push_rule", json!({ "reject_unsigned_commits": true, "member_check": true, "prevent_secrets": true }))
        .document("/approval_rules", json!([{
            "name": "All Members", "rule_type": "any_approver", "approvals_required": 2,
        }]))
        .document("/merge_request_approval_setting", json!({
            "allow_author_approval": false, "allow_committer_approval": false,
            "allow_overrides_to_approver_list_per_merge_request": false, "retain_approvals_on_push": false,
        }))
        .document("/protected_branches", json!([{
            "name": "main", "allow_force_push": false, "code_owner_approval_required": true,
            "push_access_levels": [{ "access_level": 0 }], "merge_access_levels": [{ "access_level": 30 }],
        }]))
        .document("/protected_tags", json!([{ "name": "v*", "create_access_levels": [{ "access_level": 40 }] }]));
    for (path, text) in [
        ("README.md", "# A service\n\nWhat it does, how to run it, and whom to ask.\n"),
        ("CONTRIBUTING.md", "# Contributing\n\nOpen an issue first; reviews take two working days.\n"),
        ("CODE_OF_CONDUCT.md", "# Contributor Covenant Code of Conduct\n"),
        ("SECURITY.md", "# Security\n\nReport privately; we answer within two working days.\n"),
        ("LICENSE", "Apache License, Version 2.0\n"),
        (".gitlab-ci.yml", "test:\n  script: cargo test\n"),
        ("src/main.rs", "fn main() {}\n"),
    ] {
        project.file(path, text);
    }
    project.file("CODEOWNERS", &format!("* @{group}/platform\n"));
}

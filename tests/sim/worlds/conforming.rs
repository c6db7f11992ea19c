//! A world in which nothing is wrong, so that a test can say in one line what is.

use serde_json::json;

use crate::sim::world::{
    Enterprise, OrganizationRole, Protection, Repository, Role, Ruleset, TeamRole, World,
};

const README: &str = "# A service\n\nWhat it does, how to run it, and whom to ask.\n";
const CONTRIBUTING: &str = "# Contributing\n\nOpen an issue first; reviews take two working days.\n";
const LICENSE: &str = "Apache License, Version 2.0\n";
const SECURITY: &str = "# Security\n\nReport privately; we answer within two working days.\n";
const CODE_OF_CONDUCT: &str = "# Contributor Covenant Code of Conduct\n";

impl World {
    /// Organization `login` with repositories `service-0001`... that all have what a strict and open
    /// policy would ask for:
    ///
    /// - internal, described, topics `innersource` and `service`, properties `data=internal` and
    ///   `team=platform`; issues and discussions on, wiki and projects off, forking allowed;
    /// - squash is the only merge, titled by the pull request; merged branches are deleted;
    /// - `main` asks for two approvals, one from a code owner, fresh after each push; for the check
    ///   `ci`, up to date; signed commits, linear history, resolved conversations, administrators
    ///   included; the active ruleset `base` asks the same and forbids deletion and force pushes;
    /// - README, CONTRIBUTING, CODE_OF_CONDUCT, SECURITY, LICENSE and `.github/CODEOWNERS`;
    /// - secret scanning, push protection and Dependabot on; vulnerability alerts on;
    /// - labels `good first issue` and `help wanted`; nobody has a direct grant;
    /// - the enterprise `LOGIN-group` above it, its plan GitHub's largest, with every licence;
    /// - owners `ann` and `ben`; team `platform` (maintainer `cas`, members `dee`, `eve`) may
    ///   maintain every repository, team `everyone` may read it; two-factor authentication required.
    pub fn conforming(login: &str, repositories: usize) -> Self {
        let mut world = Self::empty();
        world.enterprise = Some(Enterprise::named(&format!("{login}-group")));
        let organization = world.add_organization(login);
        organization
            .set("description", "Builds services")
            .set("two_factor_requirement_enabled", true)
            .set("members_can_fork_private_repositories", true)
            .set("members_can_create_public_repositories", false)
            .set("web_commit_signoff_required", true)
            .member("ann", OrganizationRole::Admin)
            .member("ben", OrganizationRole::Admin);
        for member in ["cas", "dee", "eve"] {
            organization.member(member, OrganizationRole::Member);
        }
        organization.custom_properties = vec![
            json!({
                "property_name": "data", "value_type": "single_select", "required": false, "default_value": null,
                "description": "How sensitive the data is", "allowed_values": ["public", "internal", "restricted"],
                "values_editable_by": "org_actors",
            }),
            json!({
                "property_name": "team", "value_type": "string", "required": false, "default_value": null,
                "description": "Who answers for it", "allowed_values": null, "values_editable_by": "org_and_repo_actors",
            }),
        ];
        for number in 1..=repositories {
            conform(organization.add_repository(&format!("service-{number:04}")), login);
        }
        let names: Vec<String> = organization.repositories.keys().cloned().collect();
        let platform = organization.add_team("platform");
        platform.description = Some("Keeps the services running".to_owned());
        platform
            .member("cas", TeamRole::Maintainer)
            .member("dee", TeamRole::Member)
            .member("eve", TeamRole::Member);
        names.iter().for_each(|name| {
            platform.grant(name, Role::Maintain);
        });
        let everyone = organization.add_team("everyone");
        everyone.description = Some("All of us".to_owned());
        names.iter().for_each(|name| {
            everyone.grant(name, Role::Pull);
        });
        world
    }
}

/// Gives one repository the settings described at [`World::conforming`].
fn conform(repository: &mut Repository, owner: &str) {
    let description = format!("The service {}", repository.name);
    repository
        .set("description", description)
        .set("visibility", "internal")
        .set("has_discussions", true)
        .set("has_wiki", false)
        .set("has_projects", false)
        .set("web_commit_signoff_required", true)
        .set("allow_merge_commit", false)
        .set("allow_rebase_merge", false)
        .set("squash_merge_commit_title", "PR_TITLE")
        .set("squash_merge_commit_message", "PR_BODY")
        .set("allow_auto_merge", true)
        .set("allow_update_branch", true)
        .set("delete_branch_on_merge", true)
        .set("language", "Rust")
        .set("size", 120)
        .set("license", license())
        .topics(&["innersource", "service"])
        .property("data", "internal")
        .property("team", "platform")
        .security("secret_scanning", true)
        .security("secret_scanning_push_protection", true)
        .security("dependabot_security_updates", true)
        .file("README.md", README)
        .file("CONTRIBUTING.md", CONTRIBUTING)
        .file("CODE_OF_CONDUCT.md", CODE_OF_CONDUCT)
        .file("SECURITY.md", SECURITY)
        .file("LICENSE", LICENSE)
        .file(".github/CODEOWNERS", &format!("* @{owner}/platform\n"))
        .file("src/main.rs", "fn main() {}\n")
        .label("good first issue", "7057ff", "Good for newcomers")
        .label("help wanted", "008672", "Extra attention is needed")
        .protect(strict_rule())
        .ruleset(strict_ruleset());
    repository.languages.insert("Rust".to_owned(), 120_000);
    repository.vulnerability_alerts = true;
}

fn license() -> serde_json::Value {
    json!({
        "key": "apache-2.0",
        "name": "Apache License 2.0",
        "spdx_id": "Apache-2.0",
        "url": "https://api.github.com/licenses/apache-2.0",
        "node_id": "L_apache-2.0",
    })
}

fn strict_rule() -> Protection {
    Protection::on("main").approvals(2).check("ci").with(|rule| {
        rule.enforce_admins = true;
        rule.required_signatures = true;
        rule.required_linear_history = true;
        rule.required_conversation_resolution = true;
        if let Some(reviews) = &mut rule.required_pull_request_reviews {
            reviews.dismiss_stale_reviews = true;
            reviews.require_code_owner_reviews = true;
            reviews.require_last_push_approval = true;
        }
        if let Some(checks) = &mut rule.required_status_checks {
            checks.strict = true;
        }
    })
}

fn strict_ruleset() -> Ruleset {
    let reviews = json!({
        "required_approving_review_count": 2,
        "dismiss_stale_reviews_on_push": true,
        "required_reviewers": [],
        "require_code_owner_review": true,
        "require_last_push_approval": true,
        "required_review_thread_resolution": true,
        "allowed_merge_methods": ["squash"],
    });
    let checks = json!({
        "strict_required_status_checks_policy": true,
        "do_not_enforce_on_create": false,
        "required_status_checks": [{ "context": "ci" }],
    });
    Ruleset::named("base")
        .refs(&["~DEFAULT_BRANCH"], &[])
        .rule("deletion")
        .rule("non_fast_forward")
        .rule("required_linear_history")
        .rule("required_signatures")
        .rule_with("pull_request", reviews)
        .rule_with("required_status_checks", checks)
}

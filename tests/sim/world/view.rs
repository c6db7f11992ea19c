//! The world as one identity sees it: what it may not see is gone, left out or denied.

use super::denials::Denials;
use super::identity::{Credential, Identity};
use super::organization::Organization;
use super::repository::Repository;
use super::tables::OWNERS_ONLY;
use super::team::Role;
use super::{BOT, World};

impl Identity {
    pub fn owns(&self, organization: &Organization) -> bool {
        self.owner || self.login.as_ref().is_some_and(|login| organization.is_owner(login))
    }

    pub fn belongs_to(&self, organization: &Organization) -> bool {
        match &self.login {
            Some(login) => self.owner || organization.members.contains_key(login),
            None => self.is_for(organization),
        }
    }

    /// Whether the token was made for this organization, or for no one in particular.
    pub fn is_for(&self, organization: &Organization) -> bool {
        self.organization.as_ref().is_none_or(|own| own.eq_ignore_ascii_case(&organization.login))
    }

    /// What a person may do there; a machine has permissions instead, and counts as administrator
    /// where it was let in.
    pub fn role_on(&self, organization: &Organization, repository: &Repository) -> Option<Role> {
        let public = (repository.visibility() == "public").then_some(Role::Pull);
        let given = self.repositories.as_ref().is_none_or(|names| names.contains(&repository.name));
        if !self.is_for(organization) || !given || self.credential == Credential::AppKey {
            return public;
        }
        let Some(login) = &self.login else { return Some(Role::Admin) };
        if self.owns(organization) {
            return Some(Role::Admin);
        }
        if self.role.is_some() {
            return self.role;
        }
        let direct = repository.collaborators.get(login).copied();
        let teams = organization.teams.values().filter(|team| team.members.contains_key(login));
        let by_team = teams.filter_map(|team| team.repositories.get(&repository.name).copied()).max();
        let member = organization.members.contains_key(login);
        let base = organization.settings.text("default_repository_permission").and_then(Role::parse);
        let base = base.filter(|_| member);
        let internal = (member && repository.visibility() == "internal").then_some(Role::Pull);
        [direct, by_team, base, internal, public].into_iter().flatten().max()
    }

    fn allows(&self, permission: &str) -> bool {
        self.permissions().is_none_or(|permissions| permissions.allow(permission))
    }
}

impl World {
    /// A copy of what the identity may see.
    pub fn seen_by(&self, identity: &Identity) -> Self {
        let mut world = self.clone();
        world.viewer = identity.login.clone().unwrap_or_else(|| BOT.to_owned());
        narrow_enterprise(identity, &mut world);
        for organization in world.organizations.values_mut() {
            let roles: Vec<Option<Role>> = organization
                .repositories
                .values()
                .map(|repository| identity.role_on(organization, repository))
                .collect();
            let mut role = roles.iter();
            organization.repositories.retain(|_, _| role.next().is_some_and(Option::is_some));
            for (repository, role) in organization.repositories.values_mut().zip(roles.into_iter().flatten())
            {
                narrow_repository(identity, role, repository);
            }
            narrow_organization(identity, organization);
        }
        world
    }
}

/// Members see the enterprise with their own organizations; of Apps only those with a permission do.
fn narrow_enterprise(identity: &Identity, world: &mut World) {
    let Some(mut enterprise) = world.enterprise.take() else { return };
    let own = |organization: &&Organization| {
        enterprise.has(&organization.login) && identity.belongs_to(organization)
    };
    let own = world.organizations.values().filter(own).map(|organization| organization.login.clone());
    let own: std::collections::BTreeSet<String> = own.collect();
    let allowed = !identity.is_machine() || identity.allows("enterprise_organization_installations:read");
    let scoped = identity.permissions().is_some() || identity.has_scope("read:enterprise");
    if allowed && scoped && !own.is_empty() {
        enterprise.organizations = Some(own);
        world.enterprise = Some(enterprise);
    }
}

fn forbid(denials: &mut Denials, names: &[&str]) {
    denials.forbidden.extend(names.iter().map(|&name| name.to_owned()));
}

/// Keys of merging, which REST tells to those who may write.
const MERGING: [&str; 11] = [
    "allow_squash_merge",
    "allow_merge_commit",
    "allow_rebase_merge",
    "allow_auto_merge",
    "delete_branch_on_merge",
    "allow_update_branch",
    "use_squash_pr_title_as_default",
    "squash_merge_commit_title",
    "squash_merge_commit_message",
    "merge_commit_title",
    "merge_commit_message",
];

fn narrow_repository(identity: &Identity, role: Role, repository: &mut Repository) {
    let public = repository.visibility() == "public";
    let denials = &mut repository.denials;
    let administers = role == Role::Admin && identity.allows("administration:read");
    denials.role = role;
    denials.may_administer &= administers;
    denials.may_see_bypass &= role == Role::Admin && identity.allows("administration:write");
    if !administers {
        forbid(denials, &["security_and_analysis", "deployKeys"]);
    }
    if role < Role::Push || !identity.allows("contents:write") {
        forbid(denials, &MERGING);
    }
    if role < Role::Push {
        forbid(denials, &["collaborators"]);
    }
    // A machine is told that it may not see the rules, where a person is shown none.
    if !identity.allows("administration:read") {
        forbid(denials, &["branchProtectionRules"]);
    }
    if public {
        return;
    }
    for (permissions, fields) in [
        (&["contents:read"][..], &["object", "codeowners", "refs"][..]),
        (&["issues:read", "pull_requests:read"], &["labels", "milestones"]),
        (&["actions:read"], &["environments"]),
    ] {
        if !permissions.iter().any(|permission| identity.allows(permission)) {
            forbid(denials, fields);
        }
    }
}

fn narrow_organization(identity: &Identity, organization: &mut Organization) {
    let (owns, belongs) = (identity.owns(organization), identity.belongs_to(organization));
    let machine = identity.is_machine();
    let login = identity.login.clone().unwrap_or_default();
    let scoped = |scope: &str| identity.permissions().is_some() || identity.has_scope(scope);
    let own = identity.is_for(organization);
    let may = |permission: &str| own && identity.allows(permission);
    let administers = (owns || machine && belongs) && may("organization_administration:read");
    let rules =
        (owns || machine && belongs) && may("organization_administration:write") && scoped("admin:org");
    let denials = &mut organization.denials;
    denials.may_administer &= administers;
    denials.may_see_bypass &= rules;
    if !(administers && scoped("read:org")) {
        forbid(denials, OWNERS_ONLY);
    }
    if !rules {
        denials.hidden.insert("rulesets".to_owned());
    }
    if !(belongs && may("members:read") && scoped("read:org")) {
        forbid(denials, &["teams", "membersWithRole"]);
    }
    if !may("organization_custom_properties:read") {
        forbid(denials, &["repositoryCustomProperties"]);
    }
    if !owns && !machine {
        organization.teams.retain(|_, team| team.privacy != "secret" || team.members.contains_key(&login));
    }
}

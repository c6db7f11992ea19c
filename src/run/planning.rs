//! Plans: what was judged to drift, turned into exact changes.

use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;

use sha2::{Digest, Sha256};

use super::audit::{Auditor, RunError};
use super::batches::Batches;
use super::lifting::{Kept, Lifting};
use super::live::Live;
use super::outcome::Outcome;
use super::sources::Place;
use super::supplement::supplement;
use crate::catalog::{Binding, Catalog, Demand, ForgeKind, Kind};
use crate::engine::{
    Danger, Documents, Draft, Facts, Limits, Planned, Want, add_needed, demand as needed_for,
};
use crate::forge::{github, gitlab};
use crate::model::{Change, Finding, Observed, Plan, SubjectKind, Target};
use crate::policy::Policy;

/// The version of the plan file's format.
pub const PLAN_VERSION: u32 = 2;

/// Plans for what an auditor finds.
pub struct Planner<'a> {
    /// Who judges.
    pub auditor: &'a Auditor<'a>,
    /// The rows.
    pub catalog: &'a Catalog,
    /// What the plan is limited to.
    pub limits: Limits,
    /// How many owners an organization keeps.
    pub owners: usize,
    /// The names of the variables by which the environment gives values that no plan holds.
    pub given: &'a BTreeSet<String>,
    /// Where subjects are kept until it is known what one change above them would do.
    pub lifting: Option<&'a Lifting>,
}

impl Planner<'_> {
    /// Judges a subject and plans for what drifts.
    pub fn subject(
        &self,
        observed: &Observed,
        organization: Option<&Observed>,
        forge: ForgeKind,
        outcome: &mut Outcome,
        draft: &mut Draft,
    ) {
        let before = outcome.findings.len();
        self.auditor.subject(observed, organization, forge, outcome);
        let findings = &outcome.findings[before..];
        let unproven = self.draft(observed, findings, (organization, forge), Some(&Documents::new()), draft);
        outcome.unproven.extend(unproven);
        self.auditor.drop_unshown(outcome, before);
    }

    /// Plans for one subject; returns what may lock people out, of which nobody can tell.
    fn draft(
        &self,
        observed: &Observed,
        findings: &[Finding],
        (organization, forge): (Option<&Observed>, ForgeKind),
        documents: Option<&Documents>,
        draft: &mut Draft,
    ) -> Vec<Danger> {
        let (of_subject, unproven) =
            self.plan_of(observed, findings, (organization, forge), documents, draft);
        match self.lifting.filter(|_| of_subject.waiting.is_empty()) {
            Some(_) if self.waits_to_lift(observed, findings, (forge, documents), draft) => {}
            Some(lifting) => {
                draft.forbid_of([&of_subject]);
                let observed = observed.clone();
                lifting.keep(Kept {
                    observed,
                    forge,
                    findings: findings.to_vec(),
                    draft: of_subject,
                    documents: documents.cloned(),
                });
            }
            None => draft.add(of_subject),
        }
        unproven
    }

    /// What would mend one subject, and what may lock people out, of which nobody can tell.
    pub(super) fn plan_of(
        &self,
        observed: &Observed,
        findings: &[Finding],
        (organization, forge): (Option<&Observed>, ForgeKind),
        documents: Option<&Documents>,
        draft: &Draft,
    ) -> (Draft, Vec<Danger>) {
        let resolution = self.auditor.resolver().resolve(observed);
        let remedy = self.auditor.remedy_of(&resolution.resolved.profiles);
        let (catalog, limits) = (self.catalog, self.limits);
        let owners = &self.auditor.mentions(&observed.subject, &resolution.resolved.owners);
        let planned = Planned {
            catalog,
            observed,
            organization,
            findings,
            forge,
            limits,
            documents,
            remedy,
            owners,
            no_forking: draft.forbids_forking(observed.subject.organization()),
            kept: &[],
            given: self.given,
        };
        let facts = Facts {
            catalog,
            judge: self.auditor.judge(),
            observed,
            organization,
            forge,
            acting: None,
            owners: self.owners,
        };
        planned.without_dangers(facts)
    }

    /// Plans for the subjects that wait for documents, which are read from that place.
    pub async fn supplement(&self, live: &Live<'_>, place: &Place, outcome: &mut Outcome, draft: &mut Draft) {
        while !draft.waiting.is_empty() {
            let waiting = std::mem::take(&mut draft.waiting);
            for subject in supplement(live, place, waiting).await {
                let (observed, findings) = (&subject.observed, &subject.findings);
                let around = (None, subject.forge);
                let unproven = self.draft(observed, findings, around, Some(&subject.documents), draft);
                outcome.unproven.extend(unproven);
            }
        }
    }

    /// Plans for every subject of a snapshot file; returns the forges that it is of.
    ///
    /// # Errors
    /// When the file cannot be used.
    pub fn snapshot(
        &self,
        batches: &Batches<'_>,
        outcome: &mut Outcome,
        draft: &mut Draft,
    ) -> Result<Vec<Arc<str>>, RunError> {
        let waivers = outcome.waivers_used.len();
        let mut forges: Vec<Arc<str>> = Vec::new();
        let unread = batches.each(
            |context| (Arc::clone(&context.header.forge), Outcome::empty(waivers), Draft::default()),
            |(_, part, plan), context, observed, above| {
                let (forge, before) = (context.header.forge_kind(), part.findings.len());
                self.auditor.subject(observed, above, forge, part);
                let around = (above, forge);
                let unproven = self.draft(observed, &part.findings[before..], around, None, plan);
                part.unproven.extend(unproven);
                self.auditor.drop_unshown(part, before);
            },
            |(forge, part, plan)| {
                if !forges.contains(&forge) {
                    forges.push(forge);
                }
                outcome.add(part);
                draft.add(plan);
            },
        )?;
        outcome.unread.extend(unread);
        Ok(forges)
    }
}

/// What a plan needs to be read beyond what judging needs.
pub fn wanted_to_plan(mut demand: Demand, catalog: &Catalog) -> Demand {
    let named = ["repository.default_branch", "repository.visibility"];
    demand.settings.extend(named.iter().filter_map(|key| catalog.id(key)));
    // What decides whether a drifting one can be written, and what was asked of people already.
    const DECIDING: [(&str, &str); 13] = [
        ("repository.allow_merge_commit", "repository.allow_rebase_merge"),
        ("repository.allow_merge_commit", "repository.allow_squash_merge"),
        ("repository.allow_rebase_merge", "repository.allow_merge_commit"),
        ("repository.allow_rebase_merge", "repository.allow_squash_merge"),
        ("repository.allow_squash_merge", "repository.allow_merge_commit"),
        ("repository.allow_squash_merge", "repository.allow_rebase_merge"),
        ("repository.actions.oidc_subject.include_claim_keys", "repository.actions.oidc_subject.use_default"),
        ("organization.actions.allowed_actions", "organization.actions.enabled_repositories"),
        ("repository.actions.allowed_actions", "repository.actions.enabled"),
        ("organization.actions.enabled_repositories", "organization.actions.allowed_actions"),
        ("repository.actions.enabled", "repository.actions.allowed_actions"),
        ("repository.advanced_security", "repository.visibility"),
        ("repository.collaborators", "repository.invitations"),
    ];
    let forking = catalog.id("repository.allow_forking");
    if forking.is_some_and(|id| demand.settings.contains(&id)) {
        demand.settings.extend(catalog.id("organization.members_can_fork_private_repositories"));
    }
    for (setting, deciding) in DECIDING {
        if catalog.id(setting).is_some_and(|id| demand.settings.contains(&id)) {
            demand.settings.extend(catalog.id(deciding));
        }
    }
    // What is drifting would be written in another way where the project has no push rule yet.
    let of_push_rule = catalog.settings().filter(|s| s.key.starts_with("repository.push_rule."));
    if of_push_rule.into_iter().any(|s| demand.settings.contains(&s.id)) {
        demand.settings.extend(catalog.id("repository.push_rule.present"));
    }
    let rules = demand.kinds.get_mut(&(SubjectKind::Repository, Arc::from("branch_rule")));
    if let Some(rules) = rules {
        let named = ["approval_rules", "group_level", "merge_access", "protected", "push_access"];
        rules.settings.extend(named.iter().filter_map(|name| catalog.id(&format!("branch_rule.{name}"))));
    }
    who_is_let_past(&mut demand, catalog);
    wanted_beside(&mut demand, catalog);
    add_needed(&mut demand, catalog);
    demand
}

/// Adds who is let past rules, where it is asked that only some push: nobody else could any more.
fn who_is_let_past(all: &mut Demand, catalog: &Catalog) {
    let setting = catalog.find("branch.restrict_pushes").and_then(|s| s.effective.as_ref());
    let of_rules: Vec<_> = setting.into_iter().flat_map(|e| [e.classic, e.ruleset, e.forbidden_by]).collect();
    let of = SubjectKind::Repository;
    let mut kinds = all.kinds.iter().filter(|((scope, _), _)| *scope == of);
    if kinds.any(|(_, items)| of_rules.iter().flatten().any(|id| items.settings.contains(id))) {
        let setting = catalog.id("branch.bypass_actors");
        all.extend(needed_for(catalog, setting.map(|setting| Want { of, setting, key: None })));
    }
}

/// Adds what has to be known of items to write any of their settings, or to make one anew that is removed: what
/// a request would reset that carries less than everything.
fn wanted_beside(demand: &mut Demand, catalog: &Catalog) {
    for ((of, name), items) in &mut demand.kinds {
        let Some(kind) = catalog.kind(*of, name).filter(|kind| kind.derived.is_none()) else { continue };
        // Rulesets are made of many rules, of which branches say which are needed.
        if &**name == "ruleset" || kind.is_asked_by_key() {
            continue;
        }
        let removed = catalog.presence_of(name).is_some_and(|s| items.settings.contains(&s.id));
        let github = kind.github.as_ref().filter(|binding| binding.create.is_some());
        let replaced = github.is_some_and(|binding| {
            let put = binding.update.as_ref().is_none_or(|update| update.method == "PUT");
            put || &**name == "webhook"
        });
        let gitlab = kind.gitlab.as_ref();
        let renewed = gitlab.is_some_and(|binding| binding.create.is_some() && binding.update.is_none());
        let above = gitlab.and_then(|binding| binding.from_above.as_deref());
        let of_kind = catalog.settings().filter(|setting| setting.group == *name);
        let beside = of_kind.filter(|setting| {
            let written = |b: &Binding| b.write.is_some() || b.create.is_some();
            let bound = |forge| setting.on(forge).binding();
            // What its request would take away unsaid, and cannot say.
            let lost = ["webhook.secret", "environment.reviewers"].contains(&&*setting.key);
            let kept = bound(ForgeKind::Github).is_some_and(written) || lost;
            (replaced && kept)
                || above == Some(setting.name())
                || (renewed
                    && (bound(ForgeKind::Gitlab).is_some_and(written)
                        || gitlab.and_then(|b| b.named.as_deref()) == Some(setting.name())))
                || (removed
                    && [ForgeKind::Github, ForgeKind::Gitlab].into_iter().any(|forge| {
                        bound(forge).is_some_and(|binding| comes_with_the_list(catalog, kind, binding, forge))
                    }))
        });
        items.settings.extend(beside.map(|setting| setting.id));
    }
}

/// Whether a setting of an item costs no request of its own.
fn comes_with_the_list(catalog: &Catalog, kind: &Kind, binding: &Binding, forge: ForgeKind) -> bool {
    let lists = |path: &str| {
        let namesakes = catalog.kinds().filter(|k| k.name == kind.name);
        let mut lists = namesakes.filter_map(|k| k.on(forge)?.list.as_ref());
        lists.any(|list| list.path == path)
    };
    binding.graphql.is_some() || binding.rest.as_ref().is_some_and(|rest| lists(&rest.path))
}

/// What a plan needs to be read of an organization for the sake of its repositories.
pub(super) fn wanted_above(demand: &mut Demand, policy: &Policy, catalog: &Catalog) {
    let forking = catalog.id("repository.allow_forking");
    if policy.statements.iter().any(|s| Some(s.setting) == forking) {
        demand.settings.extend(catalog.id("organization.members_can_fork_private_repositories"));
    }
}

/// The finished plan: with where its policy was, its day and its forges, and a digest over all of it.
pub fn finish(
    draft: Draft,
    catalog: &Catalog,
    policy: &Policy,
    places: &[Place],
    snapshots: &BTreeMap<Arc<str>, String>,
    (policy_path, created): (String, String),
) -> Plan {
    let mut forges: BTreeMap<String, Target> = BTreeMap::new();
    for place in places {
        let (name, target) = match place {
            Place::Github { name, url, .. } => {
                let url = github::Server::at(url.as_deref()).map(|s| s.url).unwrap_or_default();
                (name, Target::Github(url))
            }
            Place::Gitlab { name, url, .. } => {
                let url = gitlab::Server::at(url.as_deref()).map(|s| s.url).unwrap_or_default();
                (name, Target::Gitlab(url))
            }
            Place::Snapshot { .. } => continue,
        };
        forges.insert(name.to_string(), target);
    }
    for (name, path) in snapshots {
        forges.insert(name.to_string(), Target::Snapshot(path.clone()));
    }
    let draft = draft.ordered(catalog);
    let existing = touched(&draft);
    let mut plan = Plan {
        format_version: PLAN_VERSION,
        tool: format!("ispo-scm {}", env!("CARGO_PKG_VERSION")),
        policy: policy.digest.clone(),
        policy_path,
        created,
        forges,
        changes: draft.changes,
        requests: draft.requests,
        undo: draft.undo,
        deferred: draft.deferred,
        lifted: draft.lifted,
        existing,
        digest: String::new(),
    };
    plan.digest = digest(&plan);
    plan
}

/// How much there is of what the changes are about.
fn touched(draft: &Draft) -> BTreeMap<String, u64> {
    let about = |change: &Change| [change.setting.clone(), kind_of(&change.setting).to_owned()];
    let things: BTreeSet<String> = draft.changes.iter().flat_map(about).collect();
    let known = |thing: String| Some((thing.clone(), *draft.existing.get(&thing)?));
    things.into_iter().filter_map(known).collect()
}

fn kind_of(setting: &str) -> &str {
    setting.split('.').next().unwrap_or_default()
}

/// The digest of a plan, whatever digest it says it has.
pub fn digest(plan: &Plan) -> String {
    let plain = Plan { digest: String::new(), ..plan.clone() };
    // A plan is made of texts, numbers and maps with text keys: it always serialises.
    let bytes = serde_json::to_vec(&plain).unwrap_or_default();
    format!("{:x}", Sha256::digest(bytes))
}

//! A plan in the making.

use std::collections::{BTreeMap, BTreeSet};

use serde_json::Value as Json;

use super::documents::{Documents, Waiting};
use super::limits::Limits;
use super::{access, archive, branch, file, gitlab_branch, item, own};
use crate::catalog::{Catalog, ForgeKind, Setting, segment};
use crate::engine::lockout::{Danger, Facts, dangers};
use crate::model::{
    Action, Change, Deferred, Finding, Lifted, Observation, Observed, Points, Remedy, Request, SubjectKind,
    Value, Verdict,
};

/// Changes, requests and what is left, of the subjects planned so far.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Draft {
    /// Organizations that are known to forbid private forking.
    pub(super) forbidding: BTreeSet<String>,
    /// The changes.
    pub changes: Vec<Change>,
    /// Their requests.
    pub requests: Vec<Request>,
    /// The requests that take them back.
    pub undo: Vec<Request>,
    /// What stays as it is.
    pub deferred: Vec<Deferred>,
    /// What is changed above repositories in the place of each of them.
    pub lifted: Vec<Lifted>,
    /// Subjects whose plan waits for documents.
    pub waiting: Vec<Waiting>,
    /// Documents that the subject at hand waits for, by their paths.
    pub(super) missing: BTreeSet<String>,
    /// How many items of a kind there are, and of how many subjects a setting is known.
    pub existing: BTreeMap<String, u64>,
}

/// A subject to plan for: what was observed of it, and what of it drifts.
#[derive(Debug, Clone, Copy)]
pub struct Subject<'a> {
    /// The rows.
    pub catalog: &'a Catalog,
    /// What was observed.
    pub observed: &'a Observed,
    /// What was observed of its organization, where the repository does not tell what it inherits.
    pub organization: Option<&'a Observed>,
    /// The findings about it.
    pub findings: &'a [Finding],
    /// Which sort of forge it is on.
    pub forge: ForgeKind,
    /// What the plan is limited to.
    pub limits: Limits,
    /// What the forge answered beside; none where nobody can be asked, as of a snapshot.
    pub documents: Option<&'a Documents>,
    /// By what rules for branches are mended.
    pub remedy: Remedy,
    /// The teams that own it, as its forge mentions them: `@acme/payments`.
    pub owners: &'a [String],
    /// Its organization is known to forbid private forking.
    pub no_forking: bool,
    /// What is left as it is, because it would lock people out.
    pub kept: &'a [Danger],
    /// The names of the variables by which the environment gives values that no plan holds.
    pub given: &'a BTreeSet<String>,
}

impl<'a> Subject<'a> {
    pub(super) fn drifting(self) -> impl Iterator<Item = &'a Finding> {
        let limits = self.limits;
        self.findings
            .iter()
            .filter(move |f| f.verdict == Verdict::Drift && limits.serves(f.expectation.lenses))
    }

    /// What of a branch is as it is wanted, or says nothing before it has a rule: a new one is not to change that.
    pub(super) fn conforming(self, branch: &str) -> impl Iterator<Item = &'a Finding> {
        let default = self.text("repository.default_branch");
        self.findings.iter().filter(move |f| {
            let name = f.key().filter(|key| *key != "~default").or(default);
            let of_branch = self.catalog.get(f.expectation.setting).effective.is_some();
            let meets = matches!(f.verdict, Verdict::Conforms | Verdict::NotApplicable);
            of_branch && meets && name == Some(branch)
        })
    }

    pub(super) fn text(&self, key: &str) -> Option<&'a str> {
        let id = self.catalog.id(key)?;
        self.observed.readings.get(id)?.value()?.as_text()
    }

    /// What was observed of a setting of the subject's own.
    pub(super) fn seen(&self, key: &str) -> Option<&'a Observation> {
        self.observed.readings.get(self.catalog.id(key)?)
    }

    /// Whether a switch of the subject's own is known to be off.
    pub(super) fn is_off(&self, key: &str) -> bool {
        self.seen(key).and_then(Observation::value) == Some(&Value::Bool(false))
    }

    /// Whether a switch of the subject's own is known to be on.
    pub(super) fn is_on(&self, key: &str) -> bool {
        self.seen(key).and_then(Observation::value) == Some(&Value::Bool(true))
    }

    /// A path template with the subject's names in it.
    pub(super) fn path(&self, template: &str) -> String {
        let subject = &self.observed.subject;
        if self.forge == ForgeKind::Gitlab {
            // GitLab takes a whole path for a number.
            return template.replace("{id}", &segment(&subject.name));
        }
        template
            .replace("{owner}", subject.organization())
            .replace("{repo}", subject.short_name())
            .replace("{org}", subject.organization())
    }
}

impl Subject<'_> {
    /// What would mend the subject's drift without locking anybody out, and what may lock somebody out, of
    /// which nobody can tell.
    pub fn without_dangers(self, facts: Facts<'_>) -> (Draft, Vec<Danger>) {
        let mut kept: Vec<Danger> = Vec::new();
        loop {
            let mut draft = Draft::default();
            draft.subject(Subject { kept: &kept, ..self });
            let changes: Vec<&Change> = draft.changes.iter().collect();
            let (proven, unproven): (Vec<Danger>, Vec<Danger>) =
                dangers(facts, &changes).into_iter().partition(|danger| danger.proven);
            let more = proven.into_iter().filter(|danger| !kept.contains(danger)).collect::<Vec<_>>();
            // Each round leaves more as it is, so that there is a last.
            if more.is_empty() {
                return (draft, unproven);
            }
            kept.extend(more);
        }
    }
}

impl Draft {
    /// Adds what would mend the drift of a subject; one whose plan needs documents that were not read
    /// waits for them.
    pub fn subject(&mut self, subject: Subject<'_>) {
        let mut own = Self::default();
        own.plan(subject);
        if own.missing.is_empty() {
            return self.add(own);
        }
        self.waiting.push(Waiting {
            observed: subject.observed.clone(),
            findings: subject.findings.to_vec(),
            forge: subject.forge,
            missing: own.missing,
            documents: subject.documents.cloned().unwrap_or_default(),
        });
    }

    /// Whether an organization is known to forbid private forking.
    pub fn forbids_forking(&self, organization: &str) -> bool {
        self.forbidding.contains(organization)
    }

    /// Takes over which organizations are known to forbid private forking.
    pub fn forbid_of<'d>(&mut self, others: impl IntoIterator<Item = &'d Self>) {
        self.forbidding.extend(others.into_iter().flat_map(|other| other.forbidding.iter().cloned()));
    }

    fn plan(&mut self, subject: Subject<'_>) {
        self.count(subject);
        if subject.is_off(access::FORKING) {
            self.forbidding.insert(subject.observed.subject.organization().to_owned());
        }
        if subject.is_on("repository.archived") && !archive::ends(subject) {
            let why = "an archived repository accepts no change: unarchive it first";
            return subject.drifting().for_each(|finding| self.defer(subject, finding, why));
        }
        let mut branches = Vec::new();
        let mut files = Vec::new();
        let mut items = Vec::new();
        for finding in subject.drifting() {
            let setting = subject.catalog.get(finding.expectation.setting);
            if let Some(danger) = self.keeps(subject, finding) {
                self.defer(subject, finding, danger);
            } else if finding.expectation.watched {
                self.defer(subject, finding, "the policy only watches this collection");
            } else if let Some(why) = subject.limits.above(setting.risk) {
                self.defer(subject, finding, &why);
            } else if setting.effective.is_some() {
                branches.push(finding);
            } else if &*setting.group == "file" {
                files.push(finding);
            } else if subject.catalog.is_keyed(setting) {
                items.push(finding);
            } else if &*setting.key == "repository.archived" {
                archive::plan(self, subject, setting, finding);
            } else {
                own::plan(self, subject, setting, finding);
            }
        }
        match subject.forge {
            ForgeKind::Github => branch::plan(self, subject, &branches),
            ForgeKind::Gitlab => gitlab_branch::plan(self, subject, &branches),
        }
        item::plan(self, subject, &items);
        file::plan(self, subject, &files);
    }

    /// Why a change is not made, where it would lock people out.
    fn keeps<'d>(&self, subject: Subject<'d>, finding: &Finding) -> Option<&'d str> {
        let setting = subject.catalog.get(finding.expectation.setting);
        let of = |d: &&Danger| *d.setting == *setting.key && d.key.as_deref() == finding.key();
        subject.kept.iter().find(of).map(|danger| &*danger.what)
    }

    /// Counts what there is, so that it can be said how much of it a plan touches.
    fn count(&mut self, subject: Subject<'_>) {
        let Subject { catalog, observed, .. } = subject;
        let mut add = |thing: &str, number: usize| {
            *self.existing.entry(thing.to_owned()).or_default() += number as u64;
        };
        let known = observed.readings.iter().filter(|(_, seen)| seen.value().is_some());
        for (id, _) in known {
            add(&catalog.get(id).key, 1);
        }
        for (kind, collection) in &observed.kinds {
            let there: Vec<_> = collection.items().iter().filter_map(|i| i.readings.as_ref()).collect();
            add(kind, there.len());
            for (id, seen) in there.iter().flat_map(|readings| readings.iter()) {
                add(&catalog.get(id).key, usize::from(seen.value().is_some()));
            }
        }
        // What a branch has follows from its rules: each repository has one branch at least.
        let of_repository = observed.subject.kind == SubjectKind::Repository;
        for setting in catalog.settings().filter(|s| of_repository && s.effective.is_some()) {
            let of = |f: &&Finding| f.expectation.setting == setting.id;
            add(&setting.key, subject.findings.iter().filter(of).count().max(1));
        }
    }

    /// Notes what is left as it is.
    pub(super) fn defer(&mut self, subject: Subject<'_>, finding: &Finding, reason: &str) {
        self.deferred.push(Deferred {
            subject: subject.observed.subject.to_string(),
            setting: subject.catalog.get(finding.expectation.setting).key.to_string(),
            key: finding.key().map(str::to_owned),
            reason: reason.to_owned(),
        });
    }

    /// Adds a change that the given requests carry out.
    pub(super) fn change(
        &mut self,
        subject: Subject<'_>,
        setting: &Setting,
        finding: &Finding,
        after: &Value,
        requests: Vec<usize>,
    ) -> &mut Change {
        let before = finding.observed.value().map_or(Json::Null, Value::to_json);
        let action = Action::of(&setting.key, &before, &after.to_json());
        self.changes.push(Change {
            subject: subject.observed.subject.to_string(),
            setting: setting.key.to_string(),
            key: finding.key().map(str::to_owned),
            action,
            before,
            after: after.to_json(),
            origin: finding.expectation.origin.to_string(),
            risk: setting.risk.word().to_owned(),
            complete: false,
            proposed: false,
            requests,
            undo: Vec::new(),
            points: Points::of(finding.points),
            irreversible: None,
        });
        let last = self.changes.len() - 1;
        &mut self.changes[last]
    }

    /// Adds what the requests of other changes do to a setting of their item besides; what it is to keep, they
    /// carry lest it be reset.
    pub(super) fn beside(
        &mut self,
        whose: &Change,
        setting: &Setting,
        (before, after): (Json, Json),
        (requests, undo): (Vec<usize>, Vec<usize>),
    ) {
        let action = Action::of(&setting.key, &before, &after);
        let (setting, points) = (setting.key.to_string(), Points::default());
        self.changes.push(Change { setting, action, before, after, requests, undo, points, ..whose.clone() });
    }

    /// Adds a request, or fields to a PATCH of the same endpoint; returns which it is.
    pub(super) fn request(&mut self, request: Request) -> usize {
        let joins = request.method == "PATCH";
        join(&mut self.requests, request, joins)
    }

    /// Adds a request that takes a change back; returns which it is.
    pub(super) fn undo(&mut self, request: Request) -> usize {
        let joins = request.method == "PATCH";
        join(&mut self.undo, request, joins)
    }

    /// Adds fields to the request of that method and endpoint, where what it leaves out stays as it is.
    pub(super) fn fields(&mut self, request: Request) -> usize {
        join(&mut self.requests, request, true)
    }

    /// Adds fields that take a change back to the request of that method and endpoint.
    pub(super) fn fields_back(&mut self, request: Request) -> usize {
        join(&mut self.undo, request, true)
    }

    /// What a request of the plan gives a field of that endpoint, by its dotted place.
    pub(super) fn given(&self, method: &str, path: &str, field: &str) -> Option<&Json> {
        let requests = self.requests.iter().filter(|r| r.method == method && r.path == path);
        requests.into_iter().find_map(|request| own::at(&request.body, field))
    }

    /// Adds the draft of other subjects behind this one.
    pub fn add(&mut self, other: Self) {
        let (begin, begin_undo) = (self.requests.len(), self.undo.len());
        self.requests.extend(other.requests);
        self.undo.extend(other.undo);
        self.changes.extend(other.changes.into_iter().map(|mut change| {
            change.requests.iter_mut().for_each(|r| *r += begin);
            change.undo.iter_mut().for_each(|r| *r += begin_undo);
            change
        }));
        self.deferred.extend(other.deferred);
        self.lifted.extend(other.lifted);
        self.forbidding.extend(other.forbidding);
        self.waiting.extend(other.waiting);
        for (thing, number) in other.existing {
            *self.existing.entry(thing).or_default() += number;
        }
    }
}

/// Adds a request to others, or its fields to one of the same endpoint; returns which it is.
fn join(requests: &mut Vec<Request>, request: Request, joins: bool) -> usize {
    // What is read differently is of another item.
    let clash =
        |r: &Request| request.reads.iter().any(|(name, from)| r.reads.get(name).is_some_and(|f| f != from));
    let joins = joins && !alone(&request.body);
    let same = |r: &Request| {
        joins && !alone(&r.body) && r.method == request.method && r.path == request.path && !clash(r)
    };
    match requests.iter().position(same) {
        Some(at) => {
            merge(&mut requests[at].body, request.body);
            requests[at].reads.extend(request.reads);
            at
        }
        None => {
            requests.push(request);
            requests.len() - 1
        }
    }
}

/// Whether a request is one of its own: GitHub refuses others beside it, or it may be refused by itself.
fn alone(body: &Json) -> bool {
    ["archived", "default_branch", "visibility"].iter().any(|field| body.get(field).is_some())
}

/// Lays the fields of one body into another.
pub(super) fn merge(into: &mut Json, from: Json) {
    match (into, from) {
        (Json::Object(into), Json::Object(from)) => {
            for (key, value) in from {
                merge(into.entry(key).or_insert(Json::Null), value);
            }
        }
        (into, from) => *into = from,
    }
}

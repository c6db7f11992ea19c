//! Carries a plan out on a GitLab server: how it is looked at and written to.

use std::collections::BTreeSet;
use std::sync::Arc;

use super::apply::{About, Applier, Carried, Seen, Step, look, unread};
use super::carry::{Carries, carry};
use super::live::Live;
use super::outcome::Outcome;
use crate::catalog::{Demand, ForgeKind};
use crate::engine::{Judge, Want, demand};
use crate::forge::gitlab::{Reader, Server, Writer};
use crate::forge::{ForgeError, Stop, Written};
use crate::model::{Change, Observed, Plan, Request, Subject, SubjectKind};

impl Applier<'_> {
    /// Carries changes out on the GitLab server at that address.
    pub async fn gitlab(&self, url: &str, plan: &Plan, changes: &[(usize, &Change)]) -> Carried {
        let writer = Server::at(Some(url))
            .map_err(ForgeError::Host)
            .and_then(|server| Reader::new(&server, &self.terms, self.environment))
            .map(|reader| Writer::new(reader, self.environment));
        match writer {
            Ok(writer) => carry(&Place { with: self, plan, url, writer }, self, plan, changes).await,
            Err(error) => Carried { ended: Some(error.into()), ..Carried::default() },
        }
    }
}

struct Place<'a, 'b> {
    with: &'a Applier<'b>,
    plan: &'a Plan,
    url: &'a str,
    writer: Writer<'a>,
}

impl Place<'_, '_> {
    /// Of which scope a change's subject is: the path of a group may have as many parts as a project's, so
    /// that the setting says it, or what its requests are about.
    fn scope(&self, change: &Change) -> SubjectKind {
        let group = change.setting.split('.').next().unwrap_or_default();
        let kinds = self.with.catalog.kinds().filter(|kind| &*kind.name == group);
        let scopes: Vec<SubjectKind> = kinds.map(|kind| kind.of).collect();
        if let Some(own) = SubjectKind::from_word(group) {
            return own;
        }
        if let [only] = scopes.as_slice() {
            return *only;
        }
        let requests = || change.requests.iter().filter_map(|number| self.plan.requests.get(*number));
        let about = |root: &str| {
            requests().any(|r| r.path.starts_with(root) || r.reads.values().any(|read| read.contains(root)))
        };
        match (about("/projects/"), about("/groups/"), scopes.contains(&SubjectKind::Enterprise)) {
            (false, true, _) => SubjectKind::Organization,
            (false, false, true) => SubjectKind::Enterprise,
            _ => SubjectKind::Repository,
        }
    }

    fn demand_of(&self, changes: &[(usize, &Change)]) -> Demand {
        let catalog = self.with.catalog;
        let wants = changes.iter().filter_map(|(_, change)| {
            let setting = catalog.id(&change.setting)?;
            Some(Want { of: self.scope(change), setting, key: change.key.as_deref().map(Arc::from) })
        });
        demand(catalog, wants)
    }

    /// The groups beneath which all subjects of the changes are, none of them within another.
    fn groups(&self, changes: &[(usize, &Change)]) -> Vec<String> {
        let subjects = changes.iter().filter_map(|(_, change)| {
            let path = change.subject.split_once(':').map_or(change.subject.as_str(), |(_, p)| p);
            let subject = Subject::new(self.scope(change), Arc::clone(&self.with.forge), path);
            (subject.kind != SubjectKind::Enterprise).then(|| subject.organization().to_owned())
        });
        // In order of their paths a group comes before those within it.
        let all: BTreeSet<String> = subjects.collect();
        let mut outer: Vec<String> = Vec::new();
        for group in all {
            let within =
                |o: &String| group.strip_prefix(o.as_str()).is_some_and(|rest| rest.starts_with('/'));
            if !outer.iter().any(within) {
                outer.push(group);
            }
        }
        outer
    }
}

impl Carries for Place<'_, '_> {
    async fn look(&self, changes: &[(usize, &Change)], stop: Arc<Stop>) -> Result<Seen, ForgeError> {
        let Applier { catalog, environment, forge, watch, .. } = self.with;
        let judge = Judge::new(catalog, &[], chrono::NaiveDate::MIN, false);
        let demand = self.demand_of(changes);
        let whole = Arc::new(demand.clone());
        let about = About::of(changes);
        let narrow = |observed: &Observed| {
            let about = about.subject(&observed.subject.to_string());
            if about.is_empty() { Arc::default() } else { Arc::clone(&whole) }
        };
        let live = Live {
            narrow: &narrow,
            catalog,
            demand: &demand,
            environment: *environment,
            terms: self.with.until(stop),
            progress: Box::new(|_, done| watch(Step { what: "looking", done, of: 0 })),
        };
        let mut seen = Seen::new();
        let mut outcome = Outcome::default();
        let groups = self.groups(changes);
        live.gitlab(forge, Some(self.url), (&groups, None), &mut outcome, |observed, _| {
            let about = about.subject(&observed.subject.to_string());
            seen.extend(look(about, catalog, &judge, observed, None, ForgeKind::Gitlab));
        })
        .await?;
        unread(&mut seen, changes, &outcome);
        Ok(seen)
    }

    async fn turn(&self, _: &Request, _: &Stop) -> Result<(), ForgeError> {
        // What GitLab limits is held by its reader, whatever the method.
        Ok(())
    }

    async fn send(&self, request: &Request) -> Written {
        self.writer.send(request).await
    }

    fn was_taken(&self, error: &ForgeError) -> bool {
        // GitLab says 400 of a branch or approval rule that is there already.
        matches!(error, ForgeError::Refused { status: 400 | 409 | 422, .. })
    }
}

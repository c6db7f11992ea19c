//! Carries a plan out on a GitLab server: looks again, writes, looks once more.

use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;

use serde_json::Value as Json;

use super::apply::{Applied, ApplyError, look};
use super::carry::{Carries, Seen, carry};
use super::journal::{Journal, Past};
use super::live::Live;
use super::outcome::Outcome;
use crate::catalog::{Catalog, Demand, ForgeKind};
use crate::engine::{Judge, Want, demand};
use crate::forge::gitlab::{Reader, Server, Writer};
use crate::forge::{ForgeError, Terms};
use crate::model::{Change, Observed, Plan, Request, Subject, SubjectKind};

/// Applies changes to a GitLab server.
pub struct Gitlab<'a> {
    /// The rows.
    pub catalog: &'a Catalog,
    /// Looks up a variable of the environment.
    pub environment: &'a dyn Fn(&str) -> Option<String>,
    /// What is waited for is said there, and whether somebody stopped the run.
    pub terms: Terms,
    /// The server's address.
    pub url: String,
    /// The forge's name in addresses.
    pub forge: Arc<str>,
    /// Where each step is kept.
    pub journal: &'a Journal,
    /// What earlier runs of the same plan did.
    pub past: &'a Past,
}

impl Gitlab<'_> {
    /// Looks at every pre-image again, carries out what has not moved, and looks at the outcome.
    ///
    /// # Errors
    /// When the server or token cannot be used, a group cannot be read, or the journal not written.
    pub async fn apply(
        &self,
        plan: &Plan,
        changes: &[(usize, &Change)],
    ) -> Result<BTreeMap<usize, Applied>, ApplyError> {
        let server = Server::at(Some(&self.url)).map_err(ForgeError::Host)?;
        // A run that is stopped finishes the request that is under way: the client knows of no stop.
        let writer = Writer::new(Reader::new(&server, &self.quiet(), self.environment)?);
        let place = Place { gitlab: self, writer };
        carry(&place, (self.journal, self.past), &self.terms.stop, plan, changes).await
    }

    fn quiet(&self) -> Terms {
        Terms::plain(Arc::clone(&self.terms.voice))
    }

    /// The groups beneath which all subjects of the changes are, none of them within another.
    fn groups(&self, changes: &[(usize, &Change)]) -> Vec<String> {
        let subjects = changes.iter().filter_map(|(_, change)| {
            let path = change.subject.split_once(':').map_or(change.subject.as_str(), |(_, p)| p);
            let subject = Subject::new(scope(change), Arc::clone(&self.forge), path);
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

    fn demand_of(&self, changes: &[(usize, &Change)]) -> Demand {
        let wants = changes.iter().filter_map(|(_, change)| {
            let setting = self.catalog.id(&change.setting)?;
            Some(Want { of: scope(change), setting, key: change.key.as_deref().map(Arc::from) })
        });
        demand(self.catalog, wants)
    }
}

/// Of which scope a change's subject is: the path of a group may have as many parts as a project's, so
/// that the setting says it.
fn scope(change: &Change) -> SubjectKind {
    let group = change.setting.split('.').next().unwrap_or_default();
    SubjectKind::from_word(group).unwrap_or(SubjectKind::Repository)
}

struct Place<'a, 'b> {
    gitlab: &'a Gitlab<'b>,
    writer: Writer,
}

impl Carries for Place<'_, '_> {
    async fn look(&self, changes: &[(usize, &Change)]) -> Result<Seen, ForgeError> {
        let Gitlab { catalog, environment, url, forge, .. } = self.gitlab;
        let judge = Judge::new(catalog, &[], chrono::NaiveDate::MIN, false);
        let demand = self.gitlab.demand_of(changes);
        let whole = Arc::new(demand.clone());
        let narrow = |observed: &Observed| {
            let address = observed.subject.to_string();
            if changes.iter().any(|(_, c)| c.subject == address) {
                Arc::clone(&whole)
            } else {
                Arc::default()
            }
        };
        let live = Live {
            narrow: &narrow,
            catalog,
            demand: &demand,
            environment: *environment,
            terms: self.gitlab.quiet(),
            progress: Box::new(|_, _| {}),
        };
        let mut seen: BTreeMap<usize, Option<Json>> = BTreeMap::new();
        let mut outcome = Outcome::default();
        let groups = self.gitlab.groups(changes);
        live.gitlab(forge, Some(url.as_str()), (&groups, None), &mut outcome, |observed, _| {
            seen.extend(look(changes, catalog, &judge, observed, None, ForgeKind::Gitlab));
        })
        .await?;
        match outcome.unread.into_iter().next() {
            Some(unread) => Err(ForgeError::Unreadable { what: unread.address, why: unread.why }),
            None => Ok(seen),
        }
    }

    async fn send(&self, request: &Request) -> Result<(), ForgeError> {
        self.writer.send(request).await
    }

    fn was_taken(&self, error: &ForgeError) -> bool {
        // GitLab says 400 of a branch or approval rule that is there already.
        matches!(error, ForgeError::Refused { status: 400 | 409 | 422, .. })
    }
}

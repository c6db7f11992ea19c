//! Carries a plan out on a GitHub server: how it is looked at and written to.

use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;

use serde_json::Value as Json;

use super::apply::{Applied, ApplyError, look};
use super::carry::{Carries, Seen, carry};
use super::journal::{Journal, Past};
use super::live::{GithubPlace, Live};
use super::outcome::Outcome;
use crate::catalog::{Catalog, Demand, ForgeKind};
use crate::engine::{Judge, Want, demand};
use crate::forge::github::{Reader, Server, Writer};
use crate::forge::{ForgeError, Terms, Transport};
use crate::model::{Change, Observed, Plan, Request, Subject, SubjectKind};

/// Applies changes to a GitHub server.
pub struct Github<'a> {
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

impl Github<'_> {
    /// Looks at every pre-image again, carries out what has not moved, and looks at the outcome.
    ///
    /// # Errors
    /// When the server or identity cannot be used, an organization cannot be read, or the journal not
    /// written.
    pub async fn apply(
        &self,
        plan: &Plan,
        changes: &[(usize, &Change)],
    ) -> Result<BTreeMap<usize, Applied>, ApplyError> {
        let server = Server::at(Some(&self.url)).map_err(ForgeError::Host)?;
        let transport = Transport::new(&self.quiet()).map_err(ForgeError::Transport)?;
        let writer = Writer::new(Reader::new(&server, transport, self.environment).await?);
        let place = Place { github: self, writer };
        carry(&place, (self.journal, self.past), &self.terms.stop, plan, changes).await
    }

    /// A run that is stopped finishes the request that is under way: its client knows of no stop.
    fn quiet(&self) -> Terms {
        Terms::plain(Arc::clone(&self.terms.voice))
    }

    fn organizations(&self, changes: &[(usize, &Change)]) -> Vec<String> {
        let logins: BTreeSet<String> = changes
            .iter()
            .map(|(_, c)| {
                let path = c.subject.split_once(':').map_or(c.subject.as_str(), |(_, p)| p);
                Subject::new(scope(c), Arc::clone(&self.forge), path).organization().to_owned()
            })
            .collect();
        logins.into_iter().collect()
    }

    fn demand_of(&self, changes: &[(usize, &Change)]) -> Demand {
        let wants = changes.iter().filter_map(|(_, change)| {
            let setting = self.catalog.id(&change.setting)?;
            Some(Want { of: scope(change), setting, key: change.key.as_deref().map(Arc::from) })
        });
        demand(self.catalog, wants)
    }
}

/// Of which scope a change's subject is: an organization's name has no slash.
fn scope(change: &Change) -> SubjectKind {
    let path = change.subject.split_once(':').map_or(change.subject.as_str(), |(_, p)| p);
    if path.contains('/') { SubjectKind::Repository } else { SubjectKind::Organization }
}

struct Place<'a, 'b> {
    github: &'a Github<'b>,
    writer: Writer,
}

impl Carries for Place<'_, '_> {
    async fn look(&self, changes: &[(usize, &Change)]) -> Result<Seen, ForgeError> {
        let Github { catalog, environment, url, forge, .. } = self.github;
        let judge = Judge::new(catalog, &[], chrono::NaiveDate::MIN, false);
        let demand = self.github.demand_of(changes);
        let whole = Arc::new(demand.clone());
        let subjects: BTreeSet<&str> = changes.iter().map(|(_, c)| c.subject.as_str()).collect();
        let narrow = |observed: &Observed| {
            let changes = subjects.contains(observed.subject.to_string().as_str());
            if changes { Arc::clone(&whole) } else { Arc::default() }
        };
        let live = Live {
            narrow: &narrow,
            catalog,
            demand: &demand,
            environment: *environment,
            terms: self.github.quiet(),
            progress: Box::new(|_, _| {}),
        };
        let organizations = self.github.organizations(changes);
        let place = GithubPlace {
            name: forge,
            url: Some(url.as_str()),
            organizations: &organizations,
            enterprise: None,
        };
        let mut seen: BTreeMap<usize, Option<Json>> = BTreeMap::new();
        let mut outcome = Outcome::default();
        live.github(&place, &mut outcome, |observed, _| {
            seen.extend(look(changes, catalog, &judge, observed, None, ForgeKind::Github));
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
        matches!(error, ForgeError::Refused { status: 409 | 422, .. })
    }
}

//! Carries a plan out on a GitHub server: how it is looked at and written to.

use std::collections::BTreeSet;
use std::sync::Arc;

use super::apply::{About, Applier, Carried, Seen, Step, look, unread};
use super::carry::{Carries, carry};
use super::live::{GithubPlace, Live};
use super::outcome::Outcome;
use crate::catalog::{Catalog, Demand, ForgeKind};
use crate::engine::{Judge, Want, demand};
use crate::forge::github::{Reader, Server, Writer};
use crate::forge::{ForgeError, Stop, Transport, Written};
use crate::model::{Change, Observed, Plan, Request, Subject, SubjectKind};

impl Applier<'_> {
    /// Carries changes out on the GitHub server at that address.
    pub async fn github(&self, url: &str, plan: &Plan, changes: &[(usize, &Change)]) -> Carried {
        match self.writer(url).await {
            Ok(writer) => carry(&Place { with: self, url, writer }, self, plan, changes).await,
            Err(error) => Carried { ended: Some(error.into()), ..Carried::default() },
        }
    }

    async fn writer(&self, url: &str) -> Result<Writer<'_>, ForgeError> {
        let server = Server::at(Some(url)).map_err(ForgeError::Host)?;
        let transport = Transport::new(&self.terms).map_err(ForgeError::Transport)?;
        let reader = Reader::new(&server, transport, self.environment).await?;
        Ok(Writer::new(reader, Arc::clone(&self.terms.voice), self.environment))
    }
}

/// Of which scope a change's subject is: an organization's name has no slash.
fn scope(change: &Change) -> SubjectKind {
    let path = change.subject.split_once(':').map_or(change.subject.as_str(), |(_, p)| p);
    if path.contains('/') { SubjectKind::Repository } else { SubjectKind::Organization }
}

struct Place<'a, 'b> {
    with: &'a Applier<'b>,
    url: &'a str,
    writer: Writer<'a>,
}

impl Place<'_, '_> {
    fn organizations(&self, changes: &[(usize, &Change)]) -> Vec<String> {
        let login = |change: &Change| {
            let path = change.subject.split_once(':').map_or(change.subject.as_str(), |(_, p)| p);
            Subject::new(scope(change), Arc::clone(&self.with.forge), path).organization().to_owned()
        };
        let logins: BTreeSet<String> = changes.iter().map(|(_, change)| login(change)).collect();
        logins.into_iter().collect()
    }
}

fn demand_of(catalog: &Catalog, changes: &[(usize, &Change)]) -> Demand {
    let wants = changes.iter().filter_map(|(_, change)| {
        let setting = catalog.id(&change.setting)?;
        Some(Want { of: scope(change), setting, key: change.key.as_deref().map(Arc::from) })
    });
    demand(catalog, wants)
}

impl Carries for Place<'_, '_> {
    async fn look(&self, changes: &[(usize, &Change)], stop: Arc<Stop>) -> Result<Seen, ForgeError> {
        let Applier { catalog, environment, forge, watch, .. } = self.with;
        let judge = Judge::new(catalog, &[], chrono::NaiveDate::MIN, false);
        let demand = demand_of(catalog, changes);
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
        let organizations = self.organizations(changes);
        let place =
            GithubPlace { name: forge, url: Some(self.url), organizations: &organizations, enterprise: None };
        let mut seen = Seen::new();
        let mut outcome = Outcome::default();
        live.github(&place, &mut outcome, |observed, _| {
            let about = about.subject(&observed.subject.to_string());
            seen.extend(look(about, catalog, &judge, observed, None, ForgeKind::Github));
        })
        .await?;
        unread(&mut seen, changes, &outcome);
        Ok(seen)
    }

    async fn turn(&self, request: &Request, stop: &Stop) -> Result<(), ForgeError> {
        self.writer.turn(request, stop).await
    }

    async fn send(&self, request: &Request) -> Written {
        self.writer.send(request).await
    }

    fn was_taken(&self, error: &ForgeError) -> bool {
        matches!(error, ForgeError::Refused { status: 409 | 422, .. })
    }
}

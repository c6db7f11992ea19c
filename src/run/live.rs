//! Reads live forges and judges what comes.

use std::cell::Cell;
use std::sync::Arc;
use std::sync::atomic::Ordering;

use super::outcome::{Outcome, Requests, Unread};
use super::preflight::Preflight;
use super::sources::Place;
use crate::catalog::{Catalog, Clash, Demand, ForgeKind};
use crate::forge::github::{Collecting, ReadPlan, Reader, Server, collect};
use crate::forge::{Collected, Narrow};
use crate::forge::{Counts, Terms, Transport, TransportError, grouped};
use crate::forge::{ForgeError, ServerAge};
use crate::model::{Observed, Subject, SubjectKind};

/// Hears what is being read, and how many repositories of it are done.
pub type Hearer<'a> = Box<dyn Fn(&str, u64) + 'a>;

/// What live reading needs of its surroundings.
pub struct Live<'a> {
    /// The catalogue.
    pub catalog: &'a Catalog,
    /// Everything that any subject may need.
    pub demand: &'a Demand,
    /// What of it one subject needs that does not come in bulk.
    pub narrow: &'a Narrow<'a>,
    /// Looks up a variable of the environment.
    pub environment: &'a dyn Fn(&str) -> Option<String>,
    /// What is remembered, until when is asked, and how fast.
    pub terms: Terms,
    /// Hears how far the reading is: what is read, how many are done.
    pub progress: Hearer<'a>,
}

impl Live<'_> {
    /// Reads a place that is no snapshot and hands over each subject, with the sort of its forge.
    /// What cannot be read is noted, and stops nothing else.
    ///
    /// Subjects come by themselves: a live repository lists what it inherits, so that its
    /// organization's own list adds nothing, and would make all unknown to whoever may not read it.
    pub async fn read(
        &self,
        place: &Place,
        outcome: &mut Outcome,
        mut take: impl FnMut(&Observed, ForgeKind, &mut Outcome),
    ) {
        match place {
            Place::Github { name, url, organizations, enterprise } => {
                let take =
                    |observed: &Observed, outcome: &mut Outcome| take(observed, ForgeKind::Github, outcome);
                let (url, enterprise) = (url.as_deref(), enterprise.as_deref());
                let place = GithubPlace { name, url, organizations, enterprise };
                if let Err(error) = self.github(&place, outcome, take).await {
                    outcome.unread.push(Unread { address: format!("forge {name}"), why: reason(&error) });
                }
            }
            Place::Gitlab { name, url, groups, everyone } => {
                let take =
                    |observed: &Observed, outcome: &mut Outcome| take(observed, ForgeKind::Gitlab, outcome);
                if let Err(error) =
                    self.gitlab(name, url.as_deref(), (groups, everyone.as_deref()), outcome, take).await
                {
                    outcome.unread.push(Unread { address: format!("forge {name}"), why: reason(&error) });
                }
            }
            Place::Snapshot { .. } => {}
        }
    }

    /// Reads the organizations of a GitHub server and hands over each subject. An organization that
    /// cannot be read does not stop the others.
    ///
    /// # Errors
    /// When nothing of the place can be read, because its server or identity cannot be used.
    pub async fn github(
        &self,
        place: &GithubPlace<'_>,
        outcome: &mut Outcome,
        mut take: impl FnMut(&Observed, &mut Outcome),
    ) -> Result<(), ForgeError> {
        let mut opened = self.open(place).await?;
        if let (Some(enterprise), Some(error)) = (place.enterprise, opened.enterprise_unread.take()) {
            let address = format!("enterprise {enterprise} of forge {}", place.name);
            outcome.unread.push(Unread { why: reason(&error), address });
        }
        let organizations = std::mem::take(&mut opened.organizations);
        for organization in &organizations {
            let subject =
                Subject::new(SubjectKind::Organization, Arc::clone(place.name), organization.as_str());
            let address = subject.to_string();
            let how_far = HowFar::default();
            let read = self.organization(&mut opened, subject, &how_far, outcome, &mut take).await;
            match read {
                Ok(collected) if collected.repositories < collected.total => outcome.unread.push(Unread {
                    why: format!(
                        "only {} of its {} repositories were listed",
                        collected.repositories, collected.total
                    ),
                    address,
                }),
                Ok(_) => {}
                Err(error) => {
                    outcome.unread.push(Unread { why: self.reason_after(&error, &how_far), address });
                }
            }
        }
        opened.reader.settled().await;
        let counts = requests(opened.reader.counts());
        outcome.requests.rest += counts.rest;
        outcome.requests.graphql += counts.graphql;
        outcome.requests.points += counts.points;
        outcome.requests.not_modified += counts.not_modified;
        Ok(())
    }

    /// Why an organization was not read to its end.
    pub(super) fn reason_after(&self, error: &ForgeError, how_far: &HowFar) -> String {
        let ForgeError::Transport(TransportError::Deadline { .. }) = error else { return reason(error) };
        let how_far = match how_far.done.get() {
            0 => "before its first repository".to_owned(),
            done => format!("after {} of {} repositories", grouped(done), grouped(how_far.total.get())),
        };
        let next = match &self.terms.memory {
            Some(memory) if memory.is_kept() => "; `--resume` goes on from there",
            _ => "",
        };
        format!("{error} {how_far}{next}")
    }

    /// Reads one organization, once more for each thing that an older server turns out to lack.
    async fn organization(
        &self,
        opened: &mut Opened,
        subject: Subject,
        how_far: &HowFar,
        outcome: &mut Outcome,
        mut take: impl FnMut(&Observed, &mut Outcome),
    ) -> Result<Collected, ForgeError> {
        let address = subject.to_string();
        let reader = opened.reader.of_organization(&subject.name).await?;
        opened.learn_version(self, &reader).await;
        let introduction = reader.introduce(&subject.name).await?;
        let reader = reader.with_rights(introduction.rights.clone());
        outcome.acting = Some(introduction.login.clone()).filter(|login| !login.is_empty());
        let preflight = Preflight::of(self.catalog, self.demand, &opened.age, introduction)?;
        for line in preflight.warnings() {
            (self.terms.voice)(&format!("{address}: {line}"));
        }
        loop {
            let plan = ReadPlan::new(self.catalog, self.demand, &opened.age).map_err(unplanned)?;
            let with = Collecting {
                reader: &reader,
                catalog: self.catalog,
                demand: self.demand,
                plan: &plan,
                narrow: self.narrow,
                total: &how_far.total,
            };
            let read = collect(with, subject.clone(), |observed, _| {
                take(observed, outcome);
                let done = how_far.done.get() + u64::from(observed.subject.kind == SubjectKind::Repository);
                how_far.done.set(done);
                (self.progress)(&address, done);
            });
            match read.await {
                // An older server names what it does not know; each round knows more of it.
                Err(ForgeError::OlderServer { lacks }) if !lacks.is_subset(&opened.age.lacks) => {
                    opened.age.lacks.extend(lacks)
                }
                read => return read,
            }
        }
    }

    /// Opens a place: finds its server, its identity, and the organizations of its enterprise.
    async fn open(&self, place: &GithubPlace<'_>) -> Result<Opened, ForgeError> {
        let server = Server::at(place.url)?;
        let transport = Transport::new(&self.terms).map_err(ForgeError::Transport)?;
        let reader = Reader::new(&server, transport, self.environment).await?;
        let mut organizations = place.organizations.to_vec();
        let mut enterprise_unread = None;
        if let Some(enterprise) = place.enterprise {
            match reader.organizations(enterprise).await {
                Ok(all) => {
                    let named = organizations.clone();
                    let new = |login: &String| !named.iter().any(|o| o.eq_ignore_ascii_case(login));
                    organizations.extend(all.into_iter().filter(new));
                }
                Err(error) => enterprise_unread = Some(error),
            }
        }
        Ok(Opened { reader, server, age: ServerAge::default(), organizations, enterprise_unread })
    }

    /// What is known of each organization of a place before it is read, or why nothing is.
    pub async fn preflight(&self, place: &GithubPlace<'_>) -> Vec<(String, Result<Preflight, String>)> {
        let mut opened = match self.open(place).await {
            Ok(opened) => opened,
            Err(error) => {
                let all = place.organizations.iter().map(|o| format!("{}:{o}", place.name));
                return all.map(|address| (address, Err(reason(&error)))).collect();
            }
        };
        let mut all = Vec::new();
        if let (Some(enterprise), Some(error)) = (place.enterprise, opened.enterprise_unread.take()) {
            all.push((format!("enterprise {enterprise} of forge {}", place.name), Err(reason(&error))));
        }
        for organization in &std::mem::take(&mut opened.organizations) {
            let found = async {
                let reader = opened.reader.of_organization(organization).await?;
                opened.learn_version(self, &reader).await;
                let introduction = reader.introduce(organization).await?;
                Preflight::of(self.catalog, self.demand, &opened.age, introduction)
            };
            let found = found.await.map_err(|e| reason(&e));
            all.push((format!("{}:{organization}", place.name), found));
        }
        all
    }
}

/// Whether something is demanded that only some versions of a server have.
fn depends_on_version(catalog: &Catalog, demand: &Demand) -> bool {
    let keyed = demand.kinds.values().flat_map(|k| &k.settings);
    let mut bindings = demand.settings.iter().chain(keyed).filter_map(|id| catalog.get(*id).github.binding());
    bindings.any(|b| b.since.is_some())
}

/// A GitHub server and what of it is read.
#[derive(Debug, Clone, Copy)]
pub struct GithubPlace<'a> {
    /// The name in addresses.
    pub name: &'a Arc<str>,
    /// The server, unless it is github.com.
    pub url: Option<&'a str>,
    /// The organizations to read.
    pub organizations: &'a [String],
    /// The enterprise all of whose organizations are read as well.
    pub enterprise: Option<&'a str>,
}

/// How far the reading of an organization came, in repositories.
#[derive(Debug, Default)]
pub(super) struct HowFar {
    pub done: Cell<u64>,
    pub total: Cell<u64>,
}

/// A place that can be read.
struct Opened {
    reader: Reader,
    server: Server,
    age: ServerAge,
    organizations: Vec<String>,
    /// Why the enterprise's organizations are not among them.
    enterprise_unread: Option<ForgeError>,
}

impl Opened {
    /// Asks for the server's version, only where it matters. Without an answer every row is asked
    /// for, and the server has its say.
    async fn learn_version(&mut self, live: &Live<'_>, reader: &Reader) {
        if self.age.version.is_none() && depends_on_version(live.catalog, live.demand) {
            self.age.version = reader.version(&self.server).await.unwrap_or_default();
        }
    }
}

pub(super) fn unplanned(clash: Clash) -> ForgeError {
    ForgeError::Unreadable { what: "the catalogue".into(), why: clash.to_string() }
}

pub(super) fn requests(counts: &Counts) -> Requests {
    let of = |n: &std::sync::atomic::AtomicU64| n.load(Ordering::Relaxed);
    Requests {
        rest: of(&counts.rest),
        graphql: of(&counts.graphql),
        points: of(&counts.points),
        not_modified: of(&counts.not_modified),
    }
}

/// The error, and what a person can do about it.
pub fn reason(error: &ForgeError) -> String {
    let advice = match error {
        ForgeError::Host(host) => miette::Diagnostic::help(host).map(|h| h.to_string()),
        ForgeError::Refused { status: 401, .. } => Some("the token is not valid, or has expired".into()),
        ForgeError::Refused { status: 403 | 404, .. } => {
            Some("the token may lack rights there, or the name is wrong".into())
        }
        ForgeError::Transport(TransportError::Unreachable { .. }) => {
            Some("check the address and the network".into())
        }
        _ => None,
    };
    match advice {
        Some(advice) => format!("{error} ({advice})"),
        None => error.to_string(),
    }
}

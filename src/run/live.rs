//! Reads live forges and judges what comes.

use std::cell::Cell;
use std::sync::Arc;
use std::sync::atomic::Ordering;

use super::outcome::{Outcome, Requests, Unread};
use super::sources::Place;
use crate::catalog::{Catalog, Clash, Demand, ForgeKind};
use crate::forge::github::{
    Collecting, Forecast, GithubError, Narrow, ReadPlan, Reader, Server, ServerAge, collect,
};
use crate::forge::{Counts, Terms, Transport, TransportError, grouped};
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
            Place::Github { name, url, organizations } => {
                let take =
                    |observed: &Observed, outcome: &mut Outcome| take(observed, ForgeKind::Github, outcome);
                if let Err(error) = self.github(name, url.as_deref(), organizations, outcome, take).await {
                    outcome.unread.push(Unread { address: format!("forge {name}"), why: reason(&error) });
                }
            }
            Place::Gitlab { name, .. } => {
                let why = "this release reads GitLab from snapshots only".to_owned();
                outcome.unread.push(Unread { address: format!("forge {name}"), why });
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
        name: &Arc<str>,
        url: Option<&str>,
        organizations: &[String],
        outcome: &mut Outcome,
        mut take: impl FnMut(&Observed, &mut Outcome),
    ) -> Result<(), GithubError> {
        let server = Server::at(url)?;
        let transport = Transport::new(&self.terms).map_err(GithubError::Transport)?;
        let reader = Reader::new(&server, transport, self.environment).await?;
        let mut age = ServerAge::default();
        for organization in organizations {
            let subject = Subject::new(SubjectKind::Organization, Arc::clone(name), organization.as_str());
            let address = subject.to_string();
            let mut done = 0;
            let total = Cell::new(0);
            let read = loop {
                let plan = ReadPlan::new(self.catalog, self.demand, &age).map_err(unplanned)?;
                let with = Collecting {
                    reader: &reader,
                    catalog: self.catalog,
                    demand: self.demand,
                    plan: &plan,
                    narrow: self.narrow,
                    total: &total,
                };
                let read = collect(with, subject.clone(), |observed, _| {
                    take(observed, outcome);
                    done += u64::from(observed.subject.kind == SubjectKind::Repository);
                    (self.progress)(&address, done);
                });
                match read.await {
                    // An older server names what it does not know; each round knows more of it.
                    Err(GithubError::OlderServer { fields }) if !fields.is_subset(&age.lacks) => {
                        age.lacks.extend(fields)
                    }
                    read => break read,
                }
            };
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
                    outcome
                        .unread
                        .push(Unread { why: self.reason_after(&error, done, total.get()), address });
                }
            }
        }
        reader.settled().await;
        let counts = requests(reader.counts());
        outcome.requests.rest += counts.rest;
        outcome.requests.graphql += counts.graphql;
        outcome.requests.points += counts.points;
        outcome.requests.not_modified += counts.not_modified;
        Ok(())
    }

    /// Why an organization was not read to its end, after so many of all its repositories.
    fn reason_after(&self, error: &GithubError, done: u64, total: u64) -> String {
        let GithubError::Transport(TransportError::Deadline { .. }) = error else { return reason(error) };
        let how_far = match done {
            0 => "before its first repository".to_owned(),
            done => format!("after {} of {} repositories", grouped(done), grouped(total)),
        };
        let next = if self.terms.memory.as_ref().is_some_and(|m| m.is_kept()) {
            "; `--resume` goes on from there"
        } else {
            ""
        };
        format!("{error} {how_far}{next}")
    }

    /// How many repositories each organization has, or why that is not known.
    pub async fn sizes(&self, url: Option<&str>, organizations: &[String]) -> Vec<Result<u64, String>> {
        let reader = async {
            let server = Server::at(url)?;
            let transport = Transport::new(&self.terms).map_err(GithubError::Transport)?;
            Reader::new(&server, transport, self.environment).await
        };
        let reader = match reader.await {
            Ok(reader) => reader,
            Err(error) => return organizations.iter().map(|_| Err(reason(&error))).collect(),
        };
        let mut sizes = Vec::new();
        for organization in organizations {
            sizes.push(reader.size(organization).await.map_err(|e| reason(&e)));
        }
        sizes
    }
}

/// What reading a GitHub organization of so many repositories will cost.
///
/// # Errors
/// When the catalogue's rows exclude one another.
pub fn forecast(catalog: &Catalog, demand: &Demand, repositories: u64) -> Result<Forecast, Clash> {
    let plan = ReadPlan::new(catalog, demand, &ServerAge::default())?;
    let most = 500_000 / plan.page_cost(1).nodes.max(1);
    Ok(plan.forecast(repositories, most.clamp(1, 100)))
}

fn unplanned(clash: Clash) -> GithubError {
    GithubError::Unreadable { what: "the catalogue".into(), why: clash.to_string() }
}

fn requests(counts: &Counts) -> Requests {
    let of = |n: &std::sync::atomic::AtomicU64| n.load(Ordering::Relaxed);
    Requests {
        rest: of(&counts.rest),
        graphql: of(&counts.graphql),
        points: of(&counts.points),
        not_modified: of(&counts.not_modified),
    }
}

/// The error, and what a person can do about it.
fn reason(error: &GithubError) -> String {
    let advice = match error {
        GithubError::Host(host) => miette::Diagnostic::help(host).map(|h| h.to_string()),
        GithubError::Refused { status: 401, .. } => Some("the token is not valid, or has expired".into()),
        GithubError::Refused { status: 403 | 404, .. } => {
            Some("the token may lack rights there, or the name is wrong".into())
        }
        GithubError::Transport(TransportError::Unreachable { .. }) => {
            Some("check the address and the network".into())
        }
        _ => None,
    };
    match advice {
        Some(advice) => format!("{error} ({advice})"),
        None => error.to_string(),
    }
}

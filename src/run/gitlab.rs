//! Reads live GitLab groups and judges what comes.

use std::cell::Cell;
use std::sync::Arc;

use super::gitlab_preflight::GitlabPreflight;
use super::live::{HowFar, Live, reason, requests};
use super::outcome::{Outcome, Unread};
use crate::forge::Collected;
use crate::forge::gitlab::{Collecting, Introduction, Reader, Server, collect, demand_above, instance};
use crate::forge::{ForgeError, ServerAge};
use crate::model::{Observed, Subject, SubjectKind};

impl Live<'_> {
    /// Reads the groups of a GitLab server and hands over each subject. A group that cannot be read
    /// does not stop the others.
    ///
    /// # Errors
    /// When nothing of the place can be read, because its server or token cannot be used.
    pub async fn gitlab(
        &self,
        name: &Arc<str>,
        url: Option<&str>,
        (groups, everyone): (&[String], Option<&str>),
        outcome: &mut Outcome,
        mut take: impl FnMut(&Observed, &mut Outcome),
    ) -> Result<(), ForgeError> {
        let server = Server::at(url)?;
        let reader = Reader::new(&server, &self.terms, self.environment)?;
        let introduction = reader.introduce().await?;
        if let Some(warning) = warning(&introduction) {
            (self.terms.voice)(&format!("forge {name}: {warning}"));
        }
        let reader = reader.with_scopes(introduction.scopes.as_deref());
        let mut age = ServerAge { version: introduction.version, ..ServerAge::default() };
        let demand = demand_above(self.catalog, self.demand, everyone);
        let nothing = Cell::new(0);
        let with = Collecting {
            reader: &reader,
            catalog: self.catalog,
            demand: &demand,
            everyone,
            narrow: self.narrow,
            age: &age,
            total: &nothing,
        };
        let itself = Subject::new(SubjectKind::Enterprise, Arc::clone(name), server.host());
        let address = itself.to_string();
        match instance(with, itself).await {
            Ok(observed) => observed.iter().for_each(|observed| take(observed, outcome)),
            Err(error) => outcome.unread.push(Unread { why: reason(&error), address }),
        }
        for group in groups {
            let subject = Subject::new(SubjectKind::Organization, Arc::clone(name), group.as_str());
            let address = subject.to_string();
            let how_far = HowFar::default();
            // Where nobody says who asks, the reading itself will.
            if GitlabPreflight::depends_on_role(self.catalog, self.demand)
                && let Ok(standing) = reader.standing_in(group, &introduction).await
            {
                let known = GitlabPreflight::of((self.catalog, self.demand), introduction.clone(), standing);
                if let Some(warning) = known.warning() {
                    (self.terms.voice)(&format!("{address}: {warning}"));
                }
            }
            let read = loop {
                let with = Collecting {
                    reader: &reader,
                    catalog: self.catalog,
                    demand: &demand,
                    everyone,
                    narrow: self.narrow,
                    age: &age,
                    total: &how_far.total,
                };
                let read = collect(with, subject.clone(), |observed| {
                    take(observed, outcome);
                    let one = u64::from(observed.subject.kind == SubjectKind::Repository);
                    how_far.done.set(how_far.done.get() + one);
                    (self.progress)(&address, how_far.done.get());
                });
                match read.await {
                    // An older server names what it does not know; each round knows more of it.
                    Err(ForgeError::OlderServer { lacks }) if !lacks.is_subset(&age.lacks) => {
                        age.lacks.extend(lacks);
                    }
                    read => break read,
                }
            };
            match read {
                Ok(Collected { repositories, total }) if repositories < total => {
                    let why = format!("only {repositories} of its {total} projects were listed");
                    outcome.unread.push(Unread { why, address });
                }
                Ok(_) => {}
                Err(error) => {
                    outcome.unread.push(Unread { why: self.reason_after(&error, &how_far), address });
                }
            }
        }
        reader.settled().await;
        let counts = requests(reader.counts());
        outcome.requests.rest += counts.rest;
        outcome.requests.graphql += counts.graphql;
        outcome.requests.not_modified += counts.not_modified;
        Ok(())
    }
}

/// What of a token a person should hear before the reading begins.
fn warning(introduction: &Introduction) -> Option<String> {
    let scopes = introduction.scopes.as_ref()?;
    let reads = scopes.iter().any(|s| s == "api" || s == "read_api");
    (!reads).then(|| format!("the token has the scopes {}: read_api is needed", scopes.join(", ")))
}

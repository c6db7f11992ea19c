//! The logs that were read: each question once, and no more of them than a person would wait for.

use std::collections::HashMap;
use std::sync::Arc;

use super::kinds::{Kinds, category, kinds};
use super::{Answer, LogServer, Who, WhoAsked, actors};
use crate::catalog::ForgeKind;
use crate::forge::{Between, Event, EventLog, ForgeError, Transport, github, gitlab};
use crate::run::{Change, reason};

/// How many questions are asked, of which each may take a few pages.
const MOST: usize = 100;

/// Whoever reads a forge.
#[derive(Clone)]
enum Reader {
    Github(github::Reader),
    Gitlab(gitlab::Reader),
}

/// What is asked: a forge, an organization or group, the repository, and the category of actions.
type Question = (String, String, Option<String>, &'static str);

/// What was asked so far.
pub(super) struct Logs<'a> {
    asked: &'a WhoAsked<'a>,
    between: Between,
    /// A snapshot names a subject's own settings without what they are of.
    of_settings: bool,
    readers: HashMap<String, Result<Reader, String>>,
    answers: HashMap<Question, Answer>,
}

impl<'a> Logs<'a> {
    pub(super) fn new(asked: &'a WhoAsked<'a>, between: Between, of_settings: bool) -> Self {
        Self { asked, between, of_settings, readers: HashMap::new(), answers: HashMap::new() }
    }

    /// Who made a change.
    pub(super) async fn who(&mut self, change: &Change) -> Who {
        let unknown = |why: &str| Who::Unknown(why.to_owned());
        let Some((forge, path)) = change.subject.split_once(':') else {
            return unknown("the subject has no forge");
        };
        let Some(LogServer { kind, .. }) = (self.asked.server)(forge) else {
            return Who::Unknown(format!("where the forge {forge} is, is not known: --policy PATH names it"));
        };
        let is_repository = path.contains('/');
        let name = match change.name.as_deref() {
            Some(name) if self.of_settings && !name.contains('[') => {
                format!("{}.{name}", if is_repository { "repository" } else { "organization" })
            }
            name => name.unwrap_or_default().to_owned(),
        };
        if name.starts_with("file[") {
            return unknown("files are changed by commits, of which the repository tells");
        }
        let Some(kinds) = kinds(kind, &name) else {
            return unknown("no kind of event is known that tells of this setting");
        };
        match kind {
            ForgeKind::Github => self.github(forge, path, kinds).await,
            ForgeKind::Gitlab => self.gitlab(forge, path, name.starts_with("organization"), kinds).await,
        }
    }

    async fn github(&mut self, forge: &str, path: &str, kinds: &Kinds) -> Who {
        let organization = path.split('/').next().unwrap_or(path).to_owned();
        let repository = path.contains('/').then(|| path.to_owned());
        let mut found = Found::default();
        let mut questions: Vec<(Option<String>, &'static str)> = Vec::new();
        let own = kinds.own.iter().map(|action| (repository.clone(), category(action)));
        let above = kinds.above.iter().map(|action| (None, category(action)));
        for question in own.chain(above) {
            if !questions.contains(&question) {
                questions.push(question);
            }
        }
        for (of, category) in questions {
            let wanted = if of.is_some() || repository.is_none() { kinds.own } else { kinds.above };
            let question = (forge.to_owned(), organization.clone(), of.clone(), category);
            // Of what is above the repositories, what was done in one of them is none of it.
            let here = |event: &Event| match &of {
                Some(repository) => {
                    event.repository.as_ref().is_none_or(|r| r.eq_ignore_ascii_case(repository))
                }
                None => event.repository.is_none(),
            };
            found.take(self.answer(question).await, |event| here(event) && is_of(event, wanted));
        }
        found.who(kinds)
    }

    async fn gitlab(&mut self, forge: &str, path: &str, is_group: bool, kinds: &Kinds) -> Who {
        let question = (forge.to_owned(), path.to_owned(), None, if is_group { "group" } else { "project" });
        let mut found = Found::default();
        found.take(self.answer(question).await, |event| is_of(event, kinds.own));
        found.who(kinds)
    }

    async fn answer(&mut self, question: Question) -> Answer {
        if let Some(answer) = self.answers.get(&question) {
            return answer.clone();
        }
        if self.answers.len() >= MOST {
            return Err(format!("only {MOST} questions are asked of the logs: compare fewer at once"));
        }
        let answer = match self.reader(&question.0).await {
            Ok(reader) => self.ask(reader, &question).await.map(Arc::new),
            Err(why) => Err(why),
        };
        self.answers.insert(question, answer.clone());
        answer
    }

    async fn reader(&mut self, forge: &str) -> Result<Reader, String> {
        if let Some(reader) = self.readers.get(forge) {
            return reader.clone();
        }
        let reader = self.open(forge).await.map_err(|error| reason(&error));
        self.readers.insert(forge.to_owned(), reader.clone());
        reader
    }

    async fn open(&self, forge: &str) -> Result<Reader, ForgeError> {
        let WhoAsked { server, terms, environment, .. } = self.asked;
        let server = server(forge);
        let url = server.as_ref().and_then(|server| server.url.as_deref());
        if server.as_ref().is_some_and(|server| server.kind == ForgeKind::Gitlab) {
            let server = gitlab::Server::at(url)?;
            return Ok(Reader::Gitlab(gitlab::Reader::new(&server, terms, environment)?));
        }
        let transport = Transport::new(terms).map_err(ForgeError::Transport)?;
        let server = github::Server::at(url)?;
        Ok(Reader::Github(github::Reader::new(&server, transport, environment).await?))
    }

    async fn ask(&self, reader: Reader, question: &Question) -> Result<EventLog, String> {
        let (_, organization, repository, category) = question;
        match reader {
            Reader::Github(reader) => {
                let read = async {
                    let reader = reader.of_organization(organization).await?;
                    let now = self.asked.now;
                    reader.audit_log(organization, repository.as_deref(), category, self.between, now).await
                };
                read.await.map_err(|error| refused(&error, TAKES_GITHUB))
            }
            Reader::Gitlab(reader) => {
                let read = reader.audit_events(organization, *category == "group", self.between);
                read.await.map_err(|error| refused(&error, TAKES_GITLAB))
            }
        }
    }
}

/// What it takes to be shown a log.
const TAKES_GITHUB: &str = "it takes GitHub Enterprise, an owner of the organization, and the scope read:audit_log \
                            (of an App or a fine-grained token: Administration of the organization, read)";
const TAKES_GITLAB: &str =
    "it takes Premium, and the role Maintainer (of a group: Owner) with the scope read_api";

fn refused(error: &ForgeError, takes: &str) -> String {
    match error {
        ForgeError::Refused { status: 403 | 404, .. } => format!("{}: {takes}", reason(error)),
        error => reason(error),
    }
}

fn is_of(event: &Event, wanted: &[&str]) -> bool {
    wanted.iter().any(|begin| event.action.starts_with(begin))
}

/// What several questions came to.
#[derive(Default)]
struct Found {
    events: Vec<Event>,
    partly: Vec<String>,
}

impl Found {
    fn take(&mut self, answer: Answer, is_meant: impl Fn(&Event) -> bool) {
        let lacks = match answer {
            Ok(log) => {
                self.events.extend(log.events.iter().filter(|event| is_meant(event)).cloned());
                log.partly.clone()
            }
            Err(why) => Some(why),
        };
        if let Some(why) = lacks.filter(|why| !self.partly.contains(why)) {
            self.partly.push(why);
        }
    }

    fn who(self, kinds: &Kinds) -> Who {
        let partly = (!self.partly.is_empty()).then(|| self.partly.join("; "));
        match (self.events.is_empty(), partly) {
            (false, partly) => Who::Told { actors: actors(self.events.iter()), partly },
            (true, Some(why)) => Who::Unknown(why),
            (true, None) => {
                let mut all: Vec<&str> = Vec::new();
                for kind in kinds.own.iter().chain(kinds.above).map(|k| k.trim_end_matches(['.', '_'])) {
                    if !all.contains(&kind) {
                        all.push(kind);
                    }
                }
                Who::Unknown(format!(
                    "the log has no event of these kinds between the two: {}",
                    all.join(", ")
                ))
            }
        }
    }
}

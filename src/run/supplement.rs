//! Reads the documents that plans of single subjects wait for.

use std::collections::{BTreeMap, BTreeSet};

use futures_util::stream::{self, StreamExt};

use super::live::{Live, reason};
use super::sources::Place;
use crate::engine::{Document, Waiting};
use crate::forge::github::{self, Server};
use crate::forge::{ForgeError, Transport, gitlab};

/// Documents that are asked for at once.
const AT_ONCE: usize = 8;

/// Who is asked for documents.
enum Asker {
    Github(github::Reader),
    Gitlab(gitlab::Reader),
}

/// The subjects with the documents that they waited for, each asked for once. What is not answered is unknown, so that
/// each subject waits only once for a document.
pub(super) async fn supplement(live: &Live<'_>, place: &Place, mut waiting: Vec<Waiting>) -> Vec<Waiting> {
    let asker = Asker::of(live, place).await.map_err(|error| reason(&error));
    let of =
        |subject: &Waiting, path: &str| (subject.observed.subject.organization().to_owned(), path.to_owned());
    let missing =
        waiting.iter().flat_map(|subject| subject.missing.iter().map(move |path| of(subject, path)));
    let missing: BTreeSet<(String, String)> = missing.collect();
    let asker = &asker;
    let each = missing.into_iter().map(|(organization, path)| async move {
        let answer = match asker {
            Ok(asker) => asker.ask(&organization, &path).await,
            Err(why) => Document::Unknown { why: why.clone() },
        };
        ((organization, path), answer)
    });
    let answers: BTreeMap<(String, String), Document> = stream::iter(each).buffered(AT_ONCE).collect().await;
    for subject in &mut waiting {
        for path in std::mem::take(&mut subject.missing) {
            if let Some(answer) = answers.get(&of(subject, &path)) {
                subject.documents.insert(path, answer.clone());
            }
        }
    }
    waiting
}

impl Asker {
    async fn of(live: &Live<'_>, place: &Place) -> Result<Self, ForgeError> {
        match place {
            Place::Github { url, .. } => {
                let server = Server::at(url.as_deref())?;
                let transport = Transport::new(&live.terms).map_err(ForgeError::Transport)?;
                Ok(Self::Github(github::Reader::new(&server, transport, live.environment).await?))
            }
            Place::Gitlab { url, .. } => {
                let server = gitlab::Server::at(url.as_deref())?;
                Ok(Self::Gitlab(gitlab::Reader::new(&server, &live.terms, live.environment)?))
            }
            Place::Snapshot { path, .. } => {
                let (what, why) = (path.display().to_string(), "a snapshot has no documents".to_owned());
                Err(ForgeError::Unreadable { what, why })
            }
        }
    }

    async fn ask(&self, organization: &str, path: &str) -> Document {
        let answered = match self {
            Self::Github(reader) => match reader.of_organization(organization).await {
                Ok(reader) => reader.document(path).await,
                Err(error) => Err(error),
            },
            Self::Gitlab(reader) => reader.document(path).await,
        };
        match answered {
            Ok((200..=299, json, _)) => Document::Known(json),
            Ok((404, ..)) => Document::Absent,
            Ok((status, _, message)) => Document::Unknown { why: format!("{status}: {message}") },
            Err(error) => Document::Unknown { why: reason(&error) },
        }
    }
}

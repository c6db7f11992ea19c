//! Reads an organization: itself, then its repositories page by page.

use crate::forge::error::ForgeError;
use crate::forge::reading::{
    Beside, Collected, Facts, Narrow, Own, REPOSITORY, ScopePlan, Shared, Way, complete, observe,
};
use std::cell::Cell;
use std::collections::{BTreeSet, HashMap, HashSet};
use std::sync::Arc;

use futures_util::stream::{self, StreamExt};
use serde_json::Value as Json;

use super::client::Reader;
use super::grants::Grants;
use super::lists;
use super::organization;
use super::pages::{Ask, Page, Size, missed, read_page};
use super::plan::ReadPlan;
use crate::catalog::{Catalog, Demand};
use crate::model::{Observation, Observed, Readings, Subject, SubjectKind};

/// Repositories whose documents are asked for at once; the transport has the last word.
const AT_ONCE: usize = 64;

/// What is read before the repositories, to be joined with each.
struct Beforehand {
    list: Option<Result<HashMap<String, Readings>, String>>,
    grants: Option<Result<Grants, String>>,
}

/// What reading an organization takes.
#[derive(Clone, Copy)]
pub struct Collecting<'a, 'c> {
    /// Who reads.
    pub reader: &'a Reader,
    /// The rows.
    pub catalog: &'c Catalog,
    /// Everything that any subject may need.
    pub demand: &'a Demand,
    /// How it is read.
    pub plan: &'a ReadPlan<'c>,
    /// What of it one subject needs.
    pub narrow: &'a Narrow<'a>,
    /// Hears how many repositories the forge says there are.
    pub total: &'a Cell<u64>,
}

/// Reads an organization and hands over each subject as it comes, the organization first.
///
/// # Errors
/// When the organization or its repositories cannot be read. What is merely hidden is unknown in
/// what is handed over.
pub async fn collect(
    with: Collecting<'_, '_>,
    subject: Subject,
    mut take: impl FnMut(&Observed, Option<&Observed>),
) -> Result<Collected, ForgeError> {
    let Collecting { reader, plan, .. } = with;
    let forge = Arc::clone(&subject.forge);
    let login = Arc::clone(&subject.name);
    let size = Size::new(plan.largest_page());
    let ask = Ask { organization: Arc::clone(&login), selection: plan.repository.selection.text().into() };
    let first = spawn(reader, &ask, Json::Null, size);
    let (organization, beforehand) = futures_util::future::join(
        organization::read(reader, plan, subject),
        beforehand(reader, plan, &login),
    )
    .await;
    let (mut organization, object) = organization?;
    let beforehand = beforehand?;
    // Nothing is handed over before the first page is there: an older server may want another plan.
    let (mut page, mut size) = joined(first.await)?;
    let shared = Shared::default();
    with.read_on(&plan.organization, &shared, &mut organization, &object).await?;
    take(&organization, None);
    let mut collected = Collected::default();
    let mut seen: HashSet<String> = HashSet::new();
    let mut again = false;
    loop {
        let next = page.next.take().map(|after| spawn(reader, &ask, after, size));
        collected.total = page.total;
        with.total.set(page.total);
        complete(reader, REPOSITORY, &plan.repository.selection, &mut page.repositories).await?;
        let hidden = if page.hiding.is_empty() {
            None
        } else {
            Some(without(reader, with.catalog, with.demand, plan, &ask, &page).await?)
        };
        let mut read: Vec<(Observed, &Json, &ScopePlan<'_>)> = Vec::with_capacity(page.repositories.len());
        for (i, object) in page.repositories.iter().enumerate() {
            let (object, plan) = match &hidden {
                Some((spare, narrow)) if object["nameWithOwner"].is_null() => {
                    (spare.get(i).unwrap_or(object), narrow)
                }
                _ => (object, &plan.repository),
            };
            let Some(name) = object["nameWithOwner"].as_str() else { continue };
            // A repository that moved to a later page while the list was read is not read twice.
            if seen.insert(name.to_owned()) {
                let subject = Subject::new(SubjectKind::Repository, Arc::clone(&forge), name);
                read.push((beforehand.observe(plan, subject, object), object, plan));
            }
        }
        let on = read.into_iter().map(|(mut observed, object, plan)| {
            let shared = &shared;
            async move {
                with.read_on(plan, shared, &mut observed, object).await?;
                Ok::<Observed, ForgeError>(observed)
            }
        });
        let mut done = stream::iter(on).buffered(AT_ONCE);
        while let Some(observed) = done.next().await {
            collected.repositories += 1;
            take(&observed?, Some(&organization));
        }
        drop(done);
        match next {
            Some(next) => (page, size) = joined(next.await)?,
            // A list that moved while its pages were read has left some out: those are read alone.
            None if collected.repositories < collected.total && !again => {
                again = true;
                page = missed(reader, &ask, &seen, &plan.repository.selection).await?;
            }
            None => return Ok(collected),
        }
    }
}

impl Collecting<'_, '_> {
    /// Reads the documents of its own that a subject needs.
    async fn read_on(
        &self,
        plan: &ScopePlan<'_>,
        shared: &Shared,
        observed: &mut Observed,
        object: &Json,
    ) -> Result<(), ForgeError> {
        let visibility = object["visibility"].as_str();
        let facts = Facts { administers: object["viewerCanAdminister"] == true, visibility };
        let own = Own { from: self.reader, plan, shared, object, facts };
        own.read_what_is_needed(observed, &self.demand.facts, self.narrow).await
    }
}

impl Beforehand {
    fn observe(&self, plan: &ScopePlan<'_>, subject: Subject, object: &Json) -> Observed {
        let name = Arc::clone(&subject.name);
        let by_grants = plan.settings.iter().find(|(_, _, way)| *way == Way::Via);
        let grants = by_grants.map(|(setting, binding, _)| match &self.grants {
            Some(Ok(grants)) => grants.of(&name, setting),
            Some(Err(why)) => Observation::unknown(format!("{} ({why})", binding.permission)),
            None => Observation::unknown(Arc::clone(&binding.permission)),
        });
        let document = match &self.list {
            Some(Ok(list)) => Ok(list.get(&name.to_ascii_lowercase())),
            Some(Err(why)) => Err(why.as_str()),
            None => Ok(None),
        };
        observe(plan, subject, object, Beside { document, via: grants.as_ref() })
    }
}

async fn beforehand(reader: &Reader, plan: &ReadPlan<'_>, login: &str) -> Result<Beforehand, ForgeError> {
    let list = async {
        match plan.wants_list() {
            true => excused(lists::repositories(reader, login, &plan.repository).await).map(Some),
            false => Ok(None),
        }
    };
    let grants = async {
        match plan.wants_grants() {
            true => excused(Grants::read(reader, login).await).map(Some),
            false => Ok(None),
        }
    };
    let (list, grants) = futures_util::future::join(list, grants).await;
    Ok(Beforehand { list: list?, grants: grants? })
}

/// What is refused is unknown, for that reason; what is not asked for any more is no refusal.
fn excused<T>(read: Result<T, ForgeError>) -> Result<Result<T, String>, ForgeError> {
    match read {
        Err(error) if error.ends_the_run() => Err(error),
        read => Ok(read.map_err(|e| e.to_string())),
    }
}

type Coming = tokio::task::JoinHandle<Result<(Page, Size), ForgeError>>;

/// Asks for a page while the one before it is being judged.
fn spawn(reader: &Reader, ask: &Ask, after: Json, mut size: Size) -> Coming {
    let (reader, ask) = (reader.clone(), ask.clone());
    tokio::spawn(async move {
        let page = read_page(&reader, &ask, after, &mut size).await?;
        Ok((page, size))
    })
}

fn joined<T>(result: Result<Result<T, ForgeError>, tokio::task::JoinError>) -> Result<T, ForgeError> {
    result.unwrap_or_else(|e| {
        Err(ForgeError::Unreadable { what: "a page of repositories".into(), why: e.to_string() })
    })
}

/// The same repositories without the fields whose refusal hid some of them, and how to read them.
async fn without<'c>(
    reader: &Reader,
    catalog: &'c Catalog,
    demand: &Demand,
    plan: &ReadPlan<'c>,
    ask: &Ask,
    page: &Page,
) -> Result<(Vec<Json>, ScopePlan<'c>), ForgeError> {
    let mut refused: BTreeSet<String> = page.hiding.iter().cloned().collect();
    loop {
        let narrow = plan
            .repository_without(catalog, demand, refused.clone())
            .map_err(|e| ForgeError::Unreadable { what: "the catalogue".into(), why: e.to_string() })?;
        let ask = Ask { selection: narrow.selection.text().into(), ..ask.clone() };
        let (mut repositories, hiding) = again(reader, &ask, page).await?;
        // One refusal may have stood before another.
        if hiding.is_subset(&refused) {
            complete(reader, REPOSITORY, &narrow.selection, &mut repositories).await?;
            return Ok((repositories, narrow));
        }
        refused.extend(hiding);
    }
}

/// Reads the repositories of a page again, in several pages where one is too heavy now.
async fn again(reader: &Reader, ask: &Ask, page: &Page) -> Result<(Vec<Json>, BTreeSet<String>), ForgeError> {
    let (mut after, first) = page.asked.clone();
    let mut size = Size::new(first);
    let (mut repositories, mut hiding) = (Vec::new(), BTreeSet::new());
    loop {
        let read = read_page(reader, ask, after, &mut size).await?;
        repositories.extend(read.repositories);
        hiding.extend(read.hiding);
        match read.next {
            Some(next) if repositories.len() < page.repositories.len() => after = next,
            _ => return Ok((repositories, hiding)),
        }
    }
}

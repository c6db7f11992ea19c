//! Reads a group: itself and its subgroups, then its projects page by page.

use std::cell::Cell;
use std::collections::HashSet;
use std::sync::Arc;

use futures_util::stream::{self, StreamExt};
use serde_json::{Value as Json, json};

use super::client::Reader;
use crate::catalog::{Catalog, Clash, Demand, ForgeKind};
use crate::forge::error::ForgeError;
use crate::forge::reading::{
    Answers, Beside, Collected, Fetched, Narrow, Own, Reply, ScopePlan, ServerAge, Shared, Without, fetch,
    listed, observe,
};
use crate::model::{Observed, Subject, SubjectKind};

/// Projects whose documents are asked for at once; the transport has the last word.
const AT_ONCE: usize = 32;

/// What reading a group takes.
#[derive(Clone, Copy)]
pub struct Collecting<'a, 'c> {
    /// Who reads.
    pub reader: &'a Reader,
    /// The rows.
    pub catalog: &'c Catalog,
    /// Everything that any subject may need.
    pub demand: &'a Demand,
    /// What of it one subject needs.
    pub narrow: &'a Narrow<'a>,
    /// What the server is too old for.
    pub age: &'a ServerAge,
    /// Told how many projects there are, as soon as the forge says so.
    pub total: &'a Cell<u64>,
}

/// Reads a group and hands over each subject as it comes, groups first.
///
/// # Errors
/// When the group or its projects cannot be read. What is merely hidden is unknown in what is handed
/// over.
pub async fn collect(
    with: Collecting<'_, '_>,
    group: Subject,
    mut take: impl FnMut(&Observed),
) -> Result<Collected, ForgeError> {
    let forge = Arc::clone(&group.forge);
    let without = Without::of(ForgeKind::Gitlab, with.age.clone());
    let plan = |of| ScopePlan::new(with.catalog, with.demand, of, &without).map_err(unplanned);
    let (of_group, of_project) = (plan(SubjectKind::Organization)?, plan(SubjectKind::Repository)?);
    let list = with.reader.projects_of(&group.name)?;
    // The list comes first: it says whether there is such a group at all.
    let mut page = first_page(with.reader, &list).await?;
    let shared = Shared::default();
    for subject in groups(with, group).await? {
        let mut observed = observe(&of_group, subject, &json!({}), NOTHING);
        with.read_on(&of_group, &shared, &mut observed, &json!({})).await?;
        take(&observed);
    }
    let mut seen: HashSet<u64> = HashSet::new();
    let mut collected = Collected::default();
    loop {
        // Above ten thousand GitLab does not say.
        collected.total = page.total.unwrap_or(collected.total);
        with.total.set(collected.total);
        let next = page.next.take().map(|path| {
            let reader = with.reader.clone();
            tokio::spawn(async move { successful(reader.ask(&path).await?, &path) })
        });
        let Some(projects) = page.json.as_array() else {
            return Err(ForgeError::Unreadable { what: format!("GET {list}"), why: "it is no list".into() });
        };
        let new = projects.iter().filter(|p| p["id"].as_u64().is_none_or(|id| seen.insert(id)));
        let on = new.filter_map(|project| {
            let name = project["path_with_namespace"].as_str()?;
            let subject = Subject::new(SubjectKind::Repository, Arc::clone(&forge), name);
            let (shared, plan) = (&shared, &of_project);
            Some(async move {
                let readings = listed(plan, project);
                let beside = Beside { document: Ok(Some(&readings)), grants: None };
                let mut observed = observe(plan, subject, &json!({}), beside);
                with.read_on(plan, shared, &mut observed, project).await?;
                Ok::<Observed, ForgeError>(observed)
            })
        });
        let mut done = stream::iter(on).buffered(AT_ONCE);
        while let Some(observed) = done.next().await {
            collected.repositories += 1;
            take(&observed?);
        }
        drop(done);
        match next {
            Some(next) => {
                let broken = |e: tokio::task::JoinError| {
                    Err(ForgeError::Unreadable { what: "a page of projects".into(), why: e.to_string() })
                };
                page = next.await.unwrap_or_else(broken)?;
            }
            None => return Ok(collected),
        }
    }
}

/// Reads the settings of the server itself, where any are wanted.
///
/// # Errors
/// When no answers come. What is merely hidden is unknown in what is returned.
pub async fn instance(with: Collecting<'_, '_>, subject: Subject) -> Result<Option<Observed>, ForgeError> {
    let of = SubjectKind::Enterprise;
    let own = with.catalog.settings().map(|s| (s.id, &*s.group == of.word()));
    if !with.demand.wants(of, own) {
        return Ok(None);
    }
    let without = Without::of(ForgeKind::Gitlab, with.age.clone());
    let plan = ScopePlan::new(with.catalog, with.demand, of, &without).map_err(unplanned)?;
    let mut observed = observe(&plan, subject, &json!({}), NOTHING);
    with.read_on(&plan, &Shared::default(), &mut observed, &json!({})).await?;
    Ok(Some(observed))
}

/// A subject of which no list told anything.
const NOTHING: Beside<'static> = Beside { document: Ok(None), grants: None };

async fn first_page(reader: &Reader, list: &str) -> Result<Reply, ForgeError> {
    let path = format!("{list}&per_page=100");
    successful(reader.ask(&path).await?, &path)
}

fn successful(reply: Reply, path: &str) -> Result<Reply, ForgeError> {
    if reply.is_success() { Ok(reply) } else { Err(reply.into_error(path)) }
}

/// The group and all groups beneath it, where anything of groups is wanted.
async fn groups(with: Collecting<'_, '_>, group: Subject) -> Result<Vec<Subject>, ForgeError> {
    let organization = SubjectKind::Organization;
    let own = with.catalog.settings().map(|s| (s.id, &*s.group == organization.word()));
    if !with.demand.wants(organization, own) {
        return Ok(vec![group]);
    }
    let id = group.name.replace('/', "%2F");
    let path = format!("/groups/{id}/descendant_groups");
    let below = match fetch(with.reader, &path, None, true, false).await? {
        Fetched::Is(Json::Array(below)) => below,
        Fetched::Hidden(why) => {
            return Err(ForgeError::Refused { what: format!("GET {path}"), status: 403, message: why });
        }
        _ => return Err(ForgeError::Unreadable { what: format!("GET {path}"), why: "it is no list".into() }),
    };
    let mut names: Vec<&str> = below.iter().filter_map(|g| g["full_path"].as_str()).collect();
    names.sort_unstable();
    let forge = Arc::clone(&group.forge);
    let subjects = names.into_iter().map(|name| Subject::new(organization, Arc::clone(&forge), name));
    Ok(std::iter::once(group.clone()).chain(subjects).collect())
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
        let own = Own { from: self.reader, plan, shared, object };
        own.read_what_is_needed(observed, &self.demand.facts, self.narrow).await
    }
}

fn unplanned(clash: Clash) -> ForgeError {
    ForgeError::Unreadable { what: "the catalogue".into(), why: clash.to_string() }
}

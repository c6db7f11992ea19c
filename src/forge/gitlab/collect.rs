//! Reads a group: itself and its subgroups, then its projects page by page.

use std::cell::Cell;
use std::collections::HashSet;
use std::sync::Arc;

use futures_util::stream::{self, StreamExt};
use serde_json::{Value as Json, json};

use super::above::{Above, of_inner_groups};
use super::client::Reader;
use super::groups::{groups, outer};
use super::objects::{id_of, told};
use super::paid::{Plan, without_paid};
use crate::catalog::{Catalog, Clash, Demand, ForgeKind};
use crate::forge::error::ForgeError;
use crate::forge::reading::{
    Answers, Beside, Collected, Facts, GROUP, Narrow, Own, PROJECT, Reply, ScopePlan, ServerAge, Shared,
    Without, listed, observe, told_by_list,
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
    /// The path of the group that everybody of the company is in, where a private project shared with
    /// it counts as internal.
    pub everyone: Option<&'a str>,
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
    let mut groups = groups(with.reader, with.catalog, with.demand, group).await?;
    let has_say = with.demand.facts.iter().any(|id| of_group.is_in_document(*id));
    let beyond = if has_say { outer(&groups[0].0) } else { Vec::new() };
    let inside = beyond.len();
    groups.splice(0..0, beyond.into_iter().map(|group| (group, Json::Null)));
    let paths = groups.iter().map(|(group, _)| Json::from(&*group.name)).collect();
    let objects = told(with.reader, GROUP, &of_group.selection, paths).await?;
    // Nothing is handed over before the first page is there: an older server may want another plan.
    let mut objects_of_page = with.projects_told(&of_project, &page).await?;
    let projects = || page.json.as_array().into_iter().flatten();
    // A group is under the plan of its projects; plans are not mixed beneath one.
    let paid = projects().next().and_then(Plan::of);
    let of_inner = of_inner_groups(with.catalog, with.demand);
    let mut above = Above::new(with.catalog, with.everyone);
    for (i, ((subject, listed), object)) in groups.into_iter().zip(objects).enumerate() {
        let mut observed = observe(&of_group, subject, &object, NOTHING);
        told_by_list(&of_group, &listed, GROUP_PATH, &mut observed);
        let with = Collecting { demand: if i == 0 { with.demand } else { &of_inner }, ..with };
        with.read_on(&of_group, &shared, &mut observed, (&object, Facts::default())).await?;
        if let Some(paid) = paid {
            without_paid(&of_group, paid, &mut observed);
        }
        above.note(&observed);
        if i >= inside {
            take(&observed);
        }
    }
    let mut seen: HashSet<u64> = HashSet::new();
    let mut collected = Collected::default();
    loop {
        // Above ten thousand GitLab does not say. When one on an earlier page goes, those after it move up by one and
        // one is passed over: what was counted before still counts.
        collected.total = collected.total.max(page.total.unwrap_or_default());
        with.total.set(collected.total);
        let next = page.next.take().map(|path| {
            let reader = with.reader.clone();
            tokio::spawn(async move { successful(reader.ask(&path).await?, &path) })
        });
        let Some(projects) = page.json.as_array() else {
            return Err(ForgeError::Unreadable { what: format!("GET {list}"), why: "it is no list".into() });
        };
        let both = projects.iter().zip(&objects_of_page);
        let new = both.filter(|(p, _)| p["id"].as_u64().is_none_or(|id| seen.insert(id)));
        let on = new.filter_map(|(project, object)| {
            let name = project["path_with_namespace"].as_str()?;
            let subject = Subject::new(SubjectKind::Repository, Arc::clone(&forge), name);
            let (shared, plan) = (&shared, &of_project);
            let (above, conditions) = (&above, above.conditions(name));
            Some(async move {
                let readings = listed(plan, project);
                let beside = Beside { document: Ok(Some(&readings)), via: Some(&conditions) };
                let mut observed = observe(plan, subject, object, beside);
                above.settle(&mut observed);
                with.demand.settle_facts(with.catalog, ForgeKind::Gitlab, &mut observed);
                let administers = object["userPermissions"]["adminProject"] == true;
                let facts = Facts { administers, visibility: project["visibility"].as_str() };
                with.read_on(plan, shared, &mut observed, (object, facts)).await?;
                if let Some(paid) = Plan::of(project) {
                    without_paid(plan, paid, &mut observed);
                }
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
                objects_of_page = with.projects_told(&of_project, &page).await?;
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
    let nothing = (&json!({}), Facts::default());
    with.read_on(&plan, &Shared::default(), &mut observed, nothing).await?;
    Ok(Some(observed))
}

/// The path of a group's own document.
const GROUP_PATH: &str = "/groups/{id}";

/// A subject of which no list told anything.
const NOTHING: Beside<'static> = Beside { document: Ok(None), via: None };

async fn first_page(reader: &Reader, list: &str) -> Result<Reply, ForgeError> {
    let path = format!("{list}&per_page=100");
    successful(reader.ask(&path).await?, &path)
}

fn successful(reply: Reply, path: &str) -> Result<Reply, ForgeError> {
    if reply.is_success() { Ok(reply) } else { Err(reply.into_error(path)) }
}

impl Collecting<'_, '_> {
    /// What the composed query tells of the projects of a page, in their order.
    async fn projects_told(&self, plan: &ScopePlan<'_>, page: &Reply) -> Result<Vec<Json>, ForgeError> {
        let ids = page.json.as_array().into_iter().flatten().map(id_of).collect();
        told(self.reader, PROJECT, &plan.selection, ids).await
    }

    /// Reads the documents of its own that a subject needs.
    async fn read_on(
        &self,
        plan: &ScopePlan<'_>,
        shared: &Shared,
        observed: &mut Observed,
        (object, facts): (&Json, Facts<'_>),
    ) -> Result<(), ForgeError> {
        let own = Own { from: self.reader, plan, shared, object, facts };
        own.read_what_is_needed(observed, &self.demand.facts, self.narrow).await
    }
}

fn unplanned(clash: Clash) -> ForgeError {
    ForgeError::Unreadable { what: "the catalogue".into(), why: clash.to_string() }
}

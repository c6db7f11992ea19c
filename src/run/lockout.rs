//! Looks before the first write whether a plan would lock somebody out, by what is there now.

use std::collections::{BTreeSet, HashMap};
use std::path::Path;
use std::sync::Arc;

use chrono::NaiveDate;

use super::audit::RunError;
use super::batches::Batches;
use super::live::{GithubPlace, Live};
use super::outcome::Outcome;
use crate::catalog::{Catalog, Demand, ForgeKind};
use crate::engine::{Danger, Facts, Judge, Want, dangers, demand, needed};
use crate::forge::{ForgeError, Terms};
use crate::model::{Change, Observed, Subject, SubjectKind, Target};

/// What looking takes.
pub struct Lockouts<'a> {
    /// The rows.
    pub catalog: &'a Catalog,
    /// Looks up a variable of the environment.
    pub environment: &'a dyn Fn(&str) -> Option<String>,
    /// What is waited for is said there.
    pub terms: Terms,
    /// How many owners an organization keeps.
    pub owners: usize,
}

impl Lockouts<'_> {
    /// What the changes of one live forge would lead to, or may lead to.
    ///
    /// # Errors
    /// When the server cannot be asked, or one of its organizations not be read.
    pub async fn live(
        &self,
        name: &Arc<str>,
        target: &Target,
        changes: &[&Change],
    ) -> Result<Vec<Danger>, ForgeError> {
        let changes = self.bearing(changes);
        if changes.is_empty() {
            return Ok(Vec::new());
        }
        let forge = if matches!(target, Target::Github(_)) { ForgeKind::Github } else { ForgeKind::Gitlab };
        let wanted = self.demand_of(&changes, forge);
        let whole = Arc::new(wanted.clone());
        let about = |observed: &Observed| {
            let address = observed.subject.to_string();
            changes.iter().any(|c| c.subject == address)
        };
        let narrow = |observed: &Observed| {
            let all = about(observed) || observed.subject.kind == SubjectKind::Organization;
            if all { Arc::clone(&whole) } else { Arc::default() }
        };
        let live = Live {
            narrow: &narrow,
            catalog: self.catalog,
            demand: &wanted,
            environment: self.environment,
            terms: Terms::plain(Arc::clone(&self.terms.voice)),
            progress: Box::new(|_, _| {}),
        };
        let mut outcome = Outcome::default();
        let mut seen: Vec<Observed> = Vec::new();
        let mut above: HashMap<String, Observed> = HashMap::new();
        let take = |observed: &Observed, _: &mut Outcome| {
            if observed.subject.kind == SubjectKind::Organization {
                above.insert(observed.subject.name.to_string(), observed.clone());
            }
            if about(observed) {
                seen.push(observed.clone());
            }
        };
        let organizations = organizations(&changes, name, forge);
        match target {
            Target::Github(url) => {
                let url = Some(url.as_str());
                let place = GithubPlace { name, url, organizations: &organizations, enterprise: None };
                live.github(&place, &mut outcome, take).await?;
            }
            Target::Gitlab(url) => {
                let groups = (organizations.as_slice(), None);
                live.gitlab(name, Some(url), groups, &mut outcome, take).await?;
            }
            Target::Snapshot(_) => {}
        }
        if let Some(unread) = outcome.unread.into_iter().next() {
            return Err(ForgeError::Unreadable { what: unread.address, why: unread.why });
        }
        let judge = Judge::new(self.catalog, &[], NaiveDate::MIN, false);
        let with = (self.catalog, self.owners);
        let mut found = Vec::new();
        for observed in &seen {
            let organization = above.get(observed.subject.organization());
            let acting = outcome.acting.as_deref();
            found.extend(of_subject(&judge, (observed, organization), (forge, acting), with, &changes));
        }
        Ok(found)
    }

    /// The same of a snapshot file, of which only what is certain counts: nobody is locked out of a file.
    ///
    /// # Errors
    /// When the file cannot be used.
    pub fn snapshot(
        &self,
        name: &Arc<str>,
        path: &Path,
        changes: &[&Change],
    ) -> Result<Vec<Danger>, RunError> {
        let changes = self.bearing(changes);
        if changes.is_empty() {
            return Ok(Vec::new());
        }
        let mut wanted = self.demand_of(&changes, ForgeKind::Github);
        let more = self.demand_of(&changes, ForgeKind::Gitlab);
        wanted.settings.extend(more.settings);
        let batches = Batches { catalog: self.catalog, demand: &wanted, path, rename: Some(name) };
        let with = (self.catalog, self.owners);
        let mut all = Vec::new();
        batches.each(
            |_| (Judge::new(with.0, &[], NaiveDate::MIN, false), Vec::new()),
            |(judge, found), context, observed, above| {
                let forge = context.header.forge_kind();
                found.extend(of_subject(judge, (observed, above), (forge, None), with, &changes));
            },
            |(_, found): (_, Vec<Danger>)| all.extend(found.into_iter().filter(|danger| danger.proven)),
        )?;
        Ok(all)
    }

    /// The changes that may lock somebody out.
    fn bearing<'c>(&self, changes: &[&'c Change]) -> Vec<&'c Change> {
        let bears = |change: &Change| {
            self.catalog.find(&change.setting).is_some_and(|s| !needed(self.catalog, s).is_empty())
        };
        changes.iter().copied().filter(|change| bears(change)).collect()
    }

    fn demand_of(&self, changes: &[&Change], forge: ForgeKind) -> Demand {
        let wants = changes.iter().flat_map(|change| {
            let setting = self.catalog.find(&change.setting);
            let needed = setting.map(|s| needed(self.catalog, s)).unwrap_or_default();
            let bypass = (forge == ForgeKind::Github && change.setting == "branch.restrict_pushes")
                .then(|| ("branch.bypass_actors", change.key.as_deref().map(Arc::from)));
            let needed = needed.iter().map(|key| (*key, None)).chain(bypass);
            needed.filter_map(|(key, of)| {
                let setting = self.catalog.find(key)?;
                let scope = SubjectKind::from_word(&setting.group).unwrap_or(SubjectKind::Repository);
                Some(Want { of: scope, setting: setting.id, key: of })
            })
        });
        demand(self.catalog, wants)
    }
}

/// What the changes of one subject would lead to.
fn of_subject(
    judge: &Judge<'_>,
    (observed, organization): (&Observed, Option<&Observed>),
    (forge, acting): (ForgeKind, Option<&str>),
    (catalog, owners): (&Catalog, usize),
    changes: &[&Change],
) -> Vec<Danger> {
    let name = observed.subject.to_string();
    let of_subject: Vec<&Change> = changes.iter().copied().filter(|c| c.subject == name).collect();
    let facts = Facts { catalog, judge, observed, organization, forge, acting, owners };
    dangers(facts, &of_subject)
}

/// The organizations of the subjects that are changed; on GitLab none beneath another.
fn organizations(changes: &[&Change], name: &Arc<str>, forge: ForgeKind) -> Vec<String> {
    let of = |change: &&Change| {
        let path = change.subject.split_once(':').map_or(change.subject.as_str(), |(_, path)| path);
        let group = change.setting.split('.').next().unwrap_or_default();
        let kind = SubjectKind::from_word(group).unwrap_or(SubjectKind::Repository);
        Subject::new(kind, Arc::clone(name), path).organization().to_owned()
    };
    // In order of their paths a group comes before those within it.
    let all: BTreeSet<String> = changes.iter().map(of).collect();
    let mut outer: Vec<String> = Vec::new();
    for path in all {
        let within = |o: &String| path.strip_prefix(o.as_str()).is_some_and(|rest| rest.starts_with('/'));
        if forge == ForgeKind::Github || !outer.iter().any(within) {
            outer.push(path);
        }
    }
    outer
}

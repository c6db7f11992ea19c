//! What to read of the subjects of one scope of a forge, and by which way each setting is read.

use std::collections::BTreeSet;
use std::sync::Arc;

use super::way::{self, ItemWay, ServerAge, Way};
use crate::catalog::{
    Binding, Catalog, Clash, Demand, Dialect, Document, Endpoint, ForgeKind, Kind, KindBinding, Path,
    Selection, Setting, alternatives,
};
use crate::model::{SettingId, SubjectKind};

/// GraphQL's name on GitHub for the objects of a page of repositories.
pub(in crate::forge) const REPOSITORY: &str = "Repository";
/// GraphQL's name on GitHub for an organization.
pub(in crate::forge) const ORGANIZATION: &str = "Organization";
/// GraphQL's name on GitLab for the objects of a page of projects.
pub(in crate::forge) const PROJECT: &str = "Project";
/// GraphQL's name on GitLab for a group.
pub(in crate::forge) const GROUP: &str = "Group";

/// GraphQL's name for a subject of that scope.
fn type_name(forge: ForgeKind, of: SubjectKind) -> &'static str {
    match (forge, of) {
        (ForgeKind::Github, SubjectKind::Repository) => REPOSITORY,
        (ForgeKind::Github, _) => ORGANIZATION,
        (ForgeKind::Gitlab, SubjectKind::Repository) => PROJECT,
        (ForgeKind::Gitlab, _) => GROUP,
    }
}

/// Where a collection is.
pub(in crate::forge) enum Source {
    /// In the composed query: at a path to all of it, or with `{key}` to one item.
    Query(Path),
    /// In a REST list, asked for where an expectation needs it.
    List(Endpoint),
}

/// One setting of the items of a kind.
pub(in crate::forge) struct ItemSetting<'c> {
    pub setting: &'c Setting,
    pub binding: &'c Binding,
    pub way: ItemWay,
}

/// The items of one kind to read.
pub(in crate::forge) struct KindPlan<'c> {
    pub kind: &'c Kind,
    pub bound: &'c KindBinding,
    pub source: Source,
    pub identity: Option<Path>,
    pub settings: Vec<ItemSetting<'c>>,
    /// Whether the server is too old for the kind as a whole.
    pub too_new: bool,
    /// For kinds asked by key: each key, and the keys that it stands for.
    pub keys: Vec<(Arc<str>, Vec<String>)>,
}

/// What to read of the subjects of one scope.
pub(in crate::forge) struct ScopePlan<'c> {
    /// How the answers to its query are read.
    pub dialect: Dialect,
    pub settings: Vec<(&'c Setting, &'c Binding, Way)>,
    pub kinds: Vec<KindPlan<'c>>,
    pub selection: Selection,
    /// What is told of the documents that its settings are in.
    pub documents: &'c [Document],
}

/// Fields that a query had better not ask for.
#[derive(Debug, Clone)]
pub(in crate::forge) struct Without {
    /// Which sort of forge it is.
    pub forge: ForgeKind,
    /// Answer keys of a repository's fields whose refusal would hide the repository.
    pub refused: BTreeSet<String>,
    /// What the server is too old for.
    pub age: ServerAge,
}

impl Without {
    /// Nothing but what the server is too old for.
    pub(in crate::forge) fn of(forge: ForgeKind, age: ServerAge) -> Self {
        Self { forge, refused: BTreeSet::new(), age }
    }

    /// Whether a path from a subject of that scope may be part of the query.
    fn allows(&self, path: &Path, of: SubjectKind) -> bool {
        !path.first_key().is_some_and(|key| self.refused.contains(&key)) && self.knows(path, of)
    }

    /// Whether the server knows where a setting of an item is, from the subject on.
    fn knows_item(&self, kind: &KindBinding, binding: &Binding, of: SubjectKind) -> bool {
        let (Some(collection), Some(path)) = (&kind.graphql, &binding.graphql) else { return true };
        !self.knows(collection, of) || self.knows(&collection.then(path), of)
    }

    fn knows(&self, path: &Path, of: SubjectKind) -> bool {
        self.age.knows(path, type_name(self.forge, of))
    }
}

impl<'c> ScopePlan<'c> {
    /// Works out how to read what is demanded of subjects of that scope.
    ///
    /// # Errors
    /// When two rows read one field in ways that exclude each other.
    pub(in crate::forge) fn new(
        catalog: &'c Catalog,
        demand: &Demand,
        of: SubjectKind,
        without: &Without,
    ) -> Result<Self, Clash> {
        let mut plan = Self {
            dialect: way::dialect(without.forge),
            settings: Vec::new(),
            kinds: Vec::new(),
            selection: Selection::default(),
            documents: catalog.documents(),
        };
        for id in &demand.settings {
            let setting = catalog.get(*id);
            if &*setting.group != of.word() {
                continue;
            }
            let Some(binding) = setting.on(without.forge).binding() else { continue };
            let mut way = way::of_subject(binding, of, without.forge);
            if !without.age.reaches(binding.since.as_deref())
                || (way == Way::Query
                    && binding.graphql.as_ref().is_some_and(|path| !without.knows(path, of)))
            {
                way = Way::Newer;
            }
            if let (Way::Query, Some(path)) = (way, &binding.graphql)
                && without.allows(path, of)
            {
                plan.selection.add(path)?;
                binding.believed_for.iter().try_for_each(|flag| plan.selection.add(flag))?;
            }
            plan.settings.push((setting, binding, way));
        }
        for ((scope, name), wanted) in &demand.kinds {
            let Some(kind) = catalog.kind(*scope, name).filter(|_| *scope == of) else { continue };
            let Some(bound) = kind.on(without.forge) else { continue };
            // Nobody asks for a list of which this forge tells nothing that is wanted.
            let told = |id: &SettingId| catalog.get(*id).on(without.forge).binding().is_some();
            if !wanted.settings.is_empty() && !wanted.settings.iter().any(told) {
                continue;
            }
            // That there is an item is said by the collection.
            let told = || wanted.settings.iter().map(|id| catalog.get(*id)).filter(|s| !s.presence);
            let bindings = told().filter_map(|setting| setting.on(without.forge).binding());
            let queried = way::is_queried(bound, bindings, without.forge);
            let queried = bound.graphql.as_ref().filter(|_| queried);
            let source = match (queried, &bound.list) {
                (Some(path), _) => Source::Query(path.clone()),
                (None, Some(list)) => Source::List(list.clone()),
                (None, None) => continue,
            };
            let settings = told().filter_map(|setting| {
                let binding = setting.on(without.forge).binding()?;
                let way = match way::of_item(binding, kind, catalog, without.forge, queried.is_some()) {
                    _ if !without.age.reaches(binding.since.as_deref()) => ItemWay::Newer,
                    ItemWay::Query if !without.knows_item(bound, binding, of) => ItemWay::Newer,
                    way => way,
                };
                Some(ItemSetting { setting, binding, way })
            });
            let keys: Vec<_> = wanted.keys.iter().map(|k| (Arc::clone(k), alternatives(k))).collect();
            let mut items = KindPlan {
                kind,
                bound,
                identity: match (&source, &bound.graphql_identity) {
                    (Source::Query(_), Some(own)) => Some(own.clone()),
                    _ => bound.identity.clone(),
                },
                settings: settings.collect(),
                too_new: false,
                keys,
                source,
            };
            match &items.source {
                Source::Query(path) => {
                    items.too_new = !without.knows(path, of);
                    if without.allows(path, of) {
                        items.select(path, bound.complete_for.as_ref(), &mut plan.selection)?;
                    }
                }
                Source::List(list) => {
                    let since = plan.document(&list.path).and_then(|d| d.since.as_deref());
                    items.too_new = !without.age.reaches(since);
                }
            }
            plan.kinds.push(items);
        }
        plan.select_what_documents_need(of, without)?;
        Ok(plan)
    }

    pub(in crate::forge) fn has(&self, way: Way) -> bool {
        self.settings.iter().any(|(_, _, w)| *w == way)
    }

    /// Whether anything is read in documents of single subjects.
    pub(in crate::forge) fn has_documents(&self) -> bool {
        self.has(Way::Own)
            || self.kinds.iter().any(|k| {
                matches!(k.source, Source::List(_))
                    || k.settings.iter().any(|s| matches!(s.way, ItemWay::Own(_)))
            })
    }

    /// Whether the setting is read in a document of the subject's own.
    pub(in crate::forge) fn is_in_document(&self, id: SettingId) -> bool {
        self.settings.iter().any(|(setting, _, way)| setting.id == id && *way == Way::Own)
    }

    /// What is told of the document at a path template.
    pub(in crate::forge) fn document(&self, path: &str) -> Option<&'c Document> {
        self.documents.iter().find(|d| d.path == crate::catalog::bare(path))
    }

    /// The path templates of the documents and lists that a subject may need.
    fn templates(&self) -> BTreeSet<&str> {
        let own = self.settings.iter().filter(|(_, _, way)| *way == Way::Own);
        let own = own.filter_map(|(_, binding, _)| binding.rest.as_ref()).map(|e| e.path.as_str());
        let lists = self.kinds.iter().filter_map(|k| match &k.source {
            Source::List(list) => Some(list.path.as_str()),
            Source::Query(_) => None,
        });
        own.chain(lists).collect()
    }

    /// How many documents of its own a subject needs at the most, those of items not counted.
    pub(in crate::forge) fn documents_each(&self) -> u64 {
        self.templates().len() as u64
    }

    /// Whether a 404 is an answer depends on who asks, and some documents only some visibilities have.
    fn select_what_documents_need(&mut self, of: SubjectKind, without: &Without) -> Result<(), Clash> {
        let told: Vec<&Document> =
            self.templates().into_iter().filter_map(|path| self.document(path)).collect();
        let mut facts = Vec::new();
        if told.iter().any(|d| d.absent_when_not_found) {
            match (without.forge, of) {
                (ForgeKind::Github, _) => facts.push("viewerCanAdminister"),
                (ForgeKind::Gitlab, SubjectKind::Repository) => facts.push("userPermissions.adminProject"),
                (ForgeKind::Gitlab, _) => {}
            }
        }
        // GitLab's list tells it anyway.
        if without.forge == ForgeKind::Github && told.iter().any(|d| !d.only.is_empty()) {
            facts.push("visibility");
        }
        for fact in facts {
            if let Ok(path) = Path::parse(fact)
                && without.allows(&path, of)
            {
                self.selection.add(&path)?;
            }
        }
        Ok(())
    }
}

impl KindPlan<'_> {
    /// Whether its items have documents of their own to be read.
    pub(in crate::forge) fn has_documents(&self) -> bool {
        self.settings.iter().any(|s| matches!(s.way, ItemWay::Own(_)))
    }

    /// Adds what the query has to ask for these items.
    fn select(
        &self,
        path: &Path,
        complete_for: Option<&Path>,
        selection: &mut Selection,
    ) -> Result<(), Clash> {
        if self.kind.is_asked_by_key() {
            for key in self.keys.iter().flat_map(|(_, all)| all) {
                self.select_item(&path.with_key(key), selection)?;
            }
            return Ok(());
        }
        if let Some(identity) = &self.identity {
            selection.add(&path.then(identity))?;
        }
        if let Some(flag) = complete_for {
            selection.add(flag)?;
        }
        let by_number = |s: &ItemSetting<'_>| matches!(&s.way, ItemWay::Own(e) if e.path.contains("_id}"));
        if self.settings.iter().any(by_number)
            && let Ok(number) = Path::parse("databaseId")
        {
            selection.add(&path.then(&number))?;
        }
        self.select_item(path, selection)
    }

    fn select_item(&self, at: &Path, selection: &mut Selection) -> Result<(), Clash> {
        let in_query = self.settings.iter().filter(|s| s.way == ItemWay::Query);
        in_query.filter_map(|s| s.binding.graphql.as_ref()).try_for_each(|path| selection.add(&at.then(path)))
    }
}

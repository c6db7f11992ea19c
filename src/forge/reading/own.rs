//! Reads on: the documents of one subject that its expectations need, and those of its items.

use std::collections::{BTreeMap, BTreeSet, HashMap, HashSet};
use std::sync::Arc;

use futures_util::future::{try_join, try_join_all};
use serde_json::Value as Json;
use tokio::sync::{Mutex, OnceCell};

use super::collected::Narrow;
use super::documents::{Answers, Fetched, fetch, is_paged};
use super::observe::{item_key, settings, too_new};
use super::scope::{ItemSetting, KindPlan, ScopePlan, Source};
use super::template::Template;
use super::way::{ItemWay, Way};
use crate::catalog::{
    Binding, Demand, Dialect, Endpoint, ForgeKind, Found, Setting, read, read_items, without_credentials,
};
use crate::forge::error::ForgeError;
use crate::model::{Collection, Item, Observation, Observed, Readings, SettingId, SubjectKind, Value};

/// Documents that several subjects share, such as a ruleset of the organization: read once.
#[derive(Debug, Default)]
pub(in crate::forge) struct Shared(Mutex<HashMap<String, Arc<OnceCell<Fetched>>>>);

/// Reads documents of one subject.
pub(in crate::forge) struct Own<'a, 'c, A> {
    pub from: &'a A,
    pub plan: &'a ScopePlan<'c>,
    pub shared: &'a Shared,
    /// The subject as the query answered it.
    pub object: &'a Json,
    pub facts: Facts<'a>,
}

/// What decides whether a document is there, and whether its absence is believed.
#[derive(Debug, Clone, Copy, Default)]
pub(in crate::forge) struct Facts<'a> {
    /// Whether the identity administers the subject, as far as the forge says so.
    pub administers: bool,
    /// Who may see the subject.
    pub visibility: Option<&'a str>,
}

impl<A: Answers> Own<'_, '_, A> {
    /// Reads what the subject needs: first the facts, which decide what else that is.
    ///
    /// # Errors
    /// When no answers come any more. What is merely hidden is unknown.
    pub(in crate::forge) async fn read_what_is_needed(
        &self,
        observed: &mut Observed,
        facts: &BTreeSet<SettingId>,
        narrow: &Narrow<'_>,
    ) -> Result<(), ForgeError> {
        if !self.plan.has_documents() {
            return Ok(());
        }
        if facts.iter().any(|id| self.plan.is_in_document(*id)) {
            let facts = Demand { settings: facts.clone(), ..Demand::default() };
            self.read_on(observed, &facts).await?;
        }
        self.read_on(observed, &narrow(observed)).await
    }

    /// Reads what is wanted of the subject and has not been read yet.
    ///
    /// # Errors
    /// When no answers come any more. What is merely hidden is unknown.
    async fn read_on(&self, observed: &mut Observed, wanted: &Demand) -> Result<(), ForgeError> {
        let of = observed.subject.kind;
        let (readings, kinds) =
            try_join(self.settings(observed, wanted), self.kinds(observed, wanted, of)).await?;
        for (id, observation) in readings.iter() {
            observed.readings.set(id, observation.clone());
        }
        for (name, collection) in kinds {
            match observed.kinds.iter_mut().find(|(k, _)| *k == name) {
                Some((_, held)) => *held = collection,
                None => observed.kinds.push((name, collection)),
            }
        }
        Ok(())
    }

    /// The subject's own settings, a request for each document that holds some of them.
    async fn settings(&self, observed: &Observed, wanted: &Demand) -> Result<Readings, ForgeError> {
        let mut documents: BTreeMap<&str, Vec<(&Setting, &Binding, &Endpoint)>> = BTreeMap::new();
        for (setting, binding, way) in &self.plan.settings {
            let missing =
                wanted.settings.contains(&setting.id) && observed.readings.get(setting.id).is_none();
            if let (Way::Own, true, Some(rest)) = (way, missing, &binding.rest) {
                documents.entry(&rest.path).or_default().push((setting, binding, rest));
            }
        }
        let template = Template::of(&observed.subject);
        let each = documents.into_iter().map(|(path, settings)| {
            let template = &template;
            async move {
                let paged = settings.iter().any(|(_, _, rest)| is_paged(rest));
                let fetched = match self.is_known_to_lack(observed, path) {
                    true => Fetched::None,
                    false => self.document(template, path, paged).await?,
                };
                let observe = |(setting, binding, rest): &(&Setting, &Binding, &Endpoint)| {
                    (setting.id, observation(&fetched, setting, binding, rest))
                };
                Ok::<Vec<_>, ForgeError>(settings.iter().map(observe).collect())
            }
        });
        Ok(try_join_all(each).await?.into_iter().flatten().collect())
    }

    /// Whether what came in bulk says that there is no such document.
    fn is_known_to_lack(&self, observed: &Observed, path: &str) -> bool {
        let key = self.plan.document(path).and_then(|d| d.only_where.as_ref());
        let told = key.and_then(|key| self.plan.settings.iter().find(|(setting, _, _)| setting.key == *key));
        let told = told.and_then(|(setting, _, _)| observed.readings.get(setting.id));
        told == Some(&Observation::Known(Value::Bool(false)))
    }

    async fn document(
        &self,
        template: &Template<'_>,
        path: &str,
        paged: bool,
    ) -> Result<Fetched, ForgeError> {
        let told = self.plan.document(path);
        if let Some(told) = told.filter(|d| !d.only.is_empty()) {
            let visibility = self.facts.visibility.unwrap_or_default();
            if !visibility.is_empty() && !told.only.iter().any(|v| v.eq_ignore_ascii_case(visibility)) {
                let have = told.only.join(" and ");
                return Ok(Fetched::Unsupported(format!("only {have} repositories have it").into()));
            }
        }
        let permission = told.and_then(|d| d.permission.as_deref());
        let trusted = permission.is_some_and(|p| self.from.would_see(p, self.facts.administers));
        match template.fill(path) {
            Some(path) => fetch(self.from, &path, told, paged, trusted).await,
            None => Ok(Fetched::Hidden(format!("{path} cannot be asked for here"))),
        }
    }

    /// The collections that are wanted, with their items' own documents.
    async fn kinds(
        &self,
        observed: &Observed,
        wanted: &Demand,
        of: SubjectKind,
    ) -> Result<Vec<(Arc<str>, Collection)>, ForgeError> {
        let template = Template::of(&observed.subject);
        let wanted = self.plan.kinds.iter().filter_map(|kind| {
            let asked = wanted.kinds.get(&(of, Arc::clone(&kind.kind.name)))?;
            Some((kind, asked))
        });
        let each = wanted.map(|(kind, asked)| {
            let template = &template;
            async move {
                let held = observed.kind(&kind.kind.name);
                let (mut collection, items) = match &kind.source {
                    Source::List(_) if held.is_some() => return Ok(None),
                    Source::List(list) => self.listed(template, kind, list).await?,
                    Source::Query(path) => {
                        let own = kind.settings.iter().any(|s| matches!(s.way, ItemWay::Own(_)));
                        let items = read_items(self.object, path, self.plan.dialect);
                        match (held, items) {
                            (Some(held @ Collection::Complete(_)), Ok(items)) if own => (held.clone(), items),
                            _ => return Ok(None),
                        }
                    }
                };
                let own: Vec<_> =
                    kind.settings.iter().filter(|s| asked.settings.contains(&s.setting.id)).collect();
                if let Collection::Complete(held) = &mut collection {
                    let name = |key: &str| kind.kind.folded(key, ForgeKind::Github).into_owned();
                    let keys: HashSet<String> = asked.keys.iter().map(|key| name(key)).collect();
                    let some = held.iter_mut().zip(&items);
                    let some = some.filter(|(item, _)| asked.every || keys.contains(&name(&item.key)));
                    try_join_all(some.map(|(item, json)| self.item(template, &own, item, json))).await?;
                }
                Ok::<_, ForgeError>(Some((Arc::clone(&kind.kind.name), collection)))
            }
        });
        Ok(try_join_all(each).await?.into_iter().flatten().collect())
    }

    /// The items of a REST list, and each as the server sent it.
    async fn listed(
        &self,
        template: &Template<'_>,
        kind: &KindPlan<'_>,
        list: &Endpoint,
    ) -> Result<(Collection, Vec<Json>), ForgeError> {
        let permission = &*kind.bound.permission;
        let unknown = |why: &str| {
            let needs = if why.is_empty() { permission.to_owned() } else { format!("{permission} ({why})") };
            Ok((Collection::Unknown { needs: needs.into() }, Vec::new()))
        };
        if kind.too_new {
            return Ok((too_new(kind), Vec::new()));
        }
        let fetched = self.document(template, &list.path, true).await?;
        let items = match &fetched {
            Fetched::Is(json) => match list.pointer.as_ref().and_then(|p| p.list_first()) {
                Some((wrapper, _)) => json.get(wrapper).and_then(Json::as_array),
                None => json.as_array(),
            },
            Fetched::None => return Ok((Collection::Complete(Vec::new()), Vec::new())),
            Fetched::Unsupported(why) => {
                return Ok((Collection::Unsupported { why: Arc::clone(why) }, Vec::new()));
            }
            Fetched::Hidden(message) => return unknown(message),
            Fetched::Cut => return unknown("the forge sent only part of the list"),
        };
        let Some(items) = items else { return unknown("the answer is no list") };
        let mut held: Vec<Item> = Vec::with_capacity(items.len());
        let mut named: HashMap<String, usize> = HashMap::new();
        for json in items {
            let identity = kind.identity.as_ref().map(|path| read(json, path, Dialect::Rest));
            let Some(Found::Known(identity)) = identity else { return unknown("an item has no name") };
            let Some(key) = item_key(&identity) else { return unknown("an item has no name") };
            let key = without_credentials(&key);
            // Two of one name: neither may stand for both.
            let before = named.entry(key.clone()).or_default();
            *before += 1;
            let key = if *before == 1 { key } else { format!("{key} ({before})") };
            held.push(Item { key, readings: Some(settings(kind, json, Dialect::Rest)) });
        }
        Ok((Collection::Complete(held), items.clone()))
    }

    /// The documents of one item.
    async fn item(
        &self,
        template: &Template<'_>,
        wanted: &[&ItemSetting<'_>],
        item: &mut Item,
        json: &Json,
    ) -> Result<(), ForgeError> {
        let template = template.with_item(&item.key, json);
        let mut documents: BTreeMap<&str, Vec<(&ItemSetting<'_>, &Endpoint)>> = BTreeMap::new();
        for setting in wanted {
            if let ItemWay::Own(rest) = &setting.way {
                documents.entry(&rest.path).or_default().push((setting, rest));
            }
        }
        let each = documents.into_iter().map(|(path, settings)| {
            let template = &template;
            async move {
                let paged = settings.iter().any(|(_, rest)| is_paged(rest));
                let fetched = if item_is_shared(template) {
                    self.shared(template, path, paged).await?
                } else {
                    self.document(template, path, paged).await?
                };
                let observe = |(s, rest): &(&ItemSetting<'_>, &Endpoint)| {
                    (s.setting.id, observation(&fetched, s.setting, s.binding, rest))
                };
                Ok::<Vec<_>, ForgeError>(settings.iter().map(observe).collect())
            }
        });
        let read = try_join_all(each).await?;
        let readings = item.readings.get_or_insert_default();
        read.into_iter().flatten().for_each(|(id, observation)| readings.set(id, observation));
        Ok(())
    }

    /// A document that other subjects have too, such as a rule of the organization: asked for once.
    async fn shared(&self, template: &Template<'_>, path: &str, paged: bool) -> Result<Fetched, ForgeError> {
        let name = format!("{path} {}", template.number().unwrap_or_default());
        let cell = Arc::clone(self.shared.0.lock().await.entry(name).or_default());
        let fetched = cell.get_or_try_init(|| self.document(template, path, paged)).await?;
        Ok(fetched.clone())
    }
}

/// Whether the item belongs to a level above: its key begins with where it comes from.
fn item_is_shared(template: &Template<'_>) -> bool {
    template.number().is_some()
        && template.key().is_some_and(|k| k.starts_with("organization/") || k.starts_with("enterprise/"))
}

fn observation(fetched: &Fetched, setting: &Setting, binding: &Binding, rest: &Endpoint) -> Observation {
    match fetched.at(rest) {
        Ok(found) => setting.observe(found, binding),
        Err(why) => Observation::Unsupported { why },
    }
}

//! Where an item of a collection is: whether it is there, and the paths of the requests about it.

use std::collections::BTreeMap;

use super::draft::Subject;
use super::item_named;
use crate::catalog::{Endpoint, ForgeKind, Kind, KindBinding, Setting, segment};
use crate::model::{Collection, Finding, Item, Observation, Request, SubjectKind, Value};

/// An item that the policy speaks of, and where its forge keeps it.
pub(super) struct Place<'a> {
    pub subject: Subject<'a>,
    pub kind: &'a Kind,
    pub binding: &'a KindBinding,
    /// Its key: as the forge spells it where it is there, else as the policy does.
    pub key: &'a str,
    /// The item, where it is there.
    pub item: Option<&'a Item>,
}

impl<'a> Place<'a> {
    /// The item that findings of one key are about.
    ///
    /// # Errors
    /// Why nothing can be planned for it.
    pub(super) fn of(subject: Subject<'a>, setting: &Setting, finding: &'a Finding) -> Result<Self, String> {
        let kind = subject.catalog.kind_of(setting, subject.observed.subject.kind);
        let kind = kind.ok_or("such a subject has none of these")?;
        let binding = kind.on(subject.forge).ok_or("this forge has no such things at this level")?;
        let key = finding.key().unwrap_or_default();
        let collection = subject.observed.kind(&kind.name);
        let item = collection.into_iter().flat_map(Collection::items).find(|item| {
            kind.folded(&item.key, subject.forge) == kind.folded(key, subject.forge)
                && item.readings.is_some()
        });
        // What is missing in part of a list may be in the rest of it.
        if item.is_none() && !matches!(collection, Some(Collection::Complete(_))) {
            return Err(format!("whether there is such a {} is not known", kind.name));
        }
        if item.is_none() && key.contains('*') && !binding.patterns {
            return Err(format!(
                "which {}s there should be is for a person to say, by their names",
                kind.name
            ));
        }
        let place = Self { subject, kind, binding, key: item.map_or(key, |item| &item.key), item };
        place.alone(collection)?;
        Ok(place)
    }

    /// An item is told from others by its key alone: where two have one, none is written.
    fn alone(&self, collection: Option<&Collection>) -> Result<(), String> {
        let base = self.key.rsplit_once(" (").map_or(self.key, |(base, _)| base);
        let second = format!("{base} (2)");
        let numbered = collection.into_iter().flat_map(Collection::items).any(|item| item.key == second);
        if numbered && self.binding.graphql.is_none() {
            return Err(format!("several are called {base}: remove all but one of them by hand"));
        }
        match self.is_from_above() {
            Some(true) => {
                return Err(format!(
                    "\"{}\" comes from a group above, where alone it can be changed",
                    self.key
                ));
            }
            Some(false) => {}
            None => return Err(format!("whether \"{}\" comes from a group above is not known", self.key)),
        }
        if ["organization/", "enterprise/"].iter().any(|above| self.key.starts_with(above))
            && &*self.kind.name == "ruleset"
        {
            return Err("it belongs to a level above: change it there".into());
        }
        Ok(())
    }

    /// Whether it is kept by a level above; none where that cannot be told.
    fn is_from_above(&self) -> Option<bool> {
        let name = self.binding.from_above.as_deref();
        let told = self.settings().find(|setting| Some(setting.name()) == name);
        match told.and_then(|setting| self.seen(setting)) {
            Some(Observation::Known(value)) => {
                Some(*value == Value::Bool(true) || value.as_text() == Some("group"))
            }
            Some(Observation::Unknown { .. } | Observation::Bound { .. }) => None,
            // A snapshot may be older than the setting.
            Some(Observation::Absent | Observation::Unsupported { .. }) | None => Some(false),
        }
    }

    /// Whether a setting is the name by which items are told from each other.
    pub(super) fn is_name(&self, setting: &Setting) -> bool {
        self.binding.named.as_deref() == Some(setting.name())
    }

    /// The value, if the item is still found by its key once it has that.
    ///
    /// # Errors
    /// Where it would be another item then.
    pub(super) fn keeps_its_name(&self, setting: &Setting, after: Value) -> Result<Value, String> {
        let plain = |name: &str| name.to_lowercase().replace(' ', "-");
        let stays = after.as_text().is_some_and(|name| {
            let forge = self.subject.forge;
            self.kind.folded(name, forge) == self.kind.folded(self.key, forge)
                // A team is found by what addresses make of its name.
                || self.binding.any_case && plain(name) == self.key
        });
        match !self.is_name(setting) || stays {
            true => Ok(after),
            false => Err("a new name would make it another: rename it by hand, and in the policy".into()),
        }
    }

    /// What was observed of another setting of the item; none where nothing was.
    pub(super) fn seen(&self, setting: &Setting) -> Option<&'a Observation> {
        self.item?.readings.as_ref()?.get(setting.id)
    }

    /// The settings of such items that the forge has.
    pub(super) fn settings(&self) -> impl Iterator<Item = &'a Setting> {
        let (name, forge) = (&self.kind.name, self.subject.forge);
        let all = self.subject.catalog.settings();
        all.filter(move |setting| setting.group == *name && setting.on(forge).binding().is_some())
    }

    /// Whether items of this level have a setting: what a repository's carry, those of an organization carry too,
    /// and not the other way round.
    ///
    /// # Errors
    /// That they have not.
    pub(super) fn tells(&self, setting: &Setting) -> Result<(), String> {
        let binding = setting.on(self.subject.forge).binding();
        let told = binding.and_then(|b| b.write.as_ref()).filter(|_| self.kind.of == SubjectKind::Repository);
        let above = told.is_some_and(|w| ["/orgs/", "/groups/"].iter().any(|root| w.path.starts_with(root)));
        if above { Err(ELSEWHERE.into()) } else { Ok(()) }
    }

    /// An endpoint that a row tells, at the level of the subject: a kind of two scopes tells it once.
    ///
    /// # Errors
    /// Where this level has none.
    pub(super) fn endpoint(&self, told: &'a Endpoint) -> Result<&'a Endpoint, String> {
        let namesakes = || self.subject.catalog.kinds().filter(|k| k.name == self.kind.name);
        let updates = |k: &Kind| {
            k.on(self.subject.forge).and_then(|b| b.update.as_ref()).is_some_and(|u| u.path == told.path)
        };
        if namesakes().any(updates) {
            return self.binding.update.as_ref().ok_or_else(|| self.lacks("to change one"));
        }
        let roots: &[&str] = match self.kind.of {
            SubjectKind::Repository => &["/repos/", "/projects/{id}"],
            SubjectKind::Organization => &["/orgs/", "/organizations/", "/groups/{id}"],
            SubjectKind::Enterprise => &["/"],
        };
        match roots.iter().any(|root| told.path.starts_with(root)) {
            true => Ok(told),
            false => Err(ELSEWHERE.into()),
        }
    }

    /// Whether it is a ruleset of GitHub, which a request gives all of its rules at once.
    pub(super) fn is_ruleset(&self) -> bool {
        &*self.kind.name == "ruleset" && self.subject.forge == ForgeKind::Github
    }

    /// Whether an endpoint is the one that changes the item as a whole.
    pub(super) fn is_update(&self, endpoint: &Endpoint) -> bool {
        self.binding.update.as_ref().is_some_and(|update| update.path == endpoint.path)
    }

    /// Whether a change of the item takes the place of all that it was.
    pub(super) fn is_replaced_whole(&self) -> bool {
        let put = self.binding.update.as_ref().is_some_and(|update| update.method == "PUT");
        put && self.subject.forge == ForgeKind::Github
    }

    pub(super) fn lacks(&self, what: &str) -> String {
        format!("the forge has no request {what}: a {} is looked after by hand", self.kind.name)
    }

    /// A request about the item, whose number is read just before where its path wants one.
    pub(super) fn request(
        &self,
        endpoint: &Endpoint,
        method: &str,
        body: serde_json::Value,
    ) -> Result<Request, String> {
        let mut path = self.subject.path(&endpoint.path);
        let mut reads = BTreeMap::new();
        for placeholder in placeholders(&path) {
            if is_number(&placeholder) {
                let field = if placeholder.ends_with("_number") { "number" } else { "id" };
                reads.insert(placeholder, self.read_of(field)?);
            } else {
                path = path.replace(&format!("{{{placeholder}}}"), &segment(self.key));
            }
        }
        reads.extend(item_named::reads(self, &body));
        Ok(Request { method: method.to_owned(), path, body, reads })
    }

    /// How a field of the item is read in the list.
    pub(super) fn read_of(&self, field: &str) -> Result<String, String> {
        let list = self.binding.list.as_ref().ok_or_else(|| self.lacks("that lists them"))?;
        let named = self.binding.named.as_ref().ok_or_else(|| self.lacks("that finds it by its name"))?;
        let within = list.field.strip_suffix("[]").filter(|within| !within.is_empty()).unwrap_or("items");
        Ok(format!("GET {} :: {within}[{named}={}].{field}", self.subject.path(&list.path), self.key))
    }

    /// Whether the request that changes the item names it by its number.
    pub(super) fn has_number(&self) -> bool {
        let update = self.binding.update.as_ref();
        update.is_some_and(|update| placeholders(&update.path).iter().any(|name| is_number(name)))
    }

    /// Whether the request that makes an item has the key in its path.
    pub(super) fn is_made_at_its_key(&self, create: &Endpoint) -> bool {
        !placeholders(&self.subject.path(&create.path)).is_empty()
    }
}

/// Why a setting is not written that only levels above have.
const ELSEWHERE: &str = "the forge does not tell it at this level";

/// What stands between braces in a path.
fn placeholders(path: &str) -> Vec<String> {
    let inner = path.split('{').skip(1).filter_map(|part| part.split_once('}'));
    inner.map(|(name, _)| name.to_owned()).collect()
}

/// Whether a placeholder stands for the number that the forge knows an item by. GitLab takes the name
/// of a label for its number.
fn is_number(placeholder: &str) -> bool {
    placeholder != "label_id" && ["_id", "_iid", "_number"].iter().any(|end| placeholder.ends_with(end))
}

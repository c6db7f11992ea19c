//! What a branch really has: its classic rule and every ruleset that reaches it, taken together.
//!
//! Of classic rules one applies: the one that names the branch, else of those whose pattern matches
//! the oldest. Of rulesets all that are active and reach the branch apply, the organization's and
//! the enterprise's with the repository's own. Where both sorts speak, the stricter one counts.
//! Source: docs.github.com, "Managing a branch protection rule" and "About rulesets".

use std::sync::Arc;

use super::ref_pattern::RefPatterns;
use crate::catalog::{Catalog, Combine, Effective, Setting};
use crate::model::{Collection, Item, Observation, Observed, Readings, SettingId, Sourced, Value};

/// The settings that tell whether a rule reaches a branch.
#[derive(Debug)]
pub struct Protection {
    patterns: RefPatterns,
    created: Option<SettingId>,
    enforcement: Option<SettingId>,
    target: Option<SettingId>,
    include: Option<SettingId>,
    exclude: Option<SettingId>,
    names: [Option<SettingId>; 2],
    properties: [Option<SettingId>; 2],
    ids: Option<SettingId>,
    repository_id: Option<SettingId>,
    repository_properties: Option<SettingId>,
    default_branch: Option<SettingId>,
    branches: Option<SettingId>,
}

/// One rule that reaches a branch.
struct Rule<'a> {
    readings: &'a Readings,
    classic: bool,
    shown: String,
}

/// The rules that reach one branch, and what could not be seen of them.
pub struct BranchRules<'a> {
    rules: Vec<Rule<'a>>,
    hidden: Vec<Arc<str>>,
}

/// What a key of the kind `branch` stands for in one repository.
pub enum Branches {
    /// These branches.
    Named(Vec<Arc<str>>),
    /// None, and why.
    None(&'static str),
    /// It cannot be told for want of this.
    Unknown(Arc<str>),
}

impl Protection {
    /// Finds the settings in the catalogue.
    pub fn new(catalog: &Catalog) -> Self {
        let id = |key: &str| catalog.id(key);
        Self {
            patterns: RefPatterns::default(),
            created: id("branch_protection.created"),
            enforcement: id("ruleset.enforcement"),
            target: id("ruleset.target"),
            include: id("ruleset.ref_name.include"),
            exclude: id("ruleset.ref_name.exclude"),
            names: [id("ruleset.repository_name.include"), id("ruleset.repository_name.exclude")],
            properties: [
                id("ruleset.repository_property.include"),
                id("ruleset.repository_property.exclude"),
            ],
            ids: id("ruleset.repository_id.ids"),
            repository_id: id("repository.node_id"),
            repository_properties: id("repository.custom_properties"),
            default_branch: id("repository.default_branch"),
            branches: id("repository.branches"),
        }
    }

    fn default<'a>(&self, observed: &'a Observed) -> Option<&'a Observation> {
        self.default_branch.and_then(|id| observed.readings.get(id))
    }

    fn default_name<'a>(&self, observed: &'a Observed) -> Option<&'a str> {
        self.default(observed).and_then(Observation::value).and_then(Value::as_text)
    }

    /// The branches that a key means: `~default`, a name, or a pattern.
    pub fn branches(&self, observed: &Observed, key: &str) -> Branches {
        if key == "~default" {
            return match self.default(observed) {
                Some(Observation::Known(Value::Text(name))) => Branches::Named(vec![name.as_str().into()]),
                Some(Observation::Absent) => {
                    Branches::None("the repository is empty and has no default branch")
                }
                Some(Observation::Unknown { needs }) => Branches::Unknown(Arc::clone(needs)),
                _ => Branches::Unknown("the name of the default branch".into()),
            };
        }
        let known = match self.branches.and_then(|id| observed.readings.get(id)) {
            Some(Observation::Known(names)) => Some(names),
            Some(Observation::Absent) => return Branches::None("the repository has no branches"),
            Some(Observation::Unknown { needs }) if RefPatterns::is_pattern(key) => {
                return Branches::Unknown(Arc::clone(needs));
            }
            _ => None,
        };
        match known {
            Some(names) => {
                let found: Vec<Arc<str>> =
                    names.texts().filter(|n| self.patterns.matches(key, n)).map(Arc::from).collect();
                if found.is_empty() {
                    Branches::None("no branch has such a name")
                } else {
                    Branches::Named(found)
                }
            }
            None if RefPatterns::is_pattern(key) => Branches::Unknown("the names of the branches".into()),
            None => Branches::Named(vec![key.into()]),
        }
    }

    /// The rules that reach a branch.
    pub fn rules<'a>(
        &self,
        observed: &'a Observed,
        organization: Option<&'a Observed>,
        branch: &str,
    ) -> BranchRules<'a> {
        let mut found = BranchRules { rules: Vec::new(), hidden: Vec::new() };
        self.classic(observed, branch, &mut found);
        let own = observed.kind("ruleset");
        for item in found.collection(own, "rulesets") {
            self.ruleset(item, &item.key, observed, branch, &mut found);
        }
        if let Some(organization) = organization
            && let Some(collection) = organization.kind("ruleset")
        {
            let inherited = |item: &Item| format!("organization/{}/{}", organization.subject.name, item.key);
            let listed = |key: &str| own.is_some_and(|c| c.items().iter().any(|i| i.key == key));
            for item in found.collection(Some(collection), "the organization's rulesets") {
                let key = inherited(item);
                if listed(&key) {
                    continue;
                }
                match item.readings.as_ref().and_then(|r| self.reaches_repository(r, observed)) {
                    Some(true) => self.ruleset(item, &key, observed, branch, &mut found),
                    Some(false) => {}
                    None => found
                        .hidden
                        .push(format!("which repositories ruleset \"{}\" reaches", item.key).into()),
                }
            }
        }
        found
    }

    fn classic<'a>(&self, observed: &'a Observed, branch: &str, found: &mut BranchRules<'a>) {
        let items = found.collection(observed.kind("branch_protection"), "branch protection rules");
        let age = |item: &Item| {
            let created = self.created.and_then(|id| item.readings.as_ref()?.get(id)?.value()?.as_int());
            created.unwrap_or(i64::MAX)
        };
        let named = items.iter().find(|i| i.key == branch);
        // Without ages the forge's order, which is by age, is kept: `min_by_key` takes the first.
        let matching =
            || items.iter().filter(|i| self.patterns.matches(&i.key, branch)).min_by_key(|i| age(i));
        if let Some(item) = named.or_else(matching)
            && let Some(readings) = &item.readings
        {
            let shown = format!("branch protection rule \"{}\"", item.key);
            found.rules.push(Rule { readings, classic: true, shown });
        }
    }

    fn ruleset<'a>(
        &self,
        item: &'a Item,
        key: &str,
        observed: &Observed,
        branch: &str,
        found: &mut BranchRules<'a>,
    ) {
        let Some(readings) = &item.readings else { return };
        let shown = match key.split_once('/') {
            Some((level @ ("organization" | "enterprise"), rest)) => {
                format!("{level} ruleset \"{}\"", rest.split_once('/').map_or(rest, |(_, name)| name))
            }
            _ => format!("ruleset \"{key}\""),
        };
        match self.reaches_branch(readings, observed, branch) {
            Some(true) => found.rules.push(Rule { readings, classic: false, shown }),
            Some(false) => {}
            None => found.hidden.push(format!("which branches {shown} covers").into()),
        }
    }

    fn reaches_branch(&self, readings: &Readings, observed: &Observed, branch: &str) -> Option<bool> {
        let word = |id: Option<SettingId>| id.and_then(|id| readings.get(id));
        match word(self.enforcement)? {
            Observation::Known(Value::Text(state)) if state == "active" => {}
            Observation::Known(_) => return Some(false),
            _ => return None,
        }
        match word(self.target) {
            Some(Observation::Known(Value::Text(target))) if target != "branch" => return Some(false),
            Some(Observation::Unknown { .. }) => return None,
            _ => {}
        }
        let default = self.default_name(observed);
        let covers = |id| -> Option<bool> {
            match word(id)? {
                Observation::Known(patterns) => {
                    Some(patterns.texts().any(|p| self.patterns.covers(p, branch, default)))
                }
                Observation::Absent => Some(false),
                _ => None,
            }
        };
        match (covers(self.include), covers(self.exclude)) {
            (Some(false), _) | (_, Some(true)) => Some(false),
            (Some(true), Some(false)) => Some(true),
            _ => None,
        }
    }

    /// Whether an organization's ruleset reaches a repository, by its name, id or properties.
    fn reaches_repository(&self, readings: &Readings, observed: &Observed) -> Option<bool> {
        let known = |id: Option<SettingId>| match id.and_then(|id| readings.get(id)) {
            Some(Observation::Known(value)) if !value.is_empty() => Ok(Some(value)),
            Some(Observation::Known(_) | Observation::Absent) | None => Ok(None),
            Some(_) => Err(()),
        };
        let mut conditions = self.names.into_iter().chain(self.properties).chain([self.ids]);
        if conditions.all(|id| matches!(known(id), Ok(None))) {
            // Every ruleset of an organization has one of them: this one's was not read.
            return None;
        }
        let name = observed.subject.short_name();
        let named = |v: &Value| v.texts().any(|p| p == "~ALL" || self.patterns.matches(p, name));
        if let Some(exclude) = known(self.names[1]).ok()?
            && named(exclude)
        {
            return Some(false);
        }
        if let Some(include) = known(self.names[0]).ok()?
            && !named(include)
        {
            return Some(false);
        }
        if let Some(Value::List(ids)) = known(self.ids).ok()? {
            match self.repository_id.and_then(|id| observed.readings.get(id))? {
                Observation::Known(id) if ids.contains(id) => {}
                Observation::Known(_) => return Some(false),
                _ => return None,
            }
        }
        if let Some(Value::List(wanted)) = known(self.properties[0]).ok()? {
            for one in wanted {
                if !self.has_property(one, observed)? {
                    return Some(false);
                }
            }
        }
        if let Some(Value::List(unwanted)) = known(self.properties[1]).ok()? {
            for one in unwanted {
                if self.has_property(one, observed)? {
                    return Some(false);
                }
            }
        }
        Some(true)
    }

    /// Whether a repository has one of the values that a `{name, property_values}` record names.
    fn has_property(&self, condition: &Value, observed: &Observed) -> Option<bool> {
        let Value::Map(condition) = condition else { return None };
        let (name, values) = (condition.get("name")?.as_text()?, condition.get("property_values")?);
        match self.repository_properties.and_then(|id| observed.readings.get(id))? {
            Observation::Known(Value::Map(have)) => {
                let Some(have) = have.get(name) else { return Some(false) };
                let flag = have.as_bool().map(|b| b.to_string());
                let has = |v: &str| flag.as_deref() == Some(v) || have.texts().any(|t| t == v);
                Some(values.texts().any(has))
            }
            Observation::Known(_) | Observation::Absent => Some(false),
            _ => None,
        }
    }
}

impl<'a> BranchRules<'a> {
    /// The items of a collection, or a note that it is hidden.
    fn collection(&mut self, collection: Option<&'a Collection>, what: &str) -> &'a [Item] {
        match collection {
            Some(Collection::Complete(items) | Collection::Asked(items)) => items,
            Some(Collection::Unknown { needs }) => {
                self.hidden.push(Arc::clone(needs));
                &[]
            }
            None => {
                self.hidden.push(format!("{what} (not read)").into());
                &[]
            }
        }
    }

    /// What the rules together amount to, for one derived setting.
    pub fn amount_to(&self, setting: &Setting, effective: &Effective) -> Sourced {
        let mut told: Option<Value> = None;
        let mut hidden: Vec<&Arc<str>> = self.hidden.iter().collect();
        let mut unseen: Vec<Arc<str>> = Vec::new();
        let mut sources = Vec::new();
        let about_presence =
            effective.classic.is_none() && effective.ruleset.is_none() && effective.forbidden_by.is_none();
        for rule in &self.rules {
            if about_presence {
                told = Some(Value::Bool(true));
                sources.push(rule.shown.clone());
                continue;
            }
            let says = if rule.classic {
                [effective.classic, None]
            } else {
                [effective.ruleset, effective.forbidden_by]
            };
            for id in says.into_iter().flatten() {
                match rule.readings.get(id) {
                    Some(Observation::Known(said)) => {
                        let forbids = Some(id) == effective.forbidden_by && !rule.classic;
                        if forbids && said != &Value::Bool(true) {
                            continue;
                        }
                        let said = match effective.combine {
                            _ if forbids => Value::Bool(false),
                            // Forges list in any order; what is put together must not depend on it.
                            Combine::Union => said.clone().into_set(),
                            _ => said.clone(),
                        };
                        let together = match &told {
                            None => said.clone(),
                            Some(before) => combine(effective.combine, before, &said),
                        };
                        // A list that adds nothing is no source of what there is.
                        let adds = told.as_ref() != Some(&together) && !together.is_empty();
                        if adds || (said == together && effective.combine != Combine::Union) {
                            sources.push(rule.shown.clone());
                        }
                        told = Some(together);
                    }
                    Some(
                        Observation::Absent | Observation::Unsupported { .. } | Observation::Bound { .. },
                    ) => {}
                    Some(Observation::Unknown { needs }) => unseen.push(Arc::clone(needs)),
                    None => unseen.push(format!("{} of {}", setting.name(), rule.shown).into()),
                }
            }
        }
        hidden.extend(&unseen);
        // What one rule settles, no other can unsettle.
        let settled = match effective.combine {
            Combine::Any => told == Some(Value::Bool(true)),
            Combine::All => told == Some(Value::Bool(false)),
            Combine::Most | Combine::Union => false,
        };
        let observation = match (told.or_else(|| effective.unprotected.clone()), hidden.first()) {
            (Some(value), Some(needs)) if !settled => Observation::Bound { value, needs: Arc::clone(needs) },
            (Some(value), _) => Observation::Known(value),
            (None, Some(needs)) => Observation::Unknown { needs: Arc::clone(needs) },
            (None, None) => Observation::Unsupported { why: "no rule protects the branch".into() },
        };
        Sourced { observation, sources }
    }
}

/// The two together; the first, where the second is of another type than such values have.
fn combine(how: Combine, have: &Value, said: &Value) -> Value {
    match (how, have, said) {
        (Combine::Most, Value::Int(a), Value::Int(b)) => Value::Int(*a.max(b)),
        (Combine::Any, Value::Bool(a), Value::Bool(b)) => Value::Bool(*a || *b),
        (Combine::All, Value::Bool(a), Value::Bool(b)) => Value::Bool(*a && *b),
        (Combine::Union, Value::List(a), Value::List(b)) => {
            Value::List(a.iter().chain(b).cloned().collect()).into_set()
        }
        _ => have.clone(),
    }
}

//! What a branch really has: its classic rule and every ruleset that reaches it, taken together.
//!
//! Of classic rules one applies: the one that names the branch, else of those whose pattern matches
//! the oldest. Of rulesets all that are active and reach the branch apply, the organization's and
//! the enterprise's with the repository's own. Where both sorts speak, the stricter one counts.
//! Source: docs.github.com, "Managing a branch protection rule" and "About rulesets".

use std::sync::Arc;

use super::ref_pattern::RefPatterns;
use crate::catalog::Catalog;
use crate::model::{Collection, Item, Observation, Observed, Readings, SettingId, Value};

/// The settings that tell whether a rule reaches a branch.
#[derive(Debug)]
pub struct Protection {
    pub(super) patterns: RefPatterns,
    pub(super) created: Option<SettingId>,
    pub(super) enforcement: Option<SettingId>,
    pub(super) target: Option<SettingId>,
    pub(super) include: Option<SettingId>,
    pub(super) exclude: Option<SettingId>,
    pub(super) names: [Option<SettingId>; 2],
    pub(super) properties: [Option<SettingId>; 2],
    pub(super) ids: Option<SettingId>,
    pub(super) repository_id: Option<SettingId>,
    pub(super) repository_properties: Option<SettingId>,
    pub(super) default_branch: Option<SettingId>,
    pub(super) branches: Option<SettingId>,
}

/// One rule that reaches a branch.
pub(super) struct Rule<'a> {
    pub(super) readings: &'a Readings,
    pub(super) classic: bool,
    pub(super) shown: String,
}

/// The rules that reach one branch, and what could not be seen of them.
pub struct BranchRules<'a> {
    pub(super) rules: Vec<Rule<'a>>,
    pub(super) hidden: Vec<Arc<str>>,
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

    pub(super) fn default_name<'a>(&self, observed: &'a Observed) -> Option<&'a str> {
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
            // A server that does not list its rules may have some for all that.
            Some(Collection::Unsupported { why }) => {
                self.hidden.push(format!("a newer server ({why})").into());
                &[]
            }
            None => {
                self.hidden.push(format!("{what} (not read)").into());
                &[]
            }
        }
    }
}

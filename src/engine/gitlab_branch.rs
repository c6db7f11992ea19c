//! What a branch on GitLab really has: the branch rules that match it, taken together with what its
//! project and the groups above ask of every merge.
//!
//! GitLab combines by the setting, not by the rule. Who may push or merge: whoever any rule lets. Force
//! pushes: if any rule allows them, but where a group has rules for the branch those alone count. Code
//! owners: required as soon as one rule requires them. Approvals: every rule has to be satisfied.
//! Source: docs.gitlab.com, "Protected branches", when a branch matches multiple rules.

use std::sync::Arc;

use crate::catalog::{Catalog, Setting};
use crate::model::{Collection, Item, Observation, Observed, SettingId, Sourced, Value, means_key};

/// The rule of approvals that hold for whatever branch. It and the next protect nothing, by which they are known:
/// their names come in the language of whoever asks.
const ALL: &str = "All branches";
/// The rule of approvals that hold for whatever branch is protected.
const ALL_PROTECTED: &str = "All protected branches";

/// The check that a pipeline is, as one word for all of its jobs.
const PIPELINE: &str = "pipeline";

/// What has to be read for any setting of a branch.
const ALWAYS: [&str; 2] = ["branch_rule.protected", "repository.default_branch"];

/// What has to be read for one setting of a branch besides.
const SOURCES: [(&str, &[&str]); 17] = [
    ("admins_bound", &["branch_rule.push_access"]),
    ("allow_deletions", &[]),
    ("allow_force_pushes", &["branch_rule.allow_force_push", "branch_rule.group_level"]),
    ("block_creations", &["branch_rule.push_access", "branch_rule.merge_access"]),
    ("bypass_actors", &["branch_rule.push_access"]),
    ("dismiss_stale_reviews", &["repository.approvals.reset_approvals_on_push"]),
    ("locked", &["branch_rule.push_access", "branch_rule.merge_access"]),
    ("merge_queue", &["repository.merge_trains_enabled"]),
    ("require_code_owner_review", &["branch_rule.code_owner_approval_required"]),
    (
        "require_conversation_resolution",
        &[
            "repository.only_allow_merge_if_all_discussions_are_resolved",
            "repository.merge_conditions_of_groups",
        ],
    ),
    ("require_last_push_approval", &["repository.approvals.merge_requests_disable_committers_approval"]),
    ("require_linear_history", &["repository.merge_method"]),
    ("require_pull_request", &["branch_rule.push_access"]),
    ("require_signatures", &["repository.push_rule.reject_unsigned_commits"]),
    ("require_up_to_date", &["repository.merge_method"]),
    ("required_approvals", &["branch_rule.approvals_required"]),
    (
        "required_checks",
        &[
            "branch_rule.status_checks",
            "repository.only_allow_merge_if_all_status_checks_passed",
            "repository.only_allow_merge_if_pipeline_succeeds",
            "repository.merge_conditions_of_groups",
        ],
    ),
];

/// What a group asks of every merge in its projects.
pub(super) const OF_GROUPS: [&str; 2] = [
    "organization.only_allow_merge_if_all_discussions_are_resolved",
    "organization.only_allow_merge_if_pipeline_succeeds",
];

/// Whether a setting of a project is put together from what its groups ask.
pub(super) fn is_asked_by_groups(catalog: &Catalog, id: SettingId) -> bool {
    catalog.id("repository.merge_conditions_of_groups") == Some(id)
}

/// The keys of the settings that have to be read for a setting of a branch.
pub(super) fn sources(name: &str) -> impl Iterator<Item = &'static str> {
    let own = SOURCES.iter().find(|(of, _)| *of == name).map_or(&[][..], |(_, keys)| keys);
    // `restrict_pushes` is told by the same as `block_creations`.
    let twin = if name == "restrict_pushes" { SOURCES[3].1 } else { &[] };
    ALWAYS.into_iter().chain(own.iter().copied()).chain(twin.iter().copied())
}

/// Looks at branches of GitLab.
#[derive(Debug)]
pub(super) struct GitlabBranches<'c> {
    catalog: &'c Catalog,
}

/// One branch with the rules that match it.
struct Branch<'a> {
    catalog: &'a Catalog,
    observed: &'a Observed,
    name: &'a str,
    /// Those that protect it.
    protecting: Vec<&'a Item>,
    /// Those whose approvals and checks hold for it, the protecting ones among them.
    asking: Vec<&'a Item>,
}

/// What several rules say, or why it cannot be told.
type Said<T> = Result<T, Observation>;

impl<'c> GitlabBranches<'c> {
    pub(super) fn new(catalog: &'c Catalog) -> Self {
        Self { catalog }
    }

    /// What a branch really has of one setting, and which rules say so.
    pub(super) fn look(&self, setting: &Setting, observed: &Observed, name: &str) -> Sourced {
        match Branch::of(self.catalog, observed, name) {
            Ok(branch) => branch.amount_to(setting),
            Err(observation) => Sourced { observation, sources: Vec::new() },
        }
    }
}

impl<'a> Branch<'a> {
    fn of(catalog: &'a Catalog, observed: &'a Observed, name: &'a str) -> Said<Self> {
        let rules = match observed.kind("branch_rule") {
            Some(Collection::Complete(rules)) => rules,
            Some(Collection::Unknown { needs }) => {
                return Err(Observation::Unknown { needs: Arc::clone(needs) });
            }
            Some(Collection::Unsupported { why }) => {
                return Err(Observation::Unknown { needs: format!("a newer server ({why})").into() });
            }
            Some(Collection::Asked(_)) | None => {
                return Err(Observation::unknown("the branch rules (not read)"));
            }
        };
        let mut branch = Self { catalog, observed, name, protecting: Vec::new(), asking: Vec::new() };
        let mut broad = Vec::new();
        for rule in rules {
            match branch.reading(rule, "branch_rule.protected") {
                Observation::Known(Value::Bool(false)) => broad.push(rule),
                _ if [ALL, ALL_PROTECTED].contains(&rule.key.as_str()) => broad.push(rule),
                Observation::Known(_) if means_key(&rule.key, name) => branch.protecting.push(rule),
                Observation::Known(_) => {}
                other => return Err(other),
            }
        }
        // Of a branch that nothing protects nobody asks which approvals it takes.
        broad.extend(branch.protecting.iter().copied());
        branch.asking = broad;
        Ok(branch)
    }

    fn reading(&self, rule: &Item, key: &str) -> Observation {
        let id = self.catalog.id(key);
        let found = id.and_then(|id| rule.readings.as_ref()?.get(id)).cloned();
        found.unwrap_or_else(|| Observation::unknown(format!("{key} (not read, or not in the snapshot)")))
    }

    fn own(&self, key: &str) -> Observation {
        let id: Option<SettingId> = self.catalog.id(key);
        let found = id.and_then(|id| self.observed.readings.get(id)).cloned();
        found.unwrap_or_else(|| Observation::unknown(format!("{key} (not read, or not in the snapshot)")))
    }

    fn amount_to(&self, setting: &Setting) -> Sourced {
        let (said, sources) = self.said(setting.name());
        Sourced { observation: said.map_or_else(|why| why, Observation::Known), sources }
    }

    /// The value, and what it comes from.
    fn said(&self, name: &str) -> (Said<Value>, Vec<String>) {
        let protected = !self.protecting.is_empty();
        let rules = || self.protecting.iter().map(|rule| shown(rule)).collect::<Vec<_>>();
        let flag = |on: bool| Ok(Value::Bool(on));
        let unprotected = || (flag(false), Vec::new());
        match name {
            "protected" => (flag(protected), rules()),
            // Nobody can delete the default branch, nor push a protected one away.
            "allow_deletions" if protected => (flag(false), rules()),
            "allow_deletions" => (self.is_not_default(), Vec::new()),
            "allow_force_pushes" if !protected => (flag(true), Vec::new()),
            "allow_force_pushes" => (self.force_pushes(), rules()),
            "bypass_actors" if !protected => {
                let why = "no rule protects the branch".into();
                (Err(Observation::Unsupported { why }), Vec::new())
            }
            "bypass_actors" => (self.pushing().map(|who| list(&who)), rules()),
            "required_approvals" if !protected => (Ok(Value::Int(0)), Vec::new()),
            "required_approvals" => self.approvals(),
            "required_checks" if !protected => (Ok(list(&[])), Vec::new()),
            "required_checks" => (self.checks(), Vec::new()),
            "require_signatures" => (self.switch("repository.push_rule.reject_unsigned_commits"), Vec::new()),
            // Without a rule nobody has to open a merge request at all.
            _ if !protected => unprotected(),
            "admins_bound" => (self.pushing().map(|who| Value::Bool(who.is_empty())), rules()),
            "block_creations" | "restrict_pushes" => (self.restricted(), rules()),
            "locked" => (self.locked(), rules()),
            "require_pull_request" => {
                // Single people and keys are named among those who pass by; a role or group is no exception.
                let single = |who: &String| who.starts_with('@') || who.starts_with("deploy key: ");
                (self.pushing().map(|who| Value::Bool(who.iter().all(single))), rules())
            }
            "require_code_owner_review" => self.code_owners(),
            "dismiss_stale_reviews" => {
                (self.switch("repository.approvals.reset_approvals_on_push"), Vec::new())
            }
            "require_last_push_approval" => {
                let key = "repository.approvals.merge_requests_disable_committers_approval";
                (self.switch(key), Vec::new())
            }
            "require_conversation_resolution" => {
                let own = "repository.only_allow_merge_if_all_discussions_are_resolved";
                (self.asked_of_merges(own, "discussions"), Vec::new())
            }
            "require_linear_history" => (self.merge_method(&["ff"]), Vec::new()),
            "require_up_to_date" => (self.merge_method(&["ff", "rebase_merge"]), Vec::new()),
            "merge_queue" => (self.switch("repository.merge_trains_enabled"), Vec::new()),
            _ => (Err(Observation::unknown("the rules of the branch")), Vec::new()),
        }
    }

    fn is_not_default(&self) -> Said<Value> {
        match self.own("repository.default_branch") {
            Observation::Known(Value::Text(name)) => Ok(Value::Bool(name != self.name)),
            Observation::Known(_) | Observation::Absent => Ok(Value::Bool(true)),
            other => Err(other),
        }
    }

    /// One switch of each of some rules; the first that is not known stands for all.
    fn switches(&self, rules: &[&'a Item], key: &str) -> Said<Vec<(bool, &'a Item)>> {
        let one = |rule: &&'a Item| match self.reading(rule, key) {
            Observation::Known(value) => Ok((value == Value::Bool(true), *rule)),
            Observation::Absent => Ok((false, *rule)),
            other => Err(other),
        };
        rules.iter().map(one).collect()
    }

    fn force_pushes(&self) -> Said<Value> {
        let mut groups = Vec::new();
        for rule in &self.protecting {
            match self.reading(rule, "branch_rule.group_level") {
                Observation::Known(Value::Bool(true)) => groups.push(*rule),
                Observation::Known(_) | Observation::Absent | Observation::Unsupported { .. } => {}
                other => return Err(other),
            }
        }
        let counting = if groups.is_empty() { &self.protecting } else { &groups };
        let any = self.switches(counting, "branch_rule.allow_force_push")?;
        Ok(Value::Bool(any.iter().any(|(on, _)| *on)))
    }

    fn code_owners(&self) -> (Said<Value>, Vec<String>) {
        match self.switches(&self.protecting, "branch_rule.code_owner_approval_required") {
            Ok(all) => {
                let asking: Vec<_> = all.into_iter().filter(|(on, _)| *on).map(|(_, r)| shown(r)).collect();
                (Ok(Value::Bool(!asking.is_empty())), asking)
            }
            Err(why) => (Err(why), Vec::new()),
        }
    }

    /// Whoever any of the protecting rules lets, but nobody.
    fn access(&self, key: &str) -> Said<Vec<String>> {
        let mut who: Vec<String> = Vec::new();
        for rule in &self.protecting {
            match self.reading(rule, key) {
                Observation::Known(value) => who.extend(value.texts().map(str::to_owned)),
                Observation::Absent => {}
                other => return Err(other),
            }
        }
        who.retain(|word| word != "nobody");
        who.sort();
        who.dedup();
        Ok(who)
    }

    /// Who may push past every review.
    fn pushing(&self) -> Said<Vec<String>> {
        self.access("branch_rule.push_access")
    }

    /// Whether not everyone who may write, a developer at the least, may change the branch.
    fn restricted(&self) -> Said<Value> {
        let (push, merge) = (self.pushing()?, self.access("branch_rule.merge_access")?);
        let developers = push.iter().chain(&merge).any(|word| word == "developer");
        Ok(Value::Bool(!developers))
    }

    fn locked(&self) -> Said<Value> {
        let (push, merge) = (self.pushing()?, self.access("branch_rule.merge_access")?);
        Ok(Value::Bool(push.is_empty() && merge.is_empty()))
    }

    fn approvals(&self) -> (Said<Value>, Vec<String>) {
        let (mut most, mut sources) = (0, Vec::new());
        for rule in &self.asking {
            match self.reading(rule, "branch_rule.approvals_required") {
                Observation::Known(Value::Int(number)) if number >= most && number > 0 => {
                    if number > most {
                        sources.clear();
                    }
                    most = number;
                    sources.push(shown(rule));
                }
                Observation::Known(_) | Observation::Absent => {}
                other => return (Err(other), Vec::new()),
            }
        }
        (Ok(Value::Int(most)), sources)
    }

    fn checks(&self) -> Said<Value> {
        let mut checks: Vec<String> = Vec::new();
        let pipeline = self.asked_of_merges("repository.only_allow_merge_if_pipeline_succeeds", PIPELINE)?;
        if pipeline == Value::Bool(true) {
            checks.push(PIPELINE.to_owned());
        }
        match self.own("repository.only_allow_merge_if_all_status_checks_passed") {
            Observation::Known(Value::Bool(true)) => {
                for rule in &self.asking {
                    match self.reading(rule, "branch_rule.status_checks") {
                        Observation::Known(names) => checks.extend(names.texts().map(str::to_owned)),
                        Observation::Absent => {}
                        other => return Err(other),
                    }
                }
            }
            Observation::Known(_) | Observation::Absent | Observation::Unsupported { .. } => {}
            other => return Err(other),
        }
        Ok(list(&checks))
    }

    /// A condition of every merge: the project's own, or what a group above asks in its place.
    fn asked_of_merges(&self, own: &str, word: &str) -> Said<Value> {
        if self.switch(own)? == Value::Bool(true) {
            return Ok(Value::Bool(true));
        }
        match self.own("repository.merge_conditions_of_groups") {
            Observation::Known(words) => Ok(Value::Bool(words.texts().any(|w| w == word))),
            Observation::Absent | Observation::Unsupported { .. } => Ok(Value::Bool(false)),
            other => Err(other),
        }
    }

    fn switch(&self, key: &str) -> Said<Value> {
        match self.own(key) {
            Observation::Known(value) => Ok(value),
            Observation::Absent => Ok(Value::Bool(false)),
            other => Err(other),
        }
    }

    fn merge_method(&self, ways: &[&str]) -> Said<Value> {
        match self.own("repository.merge_method") {
            Observation::Known(Value::Text(way)) => Ok(Value::Bool(ways.contains(&way.as_str()))),
            Observation::Known(_) | Observation::Absent => {
                Err(Observation::unknown("the way of merging (the answer does not tell it)"))
            }
            other => Err(other),
        }
    }
}

fn shown(rule: &Item) -> String {
    format!("branch rule \"{}\"", rule.key)
}

fn list(words: &[String]) -> Value {
    Value::List(words.iter().map(|word| Value::text(word.as_str())).collect()).into_set()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::model::{Readings, Subject, SubjectKind};

    #[test]
    fn approvals_for_all_branches_count_in_whatever_language_they_are_named() {
        let catalog = Catalog::built_in().unwrap();
        let id = |key: &str| catalog.id(key).unwrap();
        let rule = |key: &str, protected: bool, approvals: i64| {
            let mut readings = Readings::default();
            readings.set(id("branch_rule.protected"), Observation::Known(Value::Bool(protected)));
            readings.set(id("branch_rule.approvals_required"), Observation::Known(Value::Int(approvals)));
            Item { key: key.to_owned(), readings: Some(readings) }
        };
        let approvals = |rules: Vec<Item>| {
            let subject = Subject::new(SubjectKind::Repository, "gl", "acme/web");
            let kinds = vec![("branch_rule".into(), Collection::Complete(rules))];
            let observed = Observed { subject, readings: Readings::default(), kinds };
            let setting = catalog.get(id("branch.required_approvals"));
            GitlabBranches::new(&catalog).look(setting, &observed, "main").observation
        };
        let main = || rule("main", true, 0);
        for name in [ALL, ALL_PROTECTED, "Alle geschützten Branches", "すべてのブランチ"] {
            let found = approvals(vec![rule(name, false, 2), main()]);
            assert_eq!(found, Observation::Known(Value::Int(2)), "{name}");
        }
        let other = approvals(vec![rule("release/*", true, 2), main()]);
        assert_eq!(other, Observation::Known(Value::Int(0)), "another branch's rule");
        let alone = approvals(vec![rule("Alle Branches", false, 2)]);
        assert_eq!(alone, Observation::Known(Value::Int(0)), "whoever pushes needs no approval");
    }
}

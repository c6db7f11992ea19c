//! Rules for branches of GitHub: what a rule of ours has to say, beside those of others, which are left
//! as they are. By choice of the policy it is a ruleset, or the classic protection of the branch.

use indexmap::IndexMap;

use super::classic;
use super::draft::{Draft, Subject};
use super::ruleset;
use super::target::target;
use crate::catalog::{Combine, Effective, Setting};
use crate::engine::protection::{BranchRules, Protection};
use crate::model::{Finding, Observation, Remedy, Sourced, Value};

/// What our rule for a branch is to say of one setting.
pub(super) struct Wish<'a> {
    /// What asks for it.
    pub finding: &'a Finding,
    /// The setting.
    pub setting: &'a Setting,
    /// Which settings of rules speak of it.
    pub effective: &'a Effective,
    /// What the branch is to have.
    pub after: Value,
}

impl Wish<'_> {
    /// Whether it is enough that there is a rule.
    pub(super) fn is_presence(&self) -> bool {
        let Effective { classic, ruleset, forbidden_by, .. } = self.effective;
        classic.is_none() && ruleset.is_none() && forbidden_by.is_none()
    }

    /// Whether a rule without exceptions meets it, whatever the rule is about.
    pub(super) fn is_about_bypass(&self) -> bool {
        matches!(self.setting.name(), "admins_bound" | "bypass_actors")
    }
}

/// Plans what the drifting branch settings of a repository need.
pub(super) fn plan(draft: &mut Draft, subject: Subject<'_>, findings: &[&Finding]) {
    if findings.is_empty() {
        return;
    }
    let protection = Protection::new(subject.catalog);
    let mut keys: IndexMap<&str, Vec<&Finding>> = IndexMap::new();
    for finding in findings {
        keys.entry(finding.expectation.key.as_deref().unwrap_or_default()).or_default().push(finding);
    }
    for (key, findings) in keys {
        match subject.remedy {
            Remedy::Ruleset => {
                let name = ruleset::name(key);
                let shown = format!("ruleset \"{name}\"");
                let is_ours = |rules: &BranchRules<'_>, at: usize, _: &str| {
                    !rules.rules[at].classic && rules.rules[at].shown == shown
                };
                let wishes = wishes(draft, subject, &protection, &findings, &is_ours);
                ruleset::plan(draft, subject, key, wishes);
            }
            Remedy::Classic => {
                let is_ours = |rules: &BranchRules<'_>, at: usize, branch: &str| {
                    rules.rules[at].shown == format!("branch protection rule \"{branch}\"")
                };
                let wishes = wishes(draft, subject, &protection, &findings, &is_ours);
                classic::plan(draft, subject, wishes);
            }
        }
    }
}

/// What of the findings a rule of ours can mend; the others are deferred.
fn wishes<'a>(
    draft: &mut Draft,
    subject: Subject<'a>,
    protection: &Protection,
    findings: &[&'a Finding],
    is_ours: &dyn Fn(&BranchRules<'_>, usize, &str) -> bool,
) -> Vec<Wish<'a>> {
    let mut wishes = Vec::new();
    for finding in findings {
        let setting = subject.catalog.get(finding.expectation.setting);
        let Some(effective) = &setting.effective else { continue };
        let wish = target(&finding.expectation, &finding.observed).and_then(|after| {
            let branch = branch_of(subject, finding).ok_or("the repository has no default branch")?;
            let mut others = protection.rules(subject.observed, subject.organization, branch);
            let kept: Vec<bool> = (0..others.rules.len()).map(|at| !is_ours(&others, at, branch)).collect();
            let mut kept = kept.into_iter();
            others.rules.retain(|_| kept.next() != Some(false));
            let wish = Wish { finding, setting, effective, after };
            within_reach(&wish, others)?;
            Ok(wish)
        });
        match wish {
            Ok(wish) => wishes.push(wish),
            Err(why) => draft.defer(subject, finding, &why),
        }
    }
    wishes
}

/// The branch that a finding is about.
pub(super) fn branch_of<'a>(subject: Subject<'a>, finding: &'a Finding) -> Option<&'a str> {
    match finding.key() {
        Some("~default") | None => subject.text("repository.default_branch"),
        Some(name) => Some(name),
    }
}

/// Whether a rule of ours can bring a branch to what is wanted, given what the rules of others say.
///
/// # Errors
/// Which rules stand against it, and who can change them.
fn within_reach(wish: &Wish<'_>, others: BranchRules<'_>) -> Result<(), String> {
    let stricter = match (wish.effective.combine, &wish.after) {
        (Combine::Any, Value::Bool(on)) => *on,
        (Combine::All, Value::Bool(on)) => !on,
        _ => false,
    };
    if stricter || wish.is_presence() {
        return Ok(());
    }
    let said = match others.amount_to(wish.setting, wish.effective).observation {
        Observation::Known(said) => said,
        Observation::Absent | Observation::Unsupported { .. } => return Ok(()),
        Observation::Unknown { needs } | Observation::Bound { needs, .. } => {
            return Err(format!(
                "not all rules of the branch can be seen ({needs}): who sees them can plan it"
            ));
        }
    };
    let each = others
        .rules
        .into_iter()
        .map(|rule| (rule.shown.clone(), BranchRules { rules: vec![rule], hidden: Vec::new() }));
    let against = each.filter(|(_, alone)| {
        let Sourced { observation, sources } = alone.amount_to(wish.setting, wish.effective);
        observation.value().is_some_and(|said| !sources.is_empty() && is_too_much(wish, said))
    });
    let against: Vec<String> = against.map(|(shown, _)| shown).collect();
    if against.is_empty() {
        return Ok(());
    }
    let (verb, them) = if against.len() == 1 { ("stands", "it") } else { ("stand", "them") };
    Err(format!(
        "{} {verb} against it with {said}, and what is not ours is not changed: {} can change {them}",
        against.join(" and "),
        whoever(&against),
    ))
}

/// Whether what a rule says keeps the branch from what is wanted, whatever other rules say.
fn is_too_much(wish: &Wish<'_>, said: &Value) -> bool {
    match (wish.effective.combine, said, &wish.after) {
        (Combine::Most, Value::Int(said), Value::Int(after)) => said > after,
        (Combine::Union, Value::List(said), Value::List(after)) => {
            said.iter().any(|one| !after.contains(one))
        }
        (_, said, after) => said != after,
    }
}

/// Who administers what keeps rules of these names.
fn whoever(sources: &[String]) -> &'static str {
    let above = |level: &str| sources.iter().any(|s| s.starts_with(level));
    match (above("enterprise "), above("organization ")) {
        (true, _) => "an owner of the enterprise",
        (false, true) => "an owner of the organization",
        (false, false) => "an administrator of the repository",
    }
}

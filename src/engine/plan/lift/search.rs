//! Looks for the ruleset of an organization that takes the place of the most changes in its repositories.
//!
//! What it may reach: repositories of which the policy asks for every rule that it brings. Where all but a few
//! are such, it reaches all and leaves these few out by name; else it goes by a property that they share; else by
//! their names. Each is proven by judging every repository that it reaches as it would be.

use std::collections::BTreeSet;

use serde_json::Value as Json;

use super::member::{Member, Stand, Wanted};
use super::proof::{World, compared, findings};
use super::ruleset::{Lift, after, begun};
use super::scope::{Scope, properties};
use crate::catalog::{Catalog, ForgeKind};
use crate::engine::Judge;
use crate::engine::plan::rules;
use crate::model::{Collection, Observation, Observed, Subject, Value};

/// Of how many repositories one change is worth more than one in each.
const FEWEST: usize = 2;

/// The most rulesets that an organization is given by one plan.
const MOST: usize = 5;

/// Of so many that a ruleset reaches, one may be left out by name or be reached without being meant.
const ONE_OF: usize = 5;

/// What is known above the repositories.
#[derive(Clone, Copy)]
pub struct Above<'a> {
    /// The rows.
    pub catalog: &'a Catalog,
    /// Who judges.
    pub judge: &'a Judge<'a>,
    /// The organization.
    pub organization: &'a Observed,
    /// Whether somebody declined a rule for branches there: the setting, such as `branch.required_approvals`.
    pub declined: &'a dyn Fn(&str) -> bool,
}

/// A rule, and the repositories that would get it one by one.
struct Rule {
    wanted: Wanted,
    lack: BTreeSet<usize>,
}

/// Rules of one ruleset, and whom it would reach.
struct Choice {
    scope: Scope,
    rules: Vec<usize>,
    /// The members that it reaches.
    reached: BTreeSet<usize>,
    /// How many changes it takes the place of.
    fixes: usize,
}

/// The rulesets that take the place of the most changes, the first of the most.
///
/// # Errors
/// Why there can be none, where something would be worth it.
pub fn lifts(above: Above<'_>, members: &[Member<'_>]) -> Result<Vec<Lift>, String> {
    let mut rules = rules_of(above, members);
    if rules.iter().all(|rule| rule.lack.len() < FEWEST) {
        return Ok(Vec::new());
    }
    let mut names = names_taken(above)?;
    paid_for(above)?;
    let mut seen = above.organization.clone();
    let mut lifts = Vec::new();
    while lifts.len() < MOST {
        let Some(choice) = best(above.catalog, members, &rules) else { break };
        let tried: Vec<usize> = choice.rules.clone();
        match proven(Above { organization: &seen, ..above }, members, &rules, choice, &names) {
            Some((lift, mended)) => {
                seen = lift.after(above.catalog, &seen);
                names.push(lift.name.clone());
                for i in tried {
                    rules[i].lack.retain(|member| !mended.contains(member));
                }
                lifts.push(lift);
            }
            // What cannot be proven is left to the repositories.
            None => tried.into_iter().take(1).for_each(|i| rules[i].lack.clear()),
        }
    }
    Ok(lifts)
}

/// The rules that repositories lack, the one that most lack first.
fn rules_of(above: Above<'_>, members: &[Member<'_>]) -> Vec<Rule> {
    let mut rules: Vec<Rule> = Vec::new();
    for (i, member) in members.iter().enumerate() {
        for wanted in member.wanted(above.catalog) {
            if (above.declined)(&above.catalog.get(wanted.setting).key) {
                continue;
            }
            let same = |r: &&mut Rule| {
                r.wanted.key == wanted.key
                    && r.wanted.setting == wanted.setting
                    && r.wanted.after == wanted.after
            };
            match rules.iter_mut().find(same) {
                Some(rule) => drop(rule.lack.insert(i)),
                None => rules.push(Rule { wanted, lack: BTreeSet::from([i]) }),
            }
        }
    }
    rules.sort_by_key(|rule| std::cmp::Reverse(rule.lack.len()));
    rules
}

/// The names of the organization's rulesets.
///
/// # Errors
/// They cannot be seen: one of the same name might be there, and so might others that let people by.
fn names_taken(above: Above<'_>) -> Result<Vec<String>, String> {
    match above.organization.kind("ruleset") {
        Some(Collection::Complete(items)) => Ok(items.iter().map(|item| item.key.clone()).collect()),
        Some(Collection::Unknown { needs }) => Err(format!("its rulesets cannot be seen ({needs})")),
        Some(Collection::Unsupported { why }) => Err(format!("it has no rulesets ({why})")),
        Some(Collection::Asked(_)) | None => Err("its rulesets were not read".into()),
    }
}

/// Whether the organization's plan has rulesets for many repositories.
/// Source: docs.github.com, "About rulesets": organization-wide rulesets with GitHub Team and GitHub Enterprise.
///
/// # Errors
/// It has none, or nobody can tell.
fn paid_for(above: Above<'_>) -> Result<(), String> {
    let active = above.organization.kind("ruleset").is_some_and(|c| !c.items().is_empty());
    let plan = above.catalog.id("organization.plan").and_then(|id| above.organization.readings.get(id));
    match plan {
        // Whoever has one can have another.
        _ if active => Ok(()),
        Some(Observation::Known(Value::Text(plan))) if plan != "free" => Ok(()),
        Some(Observation::Known(_)) => Err("rulesets of an organization take GitHub Team or more".into()),
        _ => Err("its plan cannot be seen (organization.plan takes an owner), and rulesets of an organization take \
                  GitHub Team or more"
            .into()),
    }
}

/// The choice that takes the place of the most changes. One that goes for all, those that come to be too, is
/// worth a little less coverage, and so is one by property before one by names.
fn best(catalog: &Catalog, members: &[Member<'_>], rules: &[Rule]) -> Option<Choice> {
    let firsts = (0..rules.len()).filter(|i| rules[*i].lack.len() >= FEWEST);
    let all =
        firsts.clone().filter_map(|first| everywhere(catalog, members, rules, first)).max_by_key(|c| c.fixes);
    let property = by_property(catalog, members, rules);
    let named = firsts.filter_map(|first| by_name(catalog, members, rules, first)).max_by_key(|c| c.fixes);
    let weighed = [(all, 12), (property, 11), (named, 10)];
    let worth = weighed.into_iter().filter_map(|(choice, weight)| choice.map(|c| (c.fixes * weight, c)));
    worth.max_by_key(|(worth, _)| *worth).map(|(_, choice)| choice).filter(|c| c.fixes >= FEWEST)
}

/// Rules of one branch that say each setting once.
fn goes_with(rules: &[Rule], chosen: &[usize], next: usize) -> bool {
    let next = &rules[next].wanted;
    chosen.iter().all(|i| rules[*i].wanted.key == next.key && rules[*i].wanted.setting != next.setting)
}

fn fixes(rules: &[Rule], chosen: &[usize], reached: &BTreeSet<usize>) -> usize {
    chosen.iter().map(|i| rules[*i].lack.intersection(reached).count()).sum()
}

/// All but those of which the policy does not ask for every rule.
fn everywhere(catalog: &Catalog, members: &[Member<'_>], rules: &[Rule], first: usize) -> Option<Choice> {
    let (mut chosen, mut reached, mut count) = (Vec::new(), (0..members.len()).collect::<BTreeSet<_>>(), 0);
    for next in std::iter::once(first).chain((0..rules.len()).filter(|i| *i != first)) {
        if !goes_with(rules, &chosen, next) {
            continue;
        }
        let wants = |i: &usize| members[*i].stand(catalog, &rules[next].wanted) == Stand::Wants;
        let still: BTreeSet<usize> = reached.iter().copied().filter(wants).collect();
        let with: Vec<usize> = chosen.iter().copied().chain([next]).collect();
        let then = fixes(rules, &with, &still);
        if then > count && (members.len() - still.len()) * ONE_OF <= members.len() {
            (chosen, reached, count) = (with, still, then);
        }
    }
    let left_out = (0..members.len()).filter(|i| !reached.contains(i));
    let except = left_out.map(|i| short_name(&members[i])).collect();
    chosen.contains(&first).then_some(Choice {
        scope: Scope::All { except },
        rules: chosen,
        reached,
        fixes: count,
    })
}

/// Those with one value of a property; nothing where the properties of one cannot be seen.
fn by_property(catalog: &Catalog, members: &[Member<'_>], rules: &[Rule]) -> Option<Choice> {
    let of: Result<Vec<_>, ()> = members.iter().map(|m| properties(catalog, m.observed)).collect();
    let of = of.ok()?;
    let values: BTreeSet<&(String, String)> = of.iter().flatten().collect();
    let choice = |property: &(String, String)| {
        let has = |i: &usize| of[*i].contains(property);
        let reached: BTreeSet<usize> = (0..members.len()).filter(has).collect();
        let mut chosen: Vec<usize> = Vec::new();
        for next in 0..rules.len() {
            let stands = || reached.iter().map(|i| members[*i].stand(catalog, &rules[next].wanted));
            let against = stands().any(|stand| stand == Stand::Against);
            let silent = stands().filter(|stand| *stand == Stand::Silent).count();
            let lacks = rules[next].lack.intersection(&reached).count();
            if !against && lacks > 0 && silent * ONE_OF <= reached.len() && goes_with(rules, &chosen, next) {
                chosen.push(next);
            }
        }
        let fixes = fixes(rules, &chosen, &reached);
        let scope = Scope::Property { name: property.0.clone(), value: property.1.clone() };
        Choice { scope, rules: chosen, reached, fixes }
    };
    values.into_iter().map(choice).filter(|choice| choice.fixes >= FEWEST).max_by_key(|choice| choice.fixes)
}

/// Those that lack one rule, with what else the policy asks of all of them.
fn by_name(catalog: &Catalog, members: &[Member<'_>], rules: &[Rule], first: usize) -> Option<Choice> {
    let reached = rules[first].lack.clone();
    let mut chosen = vec![first];
    for next in 0..rules.len() {
        let all_want =
            || reached.iter().all(|i| members[*i].stand(catalog, &rules[next].wanted) == Stand::Wants);
        let lacked = rules[next].lack.iter().any(|i| reached.contains(i));
        if next != first && lacked && goes_with(rules, &chosen, next) && all_want() {
            chosen.push(next);
        }
    }
    let scope = Scope::Named(reached.iter().map(|i| short_name(&members[*i])).collect());
    let fixes = fixes(rules, &chosen, &reached);
    Some(Choice { scope, rules: chosen, reached, fixes })
}

fn short_name(member: &Member<'_>) -> String {
    member.observed.subject.short_name().to_owned()
}

/// The ruleset, and whom it mends, where every repository that it reaches is no worse for it and every one that
/// lacked something has it then. Whom it would not serve it leaves out, where it can.
fn proven(
    above: Above<'_>,
    members: &[Member<'_>],
    rules: &[Rule],
    mut choice: Choice,
    names: &[String],
) -> Option<(Lift, BTreeSet<usize>)> {
    // Each round leaves somebody out, so that there is a last.
    loop {
        let key = &rules[*choice.rules.first()?].wanted.key;
        let name = free(&format!("ispo-scm {key} {}", choice.scope.title()), names);
        let document = written(above.catalog, &begun(&name, key, &choice.scope), rules, &choice)?;
        let organization = after(above.catalog, above.organization, &name, &document);
        let (mut mended, mut others, mut unserved) = (BTreeSet::new(), Vec::new(), BTreeSet::new());
        let mut changes = 0;
        for i in &choice.reached {
            let (observed, forge) = (members[*i].observed, ForgeKind::Github);
            let world = World { observed, organization: &organization, forge };
            let outcome = compared(&members[*i], &findings(above.judge, &members[*i], world));
            let lacked: Vec<&Wanted> = choice
                .rules
                .iter()
                .map(|r| &rules[*r])
                .filter(|rule| rule.lack.contains(i))
                .map(|rule| &rule.wanted)
                .collect();
            let is_left =
                |wanted: &&Wanted| outcome.left.contains(&(wanted.setting, Some(wanted.key.clone())));
            if !outcome.harmed.is_empty() || lacked.iter().any(is_left) {
                unserved.insert(*i);
            } else if !lacked.is_empty() {
                mended.insert(*i);
                changes += lacked.len();
            } else if choice
                .rules
                .iter()
                .any(|r| members[*i].stand(above.catalog, &rules[*r].wanted) == Stand::Silent)
            {
                others.push(members[*i].observed.subject.clone());
            }
        }
        if unserved.is_empty() {
            let lift = lift(above, members, rules, &choice, (name, document), (&mended, changes, others));
            return (mended.len() >= FEWEST).then_some((lift, mended));
        }
        choice.reached.retain(|i| !unserved.contains(i));
        match &mut choice.scope {
            Scope::Property { .. } => return None,
            Scope::All { except } => {
                except.extend(unserved.iter().map(|i| short_name(&members[*i])));
                except.sort();
                if except.len() * ONE_OF > members.len() {
                    return None;
                }
            }
            Scope::Named(names) => *names = choice.reached.iter().map(|i| short_name(&members[*i])).collect(),
        }
    }
}

fn lift(
    above: Above<'_>,
    members: &[Member<'_>],
    rules: &[Rule],
    choice: &Choice,
    (name, document): (String, Json),
    (mended, changes, others): (&BTreeSet<usize>, usize, Vec<Subject>),
) -> Lift {
    let chosen = || choice.rules.iter().map(|i| &rules[*i].wanted);
    let mut origins: Vec<String> = Vec::new();
    for origin in chosen().map(|wanted| wanted.origin.to_string()) {
        if !origins.contains(&origin) {
            origins.push(origin);
        }
    }
    let bring =
        |w: &Wanted| (above.catalog.get(w.setting).key.to_string(), w.key.to_string(), w.after.clone());
    Lift {
        organization: above.organization.subject.clone(),
        name,
        scope: choice.scope.clone(),
        brings: chosen().map(bring).collect(),
        origins,
        instead_of: mended.iter().map(|i| members[*i].observed.subject.clone()).collect(),
        changes,
        others,
        document,
    }
}

/// The ruleset with its rules; nothing where one cannot be written.
fn written(catalog: &Catalog, begun: &Json, rules: &[Rule], choice: &Choice) -> Option<Json> {
    let mut document = begun.clone();
    for wanted in choice.rules.iter().map(|i| &rules[*i].wanted) {
        let setting = catalog.get(wanted.setting);
        rules::lay(catalog, &mut document, setting.effective.as_ref()?, &wanted.after).ok()?;
    }
    Some(document)
}

/// A name that no ruleset has yet.
fn free(name: &str, taken: &[String]) -> String {
    let numbered = (2..).map(|n| format!("{name} ({n})"));
    let mut names = std::iter::once(name.to_owned()).chain(numbered);
    names.find(|name| !taken.contains(name)).unwrap_or_default()
}

//! What can be found wrong with a policy without looking at any forge.

use std::collections::BTreeSet;
use std::sync::Arc;

use super::document::{Policy, Statement};
use super::problem::Problem;
use super::selector::Selector;
use crate::catalog::{Catalog, nearest};
use crate::model::{Layer, Origin};

/// Notes names that lead nowhere, circles, floors that are left, and wishes that exclude each other.
pub(super) fn check(policy: &Policy, catalog: &Catalog, problems: &mut Vec<Problem>) {
    names(policy, problems);
    circles(policy, problems);
    floors(policy, catalog, problems);
    contradictions(policy, catalog, problems);
}

fn names(policy: &Policy, problems: &mut Vec<Problem>) {
    let mut missing = |what: &str, name: &str, origin: &Origin, known: Vec<&str>| {
        let help = match nearest(name, known.iter().copied()) {
            Some(near) => format!("did you mean `{near}`?"),
            None if known.is_empty() => format!("this policy has no {what}"),
            None => format!("this policy has: {}", known.join(", ")),
        };
        let problem = Problem::new("policy::unknown_name", format!("there is no {what} `{name}`"));
        problems.push(problem.at_origin(&policy.sources, origin, "named here").help(help));
    };
    let profiles = || policy.profiles.iter().map(|p| &*p.name).collect::<Vec<_>>();
    let teams = || policy.teams.iter().map(|t| &*t.name).collect::<Vec<_>>();
    let forges = || policy.forges.iter().map(|f| &*f.name).collect::<Vec<_>>();
    for profile in &policy.profiles {
        for (name, origin) in &profile.after {
            if !profiles().contains(&&**name) {
                missing("profile", name, origin, profiles());
            }
        }
        let mut named = Vec::new();
        names_in(&profile.select, &mut named);
        for (what, name) in named {
            let known = if what == "team" { teams() } else { forges() };
            if !known.contains(&name) {
                missing(what, name, &profile.origin, known);
            }
        }
    }
    for statement in &policy.statements {
        if let Layer::Override(address) = &statement.layer
            && let Some((forge, _)) = address.split_once(':')
            && !forges().contains(&forge)
        {
            missing("forge", forge, &statement.origin, forges());
        }
    }
    let types: BTreeSet<&str> = policy
        .statements
        .iter()
        .filter_map(|s| if let Layer::TeamType(name) = &s.layer { Some(&**name) } else { None })
        .collect();
    for team in &policy.teams {
        if let Some(team_type) = &team.team_type
            && !types.contains(&**team_type)
        {
            let team_says = policy.statements.iter().find(|s| s.layer == Layer::Team(Arc::clone(&team.name)));
            let problem = Problem::new(
                "policy::unknown_name",
                format!("team `{}` is of type `{team_type}`, which asks for nothing", team.name),
            );
            let problem = team_says.map_or(problem.clone(), |s| {
                problem.at_origin(&policy.sources, &s.origin, "a line of this team")
            });
            problems
                .push(problem.help(format!("write [team_type.{team_type}.repository], or correct the type")));
        }
    }
}

fn names_in<'s>(selector: &'s Selector, named: &mut Vec<(&'static str, &'s str)>) {
    match selector {
        Selector::All(parts) | Selector::Any(parts) => parts.iter().for_each(|p| names_in(p, named)),
        Selector::Not(part) => names_in(part, named),
        Selector::Team(teams) => named.extend(teams.iter().map(|t| ("team", &**t))),
        Selector::Forge(forges) => named.extend(forges.iter().map(|f| ("forge", f.as_str()))),
        _ => {}
    }
}

/// A profile that comes after itself.
fn circles(policy: &Policy, problems: &mut Vec<Problem>) {
    for profile in &policy.profiles {
        if policy.prevails_over(&profile.name, &profile.name) {
            let problem =
                Problem::new("policy::circle", format!("profile `{}` comes after itself", profile.name));
            let problem = problem.at_origin(&policy.sources, &profile.origin, "in a circle of `after`");
            problems.push(problem.help("take one `after` away, so that one of them comes first"));
        }
    }
}

/// Statements that may reach the same subjects as a floor and accept more than it.
fn floors(policy: &Policy, catalog: &Catalog, problems: &mut Vec<Problem>) {
    for floor in policy.statements.iter().filter(|s| s.floor) {
        let reaches = |s: &&Statement| {
            !s.floor && same_item(s, floor) && (floor.layer == Layer::General || floor.layer == s.layer)
        };
        for statement in policy.statements.iter().filter(reaches) {
            let Some(least) = &floor.constraint else { continue };
            let key = &catalog.get(floor.setting).key;
            let message = match &statement.constraint {
                Some(wanted)
                    if wanted.is_within(least)
                        || least.contains.is_some() && wanted.over(least).is_within(least) =>
                {
                    continue;
                }
                Some(wanted) => format!("`{key}`: {wanted} accepts more than the floor, {least}"),
                None => format!("`{key}` is under a floor and cannot be left unmanaged"),
            };
            problems.push(
                Problem::new("policy::floor", message)
                    .at_origin(&policy.sources, &statement.origin, "accepts more")
                    .at_origin(&policy.sources, &floor.origin, "the floor")
                    .help(
                        "ask for as much as the floor or more, or ask its owner for an exception (a waiver)",
                    ),
            );
        }
    }
}

/// Two files of one rank that ask, in one layer, for what cannot be had together.
fn contradictions(policy: &Policy, catalog: &Catalog, problems: &mut Vec<Problem>) {
    for (i, a) in policy.statements.iter().enumerate() {
        let rivals = policy.statements[i + 1..].iter();
        for b in rivals.filter(|b| b.layer == a.layer && b.rank == a.rank && same_item(a, b)) {
            let (Some(x), Some(y)) = (&a.constraint, &b.constraint) else { continue };
            if x.and(y).is_err() {
                problems.push(contradiction(policy, catalog, (a, x.to_string()), (b, y.to_string())));
            }
        }
    }
}

/// The problem of two wishes that no value meets.
pub(super) fn contradiction(
    policy: &Policy,
    catalog: &Catalog,
    a: (&Statement, String),
    b: (&Statement, String),
) -> Problem {
    let key = &catalog.get(a.0.setting).key;
    Problem::new("policy::conflict", format!("`{key}` cannot be both {} and {}", a.1, b.1))
        .at_origin(&policy.sources, &b.0.origin, b.1)
        .at_origin(&policy.sources, &a.0.origin, a.1)
        .help("let one profile come `after` the other, or settle the value in a later layer")
}

fn same_item(a: &Statement, b: &Statement) -> bool {
    a.setting == b.setting && a.key == b.key && a.of == b.of
}

impl Policy {
    /// Whether, by `after`, the first profile prevails over the second.
    pub fn prevails_over(&self, first: &str, second: &str) -> bool {
        let mut ahead: Vec<&str> = vec![first];
        let mut seen = BTreeSet::new();
        while let Some(name) = ahead.pop() {
            let Some(profile) = self.profiles.iter().find(|p| *p.name == *name) else { continue };
            for (earlier, _) in &profile.after {
                if **earlier == *second {
                    return true;
                }
                if seen.insert(earlier) {
                    ahead.push(earlier);
                }
            }
        }
        false
    }
}

//! What can be found wrong with a policy without looking at any forge.

use std::collections::{BTreeSet, HashMap};

use super::contradiction::contradiction;
use super::document::{Policy, Profile, Statement};
use super::problem::Problem;
use crate::catalog::Catalog;
use crate::model::{Constraint, Layer};

/// Notes circles, floors that are left, and wishes that exclude each other.
pub(super) fn check(policy: &Policy, catalog: &Catalog, problems: &mut Vec<Problem>) {
    circles(policy, problems);
    floors(policy, catalog, problems);
    contradictions(policy, catalog, problems);
}

/// Profiles that come after one another in a circle, or after themselves.
fn circles(policy: &Policy, problems: &mut Vec<Problem>) {
    let mut told: BTreeSet<&str> = BTreeSet::new();
    for profile in &policy.profiles {
        let back = |other: &str| {
            policy.prevails_over(&profile.name, other) && policy.prevails_over(other, &profile.name)
        };
        if told.contains(&*profile.name) || !back(&profile.name) {
            continue;
        }
        let circle: Vec<&Profile> = policy.profiles.iter().filter(|p| back(&p.name)).collect();
        told.extend(circle.iter().map(|p| &*p.name));
        let message = match circle.as_slice() {
            [alone] => format!("profile `{}` comes after itself", alone.name),
            several => {
                let names: Vec<String> = several.iter().map(|p| format!("`{}`", p.name)).collect();
                format!("these profiles come after one another in a circle: {}", names.join(", "))
            }
        };
        let mut problem = Problem::new("policy::circle", message);
        for member in &circle {
            for (earlier, origin) in member.after.iter().filter(|(e, _)| back(e)) {
                let says = format!("`{}` after `{earlier}`", member.name);
                problem = problem.at_origin(&policy.sources, origin, says);
            }
        }
        problems.push(problem.help("take one `after` away, so that one of them comes first"));
    }
}

/// Statements that may reach the same subjects as a floor and accept more than it.
fn floors(policy: &Policy, catalog: &Catalog, problems: &mut Vec<Problem>) {
    for floor in policy.statements.iter().filter(|s| s.floor) {
        // In the same layer only a file that comes after the floor could leave it: a file before it
        // is set aside by it, and one beside it holds together with it.
        let reaches = |s: &&Statement| {
            !s.floor
                && same_item(s, floor)
                && (floor.layer == s.layer && floor.rank < s.rank
                    || floor.layer == Layer::General && s.layer != Layer::General)
        };
        for statement in policy.statements.iter().filter(reaches) {
            let Some(least) = &floor.constraint else { continue };
            let key = &catalog.get(floor.setting).key;
            let says = if statement.constraint.is_some() { "leaves the floor" } else { "asks for nothing" };
            let message = match &statement.constraint {
                Some(wanted)
                    if wanted.is_within(least)
                        || statement.only_adds() && wanted.over(least).is_ok_and(|w| w.is_within(least)) =>
                {
                    continue;
                }
                Some(wanted) => format!("`{key}` leaves its floor: {wanted} here, {least} there"),
                None => format!("`{key}` is under a floor and cannot be left unmanaged"),
            };
            problems.push(
                Problem::new("policy::floor", message)
                    .at_origin(&policy.sources, &statement.origin, says)
                    .at_origin(&policy.sources, &floor.origin, "the floor")
                    .help(
                        "ask for as much as the floor or more, or ask its owner for an exception (a waiver)",
                    ),
            );
        }
    }
}

/// Two lines of one rank, or two floors, that ask for what cannot be had together, where no line of
/// a later file of the same layer settles it.
fn contradictions(policy: &Policy, catalog: &Catalog, problems: &mut Vec<Problem>) {
    let mut items: HashMap<_, Vec<&Statement>> = HashMap::new();
    for statement in &policy.statements {
        items.entry((statement.of, statement.setting, &statement.key)).or_default().push(statement);
    }
    let mut items: Vec<Vec<&Statement>> = items.into_values().filter(|all| all.len() > 1).collect();
    items.sort_by_key(|all| all[0].origin.clone());
    for all in items {
        for (i, a) in all.iter().enumerate() {
            for b in &all[i + 1..] {
                let meet = a.layer == b.layer && a.rank == b.rank;
                let floors = a.floor
                    && b.floor
                    && (a.layer == b.layer || a.layer == Layer::General || b.layer == Layer::General);
                let replaces = |s: &&&Statement| s.layer == a.layer && s.rank > a.rank && !s.only_adds();
                if !(floors || meet && !all.iter().any(|s| replaces(&s))) {
                    continue;
                }
                let (Some(x), Some(y)) = (&a.constraint, &b.constraint) else { continue };
                if x.and(y).is_err() {
                    problems.push(contradiction(policy, catalog, (a, x.to_string()), (b, y.to_string())));
                }
            }
        }
    }
}

fn same_item(a: &Statement, b: &Statement) -> bool {
    a.setting == b.setting && a.key == b.key && a.of == b.of
}

impl Statement {
    /// Whether it adds to what is asked before it, and replaces none of it.
    fn only_adds(&self) -> bool {
        let rest = |c: &Constraint| Constraint { contains: None, ..c.clone() } == Constraint::default();
        self.constraint.as_ref().is_some_and(|c| c.contains.is_some() && rest(c))
    }
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

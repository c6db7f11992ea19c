//! How a conflict between two lines of a policy is told: both lines, and who can settle it.

use super::document::{Policy, Statement};
use super::problem::Problem;
use crate::catalog::Catalog;
use crate::model::Layer;

/// The problem of two wishes that no value meets.
pub(super) fn contradiction(
    policy: &Policy,
    catalog: &Catalog,
    a: (&Statement, String),
    b: (&Statement, String),
) -> Problem {
    let key = &catalog.get(a.0.setting).key;
    Problem::new("policy::conflict", format!("`{key}` cannot be both {} and {}", a.1, b.1))
        .at_origin(&policy.sources, &b.0.origin, said(b.0, b.1))
        .at_origin(&policy.sources, &a.0.origin, said(a.0, a.1))
        .help(both_sides(b.0, a.0, remedy(a.0, b.0)) + &ready(catalog, a.0, b.0))
}

/// What either side is for, before what settles it: whoever decides has to know what is given up.
fn both_sides(first: &Statement, second: &Statement, remedy: &str) -> String {
    if first.controls.is_empty() && second.controls.is_empty() {
        return remedy.to_owned();
    }
    let side = |s: &Statement| {
        let serves = s.controls.first().map(|c| format!("{} ({})", c.name, c.title));
        let said = [serves, s.why.as_ref().map(|why| format!("because {why}"))];
        let said: Vec<String> = said.into_iter().flatten().collect();
        (!said.is_empty()).then(|| format!("{}: {}\n", s.origin, said.join(", ")))
    };
    let sides: String = [side(first), side(second)].into_iter().flatten().collect();
    sides + remedy
}

/// Lines to paste, where two files of one rank have to be settled by a third.
fn ready(catalog: &Catalog, one: &Statement, other: &Statement) -> String {
    let apart =
        one.layer == other.layer && one.origin.file != other.origin.file && !one.floor && !other.floor;
    let both = one.constraint.as_ref().zip(other.constraint.as_ref()).filter(|_| apart);
    let Some((first, second)) = both else { return String::new() };
    let setting = catalog.get(one.setting);
    let table = match (&one.key, setting.key.split_once('.')) {
        (Some(key), Some((kind, _))) => format!("{kind}.\"{key}\""),
        (_, Some((group, _))) => group.to_owned(),
        _ => return String::new(),
    };
    let header = match one.layer.header() {
        header if header.is_empty() => table,
        header => format!("{header}.{table}"),
    };
    let test = match (&first.exactly, &second.exactly) {
        (Some(one), Some(other)) => format!("equals = {one}   # or {other}"),
        _ => format!("# {first}, or {second}"),
    };
    format!(":\n[{header}.{}]\n{test}\nowner = \"@…\"\nwhy = \"…\"", setting.name())
}

fn said(statement: &Statement, wish: String) -> String {
    let floor = if statement.floor { ", a floor" } else { "" };
    match &statement.layer {
        Layer::General => format!("{wish}{floor}"),
        layer => format!("{wish}, for {layer}{floor}"),
    }
}

fn remedy(a: &Statement, b: &Statement) -> &'static str {
    match (&a.layer, &b.layer) {
        _ if a.floor && b.floor => "two floors exclude each other: their owners have to agree on one",
        _ if a.floor || b.floor => {
            "ask for as much as the floor or more, or ask its owner for an exception (a waiver)"
        }
        (one, other) if one == other && a.origin.file == b.origin.file => {
            "both lines are about the same setting of the same thing: keep one of them"
        }
        (one, other) if one == other => {
            "neither file comes before the other: settle it in the file that extends both, and say who answers for it"
        }
        (Layer::Profile(_), Layer::Profile(_)) => {
            "let one profile come `after` the other, or settle the value in a later layer"
        }
        (one, other) if one.rank() == other.rank() => "settle the value in a later layer: an [override]",
        _ => "`contains` adds to what was asked before; write `exactly` to put something else in its place",
    }
}

//! How alike the repositories of a profile are, for people and for machines.

use std::io::{self, Write};

use serde_json::{Value as Json, json};

use super::audited::count;
use super::friction::FrictionView;
use super::friction_json::round;
use super::safe_text::safe;
use crate::catalog::Catalog;
use crate::engine::{Agreement, Consistency, FEWEST};

/// How many settings of a profile are named.
const MOST: usize = 2;

/// Above this share they are alike enough not to be named.
const ALIKE: f64 = 0.9;

/// The setting with the item that the policy names: `branch[~default].required_approvals`.
pub(super) fn name_of(catalog: &Catalog, agreement: &Agreement) -> String {
    let setting = catalog.get(agreement.setting);
    match &agreement.key {
        Some(key) => format!("{}[{}].{}", setting.group, safe(key), setting.name()),
        None => setting.key.to_string(),
    }
}

/// How many have what most have, in a few words: `31 of 40 have true; 9 have another value`.
pub(super) fn told(agreement: &Agreement) -> String {
    let Agreement { most, alike, known, unknown, values, .. } = agreement;
    let (most, others) = match most.as_str() {
        "as wanted" => ("are as wanted".to_owned(), String::new()),
        "not as wanted" => ("are not as wanted".to_owned(), String::new()),
        most => {
            let most = if most == "absent" { "have none".to_owned() } else { format!("have {}", safe(most)) };
            let others = match (*values, known - alike) {
                (0..=1, _) => String::new(),
                (2, 1) => "; 1 has another value".to_owned(),
                (2, n) => format!("; {n} have another value"),
                (n, _) => format!("; {} other values are in use", n - 1),
            };
            (most, others)
        }
    };
    let unknown = if *unknown > 0 { format!("; {unknown} could not be seen") } else { String::new() };
    format!("{alike} of {known} {most}{others}{unknown}")
}

/// The few settings in which they differ most, the most first.
pub(super) fn differing(one: &Consistency) -> impl Iterator<Item = &Agreement> {
    one.settings.iter().filter(|agreement| agreement.share() < ALIKE).take(MOST)
}

/// How many groups are not shown, and why.
pub(super) fn too_small(groups: usize, one: &str) -> String {
    let are = if groups == 1 { "is" } else { "are" };
    format!("{} of fewer than {FEWEST} repositories {are} not shown", count(groups, one))
}

/// Writes one line for each profile, and in what its repositories differ most.
///
/// # Errors
/// Those of the writer.
pub(super) fn consistency(out: &mut dyn Write, view: FrictionView<'_>) -> io::Result<()> {
    let (all, small) = view.held.consistency(view.stages);
    if all.is_empty() {
        return Ok(());
    }
    let title = format!("{:<28} repositories   settings   alike", "How alike profiles are");
    writeln!(out, "{}\n", view.bold(&title))?;
    for one in &all {
        let name: String = safe(&one.profile).chars().take(26).collect();
        let (settings, alike) = (one.settings.len(), one.alike * 100.0);
        writeln!(out, "  {name:<26} {:>12}   {settings:>8}   {alike:>3.0} %", one.repositories)?;
        for agreement in differing(one) {
            view.lines(out, &format!("- {}: {}", name_of(view.catalog, agreement), told(agreement)), "    ")?;
        }
    }
    if small > 0 {
        writeln!(out, "  {}", too_small(small, "profile"))?;
    }
    let text = "Alike: how many of a profile's repositories have what most of them have, on average over the settings that the policy asks for. 100 % is all the same; what is named are the settings in which they differ most.";
    writeln!(out)?;
    view.lines(out, text, "  ")?;
    writeln!(out)
}

/// The same for machines, with every setting.
pub(super) fn by_profile(view: FrictionView<'_>) -> Json {
    let (all, _) = view.held.consistency(view.stages);
    let setting = |agreement: &Agreement| {
        json!({
            "setting": name_of(view.catalog, agreement),
            "stage": agreement.stage.word(),
            "most": agreement.most,
            "alike": agreement.alike,
            "known": agreement.known,
            "unknown": agreement.unknown,
            "values": agreement.values,
        })
    };
    let profile = |one: &Consistency| {
        json!({
            "profile": one.profile,
            "repositories": one.repositories,
            "settings": one.settings.len(),
            "alike": round(one.alike),
            "by_setting": one.settings.iter().map(setting).collect::<Vec<_>>(),
        })
    };
    all.iter().map(profile).collect()
}

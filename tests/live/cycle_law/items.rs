//! Random lines about items of collections: what they are to be, that they are or are not there, and whether
//! the policy claims the whole collection.

use ispo_scm::catalog::{Catalog, ForgeKind, Setting, Type};
use ispo_scm::model::SubjectKind;
use serde_json::{Value, json};

use super::draw::Draw;
use super::policies::{Line, value};

/// Kinds that are drawn: of which scope, and the keys of their items.
type Kinds = [(&'static str, &'static str, [&'static str; 3])];

const HOOKS: [&str; 3] = ["https://ci.example/hook", "https://chat.example/hook", "https://log.example/"];

const GITHUB: &Kinds = &[
    ("repository", "label", ["good first issue", "bug", "needs: a/b"]),
    ("repository", "webhook", HOOKS),
    ("repository", "autolink", ["TICKET-", "BUG-", "X-"]),
    ("repository", "environment", ["production", "test", "a/b"]),
    ("repository", "milestone", ["one", "two", "three"]),
    ("organization", "webhook", HOOKS),
    ("organization", "custom_property", ["data", "squad", "cost"]),
    ("organization", "issue_type", ["Bug", "Question", "Chore"]),
    ("organization", "runner_group", ["Default", "large", "arm"]),
    ("organization", "team", ["platform", "guests", "friends"]),
];

const GITLAB: &Kinds = &[
    ("repository", "label", ["good first issue", "bug", "needs: a/b"]),
    ("repository", "webhook", HOOKS),
    ("repository", "badge", ["build", "docs", "a b"]),
    ("repository", "environment", ["production", "test", "a/b"]),
    ("repository", "milestone", ["one", "two", "three"]),
    ("repository", "protected_branch", ["main", "release/*", "stable"]),
    ("repository", "status_check", ["legal", "scan", "a b"]),
    ("repository", "pipeline_schedule", ["nightly", "weekly", "a b"]),
    ("organization", "label", ["good first issue", "bug", "needs: a/b"]),
    ("organization", "webhook", HOOKS),
    ("organization", "badge", ["build", "docs", "a b"]),
    ("organization", "milestone", ["one", "two", "three"]),
];

/// Settings that name an item or decide what others mean.
const NAMES: [&str; 4] = ["name", "title", "url", "parent"];

/// Kinds that the simulators do not take writes of: they are tried on snapshots alone.
const UNWRITTEN: [&str; 5] = ["custom_property", "issue_type", "runner_group", "team", "milestone"];

/// Lines about items of one collection or two.
pub fn of_items(catalog: &Catalog, forge: ForgeKind, live: bool, draw: &mut Draw) -> Vec<Line> {
    let kinds = if forge == ForgeKind::Github { GITHUB } else { GITLAB };
    let kinds: Vec<_> = kinds.iter().filter(|(.., kind, _)| !live || !UNWRITTEN.contains(kind)).collect();
    let number = 1 + draw.below(2);
    let drawn = draw.some(&kinds, number);
    drawn
        .into_iter()
        .flat_map(|(scope, kind, keys)| of_kind(catalog, forge, (scope, kind), keys, draw))
        .collect()
}

fn of_kind(
    catalog: &Catalog,
    forge: ForgeKind,
    (scope, kind): (&str, &str),
    keys: &[&str],
    draw: &mut Draw,
) -> Vec<Line> {
    let of = SubjectKind::from_word(scope).unwrap();
    let bound = catalog.kind(of, kind).unwrap().on(forge).unwrap();
    let mut lines = Vec::new();
    let mut line = |about: &str, text: String| lines.push(Line { about: about.to_owned(), text });
    if draw.percent(60) {
        let mode = *draw.one(&["complete", "complete", "additive", "watch"]);
        line("", format!("{scope}.{kind}.ownership = \"{mode}\""));
    }
    let said = |s: &&Setting| {
        let binding = s.on(forge).binding();
        let written = binding.is_some_and(|b| b.write.is_some() || b.create.is_some());
        *s.group == *kind && written && !NAMES.contains(&s.name()) && !matches!(s.ty, Type::List | Type::Time)
    };
    let settings: Vec<&Setting> = catalog.settings().filter(said).collect();
    let number = 1 + draw.below(2);
    for key in draw.some(keys, number) {
        if draw.percent(15) {
            let there = draw.percent(50);
            line(&format!("{kind}.present"), format!("{scope}.{kind}.\"{key}\".present = {there}"));
            continue;
        }
        let number = draw.below(3);
        let some = draw.some(&settings, number);
        let needed = |s: &&&Setting| bound.required.iter().any(|name| name == s.name());
        let required = settings.iter().filter(needed);
        let all: std::collections::BTreeSet<&str> = some.iter().chain(required).map(|s| s.name()).collect();
        for setting in settings.iter().filter(|s| all.contains(s.name())) {
            let value = of_item(setting, draw);
            line(&setting.key, format!("{scope}.{kind}.\"{key}\".{} = {value}", setting.name()));
        }
    }
    lines
}

fn of_item(setting: &Setting, draw: &mut Draw) -> Value {
    match &*setting.key {
        "label.color" => json!(draw.one(&["ff0000", "00ff00", "0e8a16"])),
        "milestone.due_on" => json!(draw.one(&["2026-12-24", "2027-01-31"])),
        "milestone.start_date" => json!(draw.one(&["2026-11-01", "2026-10-31"])),
        "autolink.url_template" => json!(draw.one(&["https://a.example/<num>", "https://b.example/<num>"])),
        "webhook.events" => {
            let number = 1 + draw.below(2);
            json!(draw.some(&["push", "release", "pull_request"], number))
        }
        "pipeline_schedule.cron" => json!(draw.one(&["0 1 * * *", "0 2 * * 0"])),
        "pipeline_schedule.ref" => json!("main"),
        "pipeline_schedule.cron_timezone" => json!(draw.one(&["UTC", "Berlin"])),
        "badge.image_url" | "badge.link_url" | "status_check.external_url" | "environment.external_url" => {
            json!(draw.one(&["https://one.example/x", "https://two.example/y"]))
        }
        "environment.auto_stop_setting" => json!(draw.one(&["always", "with_action"])),
        "status_check.protected_branches" => json!(["main"]),
        "custom_property.value_type" => json!("string"),
        "custom_property.default_value" => json!(draw.one(&[["a1"], ["b2"]])),
        key if key.ends_with("_access_levels") => {
            json!(draw.one(&[vec!["maintainer"], vec!["developer"], vec!["nobody"]]))
        }
        _ => value(setting, draw),
    }
}

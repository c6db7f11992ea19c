//! Reads `[[waiver]]`: who accepted which departure, why, and until when.

use std::ops::Range;
use std::sync::Arc;

use super::layers::Layers;
use super::names::Named;
use super::node::{Item, Node, Table};
use crate::catalog::{Catalog, nearest};
use crate::model::{NameGlob, Waiver};

const KEYS: [&str; 5] = ["subject", "settings", "owner", "reason", "expires"];

impl Layers<'_, '_> {
    /// Reads the waivers; those of an included file reach only what its teams own.
    pub(super) fn waivers(&mut self, node: &Node, teams: Option<Vec<Arc<str>>>) {
        for (table, span) in self.reader.tables("waiver", node) {
            if teams.as_ref().is_some_and(Vec::is_empty) {
                let message = "an included file that names no team can waive nothing";
                let help = "its waivers reach what its own teams own: write [team.NAME] in this file";
                self.reader.wrong("policy::delegated", message, &span, "reaches nothing", help);
            }
            self.waiver(table, &span, teams.as_ref());
        }
    }

    /// Reads how long waivers may last; of several files the shortest time holds.
    pub(super) fn waiving(&mut self, node: &Node) {
        let Some(table) = self.reader.table("waiving", node) else { return };
        self.reader.only(table, "[waiving]", &["days"]);
        let Some((_, node)) = table.get("days") else { return };
        match node.item {
            Item::Int(days) if days > 0 => {
                let shortest = self.policy.most_days.map_or(days, |other| other.min(days));
                self.policy.most_days = Some(shortest);
            }
            _ => self.reader.mistyped_for(
                "days",
                node,
                "a number of days",
                "write 180, or another number above 0",
            ),
        }
    }

    fn waiver(&mut self, table: &Table, span: &Range<usize>, teams: Option<&Vec<Arc<str>>>) {
        let before = self.reader.problems.len();
        self.reader.only(table, "[[waiver]]", &KEYS);
        let subject = self.addresses(("waiver", "subject", "\"forge:organization/repository\""), table, span);
        let owner = self.reader.required(table, "waiver", "owner", "\"…\": who answers for it", span);
        let reason = self.reader.required(table, "waiver", "reason", "\"…\": why it is accepted", span);
        let settings = self.settings_of("waiver", table, span);
        let expires = self.last_day(table, span);
        if self.reader.problems.len() > before {
            return;
        }
        if let (Some(subject), Some(owner), Some(reason), Some(expires)) = (subject, owner, reason, expires) {
            let origin = self.reader.source.origin(span);
            let teams = teams.cloned();
            let most_days = None;
            let waiver = Waiver { subject, settings, owner, reason, expires, origin, teams, most_days };
            self.policy.waivers.push(waiver);
        }
    }

    /// Reads the addresses that a table is about.
    pub(super) fn addresses(
        &mut self,
        (what, field, example): (&str, &str, &str),
        table: &Table,
        span: &Range<usize>,
    ) -> Option<NameGlob> {
        let text = self.reader.required(table, what, field, example, span)?;
        let (_, node) = table.get(field)?;
        match NameGlob::new(&text) {
            Ok(glob) => {
                let whole = !text.contains(['*', '?', '[', '{']);
                if whole {
                    self.mention(Named::Address, &text, &node.span);
                } else if let Some((forge, _)) =
                    text.split_once(':').filter(|(f, _)| !f.contains(['*', '?', '[', '{']))
                {
                    self.mention(Named::Forge(None), forge, &node.span);
                }
                Some(glob)
            }
            Err(reason) => {
                self.reader.not_a_glob(&text, &reason, &node.span);
                None
            }
        }
    }

    /// Reads the settings that a table is about.
    pub(super) fn settings_of(&mut self, what: &str, table: &Table, span: &Range<usize>) -> Vec<NameGlob> {
        let Some((_, node)) = table.get("settings") else {
            let help = "add settings = [\"branch.*\"], or the one that is meant";
            let message = format!("this [[{what}]] has no `settings`");
            self.reader.wrong("policy::missing", message, span, "in here", help);
            return Vec::new();
        };
        let mut globs = Vec::new();
        for (text, at) in self.reader.some_texts_of("settings", node) {
            match NameGlob::new(&text) {
                Ok(glob) if self.catalog.settings().any(|s| glob.matches(&s.key)) => globs.push(glob),
                Ok(_) => {
                    let help = meant(&text, self.catalog);
                    let message = format!("no setting is named `{text}`");
                    self.reader.wrong("policy::unknown_setting", message, &at, "means nothing", &help);
                }
                Err(reason) => self.reader.not_a_glob(&text, &reason, &at),
            }
        }
        globs
    }

    fn last_day(&mut self, table: &Table, span: &Range<usize>) -> Option<chrono::NaiveDate> {
        let Some((_, node)) = table.get("expires") else {
            let help = "a waiver that never ends is a policy: change the policy instead, or add expires = 2027-03-31";
            self.reader.wrong("policy::missing", "this [[waiver]] has no `expires`", span, "in here", help);
            return None;
        };
        if let Item::Date(date) = node.item {
            return Some(date);
        }
        let help = match node.as_text().and_then(|t| t.parse::<chrono::NaiveDate>().ok()) {
            Some(date) => format!("leave the quotes out: {date}"),
            None => "write the last day on which it holds: 2027-03-31".to_owned(),
        };
        self.reader.mistyped_for("expires", node, "a date without quotes", &help);
        None
    }
}

/// Which setting, or which group of settings, was meant.
fn meant(text: &str, catalog: &Catalog) -> String {
    if let Some(setting) = catalog.settings().find(|s| s.name() == text) {
        return format!("did you mean `{}`?", setting.key);
    }
    if let Some((group, rest)) = text.split_once('.')
        && rest.contains('*')
        && let Some(near) = nearest(group, catalog.settings().map(|s| &*s.group))
        && near != group
    {
        return format!("did you mean `{near}.{rest}`?");
    }
    match nearest(text, catalog.settings().map(|s| &*s.key)) {
        Some(near) => format!("did you mean `{near}`?"),
        None => "`ispo-scm settings` lists them".to_owned(),
    }
}

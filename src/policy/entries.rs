//! Reads `[[forge]]` and `[[waiver]]`.

use std::ops::Range;
use std::sync::Arc;

use super::document::{Forge, ForgeSort};
use super::layers::Layers;
use super::node::{Item, Node, Table};
use crate::model::NameGlob;
use crate::model::Waiver;

impl Layers<'_, '_> {
    /// Reads the forges.
    pub(super) fn forges(&mut self, node: &Node) {
        for (table, span) in self.tables("forge", node) {
            self.forge(table, &span);
        }
    }

    fn forge(&mut self, table: &Table, span: &Range<usize>) {
        let known = ["name", "kind", "url", "organizations", "groups", "path"];
        self.reader.only(table, "[[forge]]", &known);
        let name = self.required(table, "forge", "name", span);
        let word = self.required(table, "forge", "kind", span);
        let sort = match word.as_deref() {
            Some("github") => ForgeSort::Github,
            Some("gitlab") => ForgeSort::Gitlab,
            Some("snapshot") => ForgeSort::Snapshot,
            Some(other) => {
                let at = table.get("kind").map_or(span.clone(), |(_, n)| n.span.clone());
                let help = "write github, gitlab or snapshot";
                return self.reader.wrong(
                    "policy::forge",
                    format!("`{other}` is no kind of forge"),
                    &at,
                    "not one",
                    help,
                );
            }
            None => return,
        };
        let Some(name) = name else { return };
        if name.contains(':') || name.contains('/') {
            let message = format!("`{name}` cannot name a forge: addresses are written forge:path");
            return self.reader.wrong(
                "policy::forge",
                message,
                span,
                "has `:` or `/`",
                "choose a plain word",
            );
        }
        if self.policy.forges.iter().any(|f| *f.name == *name) {
            let help = "addresses would be ambiguous; rename one of them";
            return self.reader.wrong(
                "policy::forge",
                format!("two forges are named `{name}`"),
                span,
                "the second",
                help,
            );
        }
        let (list, other) =
            if sort == ForgeSort::Gitlab { ("groups", "organizations") } else { ("organizations", "groups") };
        if let Some((key, _)) = table.get(other).filter(|_| sort != ForgeSort::Snapshot) {
            let span = key.span.clone();
            let message = format!("a forge of this kind has `{list}`, not `{other}`");
            self.reader.wrong(
                "policy::forge",
                message,
                &span,
                "the other forge's word",
                &format!("write {list} = […]"),
            );
        }
        let organizations: Vec<String> = self.reader.texts(table, list).into_iter().map(|(o, _)| o).collect();
        let url = self.reader.text(table, "url");
        if let Some(url) = &url
            && url::Url::parse(url)
                .ok()
                .filter(|u| matches!(u.scheme(), "http" | "https") && u.has_host())
                .is_none()
        {
            let at = table.get("url").map_or(span.clone(), |(_, n)| n.span.clone());
            self.reader.wrong(
                "policy::forge",
                format!("`{url}` is no address of a server"),
                &at,
                "here",
                "write https://host",
            );
        }
        let path = self
            .reader
            .text(table, "path")
            .map(|p| self.folder.map_or_else(|| p.clone().into(), |f| f.join(&p)));
        if sort == ForgeSort::Snapshot && path.is_none() {
            self.reader.wrong(
                "policy::forge",
                "a snapshot forge needs its file",
                span,
                "no `path`",
                "write path = \"FILE.jsonl\"",
            );
        }
        let origin = Some(self.reader.source.origin(span));
        self.policy.forges.push(Forge { name: name.into(), sort, url, organizations, path, origin });
    }

    fn required(&mut self, table: &Table, what: &str, name: &str, span: &Range<usize>) -> Option<String> {
        if table.get(name).is_none() {
            let message = format!("this [[{what}]] has no `{name}`");
            self.reader.wrong("policy::missing", message, span, "in here", &format!("add {name} = …"));
            return None;
        }
        self.reader.text(table, name)
    }

    /// Reads the waivers; those of an included file reach only what its teams own.
    pub(super) fn waivers(&mut self, node: &Node, teams: Option<Vec<Arc<str>>>) {
        for (table, span) in self.tables("waiver", node) {
            self.waiver(table, &span, teams.as_ref());
        }
    }

    fn waiver(&mut self, table: &Table, span: &Range<usize>, teams: Option<&Vec<Arc<str>>>) {
        let before = self.reader.problems.len();
        self.reader.only(table, "[[waiver]]", &["subject", "settings", "owner", "reason", "expires"]);
        let subject = self.required(table, "waiver", "subject", span);
        let owner = self.required(table, "waiver", "owner", span);
        let reason = self.required(table, "waiver", "reason", span);
        let settings = self.reader.texts(table, "settings");
        if settings.is_empty() && table.get("settings").is_none() {
            let help = "write settings = [\"branch.*\"]";
            self.reader.wrong("policy::missing", "this [[waiver]] has no `settings`", span, "in here", help);
        }
        for (glob, at) in &settings {
            let matcher = NameGlob::new(glob);
            let known = matcher.as_ref().is_ok_and(|m| self.catalog.settings().any(|s| m.matches(&s.key)));
            if !known {
                let near = crate::catalog::nearest(glob, self.catalog.settings().map(|s| &*s.key));
                let help = near.map_or_else(
                    || "`ispo-scm settings` lists them".to_owned(),
                    |n| format!("did you mean `{n}`?"),
                );
                self.reader.wrong(
                    "policy::unknown_setting",
                    format!("no setting is named `{glob}`"),
                    at,
                    "waives nothing",
                    &help,
                );
            }
        }
        let subject = subject.and_then(|subject| match NameGlob::new(&subject) {
            Ok(glob) => Some(glob),
            Err(why) => {
                self.reader.wrong(
                    "policy::glob",
                    format!("`{subject}` names no subject: {why}"),
                    span,
                    "in here",
                    "",
                );
                None
            }
        });
        let expires = match table.get("expires").map(|(_, n)| (&n.item, n)) {
            Some((Item::Date(date), _)) => Some(*date),
            Some((_, node)) => {
                self.reader.mistyped("expires", node, "a date such as 2027-03-31, without quotes");
                None
            }
            None => {
                let help = "a waiver that never ends is a policy: change the policy instead, or write expires = 2027-03-31";
                self.reader.wrong(
                    "policy::missing",
                    "this [[waiver]] has no `expires`",
                    span,
                    "in here",
                    help,
                );
                None
            }
        };
        if self.reader.problems.len() > before {
            return;
        }
        if let (Some(subject), Some(owner), Some(reason), Some(expires)) = (subject, owner, reason, expires) {
            let settings = settings.iter().filter_map(|(s, _)| NameGlob::new(s).ok()).collect();
            let origin = self.reader.source.origin(span);
            self.policy.waivers.push(Waiver {
                subject,
                settings,
                owner,
                reason,
                expires,
                origin,
                teams: teams.cloned(),
            });
        }
    }
}

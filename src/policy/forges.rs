//! Reads `[[forge]]`: which servers there are, and what of them the policy is about.

use std::ops::Range;

use super::document::{Forge, ForgeSort};
use super::layers::Layers;
use super::node::{Node, Table};
use super::problem::Problem;
use crate::catalog::nearest;

const KEYS: [&str; 8] = ["name", "kind", "url", "organizations", "enterprise", "groups", "everyone", "path"];

impl ForgeSort {
    /// The words of a policy.
    pub const WORDS: [(&'static str, Self); 3] =
        [("github", Self::Github), ("gitlab", Self::Gitlab), ("snapshot", Self::Snapshot)];

    /// The word of this one.
    pub fn word(self) -> &'static str {
        Self::WORDS.iter().find(|(_, sort)| *sort == self).map_or("", |(word, _)| word)
    }

    /// The keys that only some forges have, and which of them this one has.
    fn keys(self) -> &'static [&'static str] {
        match self {
            Self::Github => &["url", "organizations", "enterprise"],
            Self::Gitlab => &["url", "groups", "everyone"],
            Self::Snapshot => &["path"],
        }
    }
}

impl Layers<'_, '_> {
    /// Reads the forges.
    pub(super) fn forges(&mut self, node: &Node) {
        for (table, span) in self.reader.tables("forge", node) {
            self.forge(table, &span);
        }
    }

    fn forge(&mut self, table: &Table, span: &Range<usize>) {
        for (key, _) in table.entries.iter().filter(|(k, _)| !KEYS.contains(&k.name.as_str())) {
            let secret = ["token", "secret", "password", "key"].iter().any(|word| key.name.contains(word));
            if secret {
                let help = "credentials come from the environment, never from a policy: take it out, and revoke it if it is real";
                self.reader.unknown_key_for(key, "[[forge]]", help);
            } else {
                self.reader.unknown_key(key, "[[forge]]", &KEYS);
            }
        }
        let name = self.forge_name(table, span);
        let sort = self.forge_sort(table, span);
        if let Some(sort) = sort {
            self.keys_of_sort(table, span, sort);
        }
        let mut organizations: Vec<String> = Vec::new();
        for list in ["organizations", "groups"] {
            for (organization, at) in self.reader.texts(table, list) {
                if organizations.iter().any(|o| o.eq_ignore_ascii_case(&organization)) {
                    let message = format!("`{organization}` is listed twice");
                    let problem = Problem::warning("policy::forge", message);
                    let problem =
                        problem.at(self.reader.source, &at, "the second").help("take one of them out");
                    self.reader.problems.push(problem);
                } else {
                    organizations.push(organization);
                }
            }
        }
        let url = self.url(table);
        let enterprise = self.reader.text(table, "enterprise");
        let everyone = self.reader.text(table, "everyone");
        let path = self.reader.text(table, "path");
        let path = path.map(|p| self.folder.map_or_else(|| p.clone().into(), |f| f.join(&p)));
        let origin = Some(self.reader.source.origin(span));
        // A forge of no known kind is kept too, so that addresses that name it are no mistakes.
        if let Some(name) = name {
            let sort = sort.unwrap_or(ForgeSort::Snapshot);
            let name = name.into();
            self.policy.forges.push(Forge {
                name,
                sort,
                url,
                organizations,
                enterprise,
                everyone,
                path,
                origin,
            });
        }
    }

    fn forge_name(&mut self, table: &Table, span: &Range<usize>) -> Option<String> {
        let name = self.reader.required(table, "forge", "name", "\"…\", by which addresses name it", span)?;
        let at = table.get("name").map_or(span.clone(), |(_, node)| node.span.clone());
        if !name.chars().all(|c| c.is_alphanumeric() || "-_.".contains(c)) {
            let message = format!("`{name}` cannot name a forge");
            let help = "addresses are written forge:path: choose a word of letters, digits, `-`, `_` and `.`";
            self.reader.wrong("policy::forge", message, &at, "not a plain word", help);
        }
        if let Some(first) = self.policy.forges.iter().find(|f| *f.name == *name) {
            let problem = Problem::new("policy::forge", format!("two forges are named `{name}`"));
            let problem = problem.at(self.reader.source, &at, "the second");
            let problem = match &first.origin {
                Some(origin) => problem.at_origin(self.sources, origin, "the first"),
                None => problem,
            };
            let help = "addresses would be ambiguous: rename one of them";
            self.reader.problems.push(problem.help(help));
        }
        Some(name)
    }

    fn forge_sort(&mut self, table: &Table, span: &Range<usize>) -> Option<ForgeSort> {
        let word =
            self.reader.required(table, "forge", "kind", "\"github\", \"gitlab\" or \"snapshot\"", span)?;
        let sort = ForgeSort::WORDS.iter().find(|(known, _)| *known == word).map(|(_, sort)| *sort);
        if sort.is_none() {
            let at = table.get("kind").map_or(span.clone(), |(_, node)| node.span.clone());
            let near = nearest(&word.to_lowercase(), ForgeSort::WORDS.iter().map(|(word, _)| *word));
            let help = match near {
                Some(near) => format!("did you mean `{near}`?"),
                None => "write github, gitlab or snapshot".to_owned(),
            };
            let message = format!("`{word}` is no kind of forge");
            self.reader.wrong("policy::forge", message, &at, "not one", &help);
        }
        sort
    }

    /// Notes what a forge of that sort does not have, and what it lacks.
    fn keys_of_sort(&mut self, table: &Table, span: &Range<usize>, sort: ForgeSort) {
        for key in ["url", "organizations", "enterprise", "groups", "everyone", "path"] {
            let Some((at, _)) = table.get(key).filter(|_| !sort.keys().contains(&key)) else { continue };
            let help = match (sort, key) {
                (ForgeSort::Github, "groups") => "write organizations = […]",
                (ForgeSort::Gitlab, "organizations") => "write groups = […]",
                _ => "take it out",
            };
            let message = format!("a {} forge has no `{key}`", sort.word());
            self.reader.wrong("policy::forge", message, &at.span, "not of this kind", help);
        }
        let (lacks, help) = match sort {
            ForgeSort::Github => (
                "organizations",
                "add organizations = […] or enterprise = \"…\": without them nothing of it is read",
            ),
            ForgeSort::Gitlab => ("groups", "add groups = […]: without them nothing of it is read"),
            ForgeSort::Snapshot => ("path", "write path = \"FILE.jsonl\""),
        };
        // A word of the other forge in its place has been noted already.
        let other = ["organizations", "enterprise", "groups"].iter().any(|list| table.get(list).is_some());
        if table.get(lacks).is_some() || (sort != ForgeSort::Snapshot && other) {
            return;
        }
        let message = format!("this {} forge has no `{lacks}`", sort.word());
        let problem = match sort {
            ForgeSort::Snapshot => Problem::new("policy::missing", message),
            ForgeSort::Github | ForgeSort::Gitlab => Problem::warning("policy::forge", message),
        };
        self.reader.problems.push(problem.at(self.reader.source, span, "in here").help(help));
    }

    fn url(&mut self, table: &Table) -> Option<String> {
        let text = self.reader.text(table, "url")?;
        let (_, node) = table.get("url")?;
        let parsed = url::Url::parse(&text).ok();
        let server = parsed.as_ref().filter(|u| matches!(u.scheme(), "http" | "https") && u.has_host());
        if let Some(url) = server {
            if !url.username().is_empty() || url.password().is_some() {
                let help = "credentials come from the environment, never from a policy: take it out, and revoke it if it is real";
                let message = "a url cannot carry a name or password";
                self.reader.wrong("policy::forge", message, &node.span, "before the `@`", help);
            }
        } else {
            let message = format!("`{text}` is no address of a server");
            self.reader.wrong("policy::forge", message, &node.span, "not https", "write https://HOST");
        }
        Some(text)
    }
}

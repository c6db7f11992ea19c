//! Reads `[control.NAME]`: what lines serve, told once, and what people have to check by hand.

use std::ops::Range;
use std::sync::Arc;

use super::document::Policy;
use super::layers::Layers;
use super::node::{Key, Table};
use super::problem::Problem;
use crate::catalog::nearest;
use crate::model::{Control, Lens, Lenses, Pattern};

/// What a control may tell of itself.
pub(super) const KEYS: [&str; 8] =
    ["title", "why", "remedy", "severity", "lenses", "pattern", "check", "forge"];

/// The patterns of the InnerSource Commons that a control may name, by the last part of their addresses.
pub(super) const PATTERNS: [(&str, &str); 25] = [
    ("30-day-warranty", "30 Day Warranty"),
    ("base-documentation", "Standard Base Documentation"),
    ("common-requirements", "Common Requirements"),
    ("communication-tooling", "Communication Tooling"),
    ("contracted-contributor", "Contracted Contributor"),
    ("core-team", "Core Team"),
    ("crossteam-project-valuation", "Cross-Team Project Valuation"),
    ("dedicated-community-leader", "Dedicated Community Leader"),
    ("document-your-guiding-principles", "Document your Guiding Principles"),
    ("extensions-for-sustainable-growth", "Extensions for Sustainable Growth"),
    ("gig-marketplace", "Gig Marketplace"),
    ("governance-levels", "Explicit Governance Levels"),
    ("group-support", "Group Support"),
    ("innersource-license", "InnerSource License"),
    ("innersource-portal", "InnerSource Portal"),
    ("issue-tracker", "Issue Tracker Use Cases"),
    ("maturity-model", "Maturity Model"),
    ("praise-participants", "Praise Participants"),
    ("release-process", "Standard Release Process"),
    ("repository-activity-score", "Repository Activity Score"),
    ("review-committee", "Review Committee"),
    ("service-vs-library", "Service vs. Library"),
    ("start-as-experiment", "Start as an Experiment"),
    (
        "transparent-cross-team-decision-making-using-rfcs",
        "Transparent Cross-Team Decision Making using RFCs",
    ),
    ("trusted-committer", "Trusted Committer"),
];

const PATTERNS_AT: &str = "https://patterns.innersourcecommons.org/p/";

impl Layers<'_, '_> {
    /// Reads what names in all other tables may lead to: forges and controls.
    pub(super) fn names(&mut self, file: &Table) {
        if let Some((_, node)) = file.get("forge") {
            self.forges(node);
        }
        if let Some((key, node)) = file.get("control") {
            self.each(key, node, Self::control);
        }
    }

    fn control(&mut self, name: &Key, table: &Table) {
        self.reader.only(table, &format!("the control {}", name.name), &KEYS);
        let origin = self.reader.source.origin(&name.span);
        if let Some(other) = self.policy.controls.iter().find(|c| *c.name == *name.name) {
            let message = format!("the control `{}` is told twice", name.name);
            let problem = Problem::new("policy::control", message);
            let problem = problem.at(self.reader.source, &name.span, "the second");
            let problem = problem.at_origin(self.sources, &other.origin, "the first");
            self.reader.problems.push(problem.help("keep one of them, or give one another name"));
            return;
        }
        if table.get("title").is_none() {
            let help = "add title = \"…\": what holds where it is met, in a few words";
            let message = format!("the control `{}` has no `title`", name.name);
            self.reader.wrong("policy::missing", message, &name.span, "in here", help);
        }
        let title = self.reader.text(table, "title").unwrap_or_else(|| name.name.clone());
        let words = self.reader.texts(table, "lenses");
        let lenses: Lenses = words.iter().filter_map(|(word, span)| self.lens(word, span)).collect();
        let severity = self.reader.severity(table);
        let mut text = |key: &str| self.reader.text(table, key).map(Arc::from);
        let (why, remedy, check, forge) = (text("why"), text("remedy"), text("check"), text("forge"));
        let pattern = self.pattern(table);
        self.only_forge(forge.as_deref(), table);
        self.policy.controls.push(Arc::new(Control {
            name: name.name.as_str().into(),
            title: title.into(),
            why,
            remedy,
            severity,
            lenses: (!words.is_empty()).then_some(lenses),
            pattern,
            check,
            forge,
            origin,
        }));
    }

    fn lens(&mut self, word: &str, span: &Range<usize>) -> Option<Lens> {
        let lens = Lens::from_word(word);
        if lens.is_none() {
            let message = format!("`{word}` is no lens");
            let help = "write \"openness\", \"security\", or both in brackets";
            self.reader.wrong("policy::unknown_name", message, span, "not known", help);
        }
        lens
    }

    fn pattern(&mut self, table: &Table) -> Option<Pattern> {
        let told = self.reader.text(table, "pattern")?;
        let known = PATTERNS.iter().find(|(slug, _)| *slug == told);
        if let (None, Some((_, node))) = (known, table.get("pattern")) {
            let slugs = || PATTERNS.iter().map(|(slug, _)| *slug);
            let help = match nearest(&told, slugs()) {
                Some(near) => format!("did you mean `{near}`?"),
                None => format!("write one of {}", slugs().collect::<Vec<_>>().join(", ")),
            };
            let message = format!("there is no pattern `{told}`");
            self.reader.wrong("policy::unknown_name", message, &node.span, "not known", &help);
        }
        known
            .map(|(slug, name)| Pattern { name: (*name).into(), link: format!("{PATTERNS_AT}{slug}").into() })
    }

    fn only_forge(&mut self, forge: Option<&str>, table: &Table) {
        let Some(((_, node), word)) = table.get("forge").zip(forge) else { return };
        if !["github", "gitlab"].contains(&word) {
            let message = format!("`{word}` is no sort of forge");
            let help = "write \"github\" or \"gitlab\", or leave it out for both";
            self.reader.wrong("policy::unknown_name", message, &node.span, "not known", help);
        }
    }
}

/// Notes controls that no line serves and nobody is told how to check.
pub(super) fn check(policy: &Policy, problems: &mut Vec<Problem>) {
    for control in &policy.controls {
        if control.check.is_some() || policy.statements.iter().any(|s| s.controls.contains(control)) {
            continue;
        }
        let message = format!("no line serves the control `{}`", control.name);
        let help =
            "let a line name it (control = \"…\"), or say with `check` how to see by hand that it is met";
        let problem = Problem::warning("policy::control", message);
        problems.push(problem.at_origin(&policy.sources, &control.origin, "asks for nothing").help(help));
    }
}

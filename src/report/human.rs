//! The terminal's view: by cause, then by repository, with the line that asked.

use std::collections::BTreeMap;
use std::io::{self, Write};

use owo_colors::{OwoColorize, Style as Paint};

use super::audited::Audited;
use super::cause::{Cause, causes};
use super::coverage::Coverage;
use super::decided::decided;
use super::notes::{all_same, notes};
use super::page::Markup;
use super::pages::page;
use super::safe_markup::NoCommands;
use super::safe_text::{safe, wrapped};
use super::since::since;
use super::systemic;
use crate::catalog::Catalog;
use crate::model::{Finding, Observation, Severity, Verdict, Waiver};
use crate::run::Outcome;

/// How to print.
#[derive(Debug, Clone, Copy)]
pub struct Style {
    /// With colours.
    pub color: bool,
    /// Characters in a line.
    pub width: usize,
    /// Every repository of every cause, not only the first few.
    pub all: bool,
    /// The day to hold waivers against.
    pub today: chrono::NaiveDate,
}

/// How many repositories of a cause are named before "and N more".
const NAMED: usize = 6;

/// Of what it takes to see more, no more than this is listed below the counts.
const MOST_NEEDS: usize = 5;

struct View<'a> {
    out: &'a mut dyn Write,
    audited: Audited<'a>,
    style: Style,
    catalog: &'a Catalog,
    waivers: &'a [Waiver],
    /// Whether all subjects are of one forge, so that its name need not stand before each.
    one_forge: bool,
    /// Whether they are of one organization, so that a repository's short name will do.
    one_organization: bool,
}

/// Writes an outcome for people.
///
/// # Errors
/// Those of the writer.
pub(super) fn human(out: &mut dyn Write, audited: Audited<'_>) -> io::Result<()> {
    let Audited { outcome, catalog, waivers, style, .. } = audited;
    if audited.audience.is_some() {
        return page(audited).write(out, Markup::Plain(style.width), usize::MAX);
    }
    let subjects = || outcome.findings.iter().map(|f| &*f.subject);
    let one_forge = all_same(subjects().map(|s| &*s.forge));
    let one_organization = one_forge && all_same(subjects().map(|s| s.organization()));
    let mut out = NoCommands::new(out);
    let mut view = View { out: &mut out, audited, style, catalog, waivers, one_forge, one_organization };
    view.section(outcome, Verdict::Drift, "Drift")?;
    view.section(outcome, Verdict::Waived, "Waived")?;
    view.section(outcome, Verdict::Unknown, "Unknown")?;
    if style.all {
        view.section(outcome, Verdict::NotApplicable, "Not applicable")?;
        view.section(outcome, Verdict::Conforms, "Conforms")?;
    }
    view.decided()?;
    view.notes()?;
    view.summary(outcome)?;
    out.finish()
}

impl View<'_> {
    fn paint(&self, text: &str, paint: Paint) -> String {
        if self.style.color { text.style(paint).to_string() } else { text.to_owned() }
    }

    fn lines(&mut self, text: &str, indent: &str) -> io::Result<()> {
        for line in wrapped(text, self.style.width, indent) {
            writeln!(self.out, "{line}")?;
        }
        Ok(())
    }

    fn section(&mut self, outcome: &Outcome, verdict: Verdict, title: &str) -> io::Result<()> {
        let causes = causes(&outcome.findings, verdict);
        if causes.is_empty() {
            return Ok(());
        }
        let count = |n: usize, one: &str| format!("{n} {one}{}", if n == 1 { "" } else { "s" });
        let findings = causes.iter().map(|c| c.findings.len()).sum();
        let title = self.paint(title, Paint::new().bold());
        writeln!(self.out, "{title}: {}, {}\n", count(findings, "finding"), count(causes.len(), "cause"))?;
        for cause in &causes {
            self.cause(cause, verdict)?;
            writeln!(self.out)?;
        }
        Ok(())
    }

    fn cause(&mut self, cause: &Cause<'_>, verdict: Verdict) -> io::Result<()> {
        let wish = cause.expectation;
        let setting = self.catalog.get(wish.setting);
        let name = match &wish.key {
            Some(key) => format!("{}[{key}].{}", setting.group, setting.name()),
            None => setting.key.to_string(),
        };
        let paint = match wish.severity {
            Severity::Critical | Severity::High => Paint::new().red().bold(),
            Severity::Medium => Paint::new().yellow(),
            Severity::Low => Paint::new(),
        };
        let count = cause.findings.len();
        let head = format!("{} {}", wish.severity, safe(&name));
        let tail = format!(" {count}");
        let gap = self.style.width.saturating_sub(2 + head.chars().count() + tail.chars().count()).max(1);
        let dots = if gap > 3 { format!(" {}", ".".repeat(gap - 1)) } else { " ".repeat(gap) };
        let head = if verdict == Verdict::Drift { self.paint(&head, paint) } else { head };
        writeln!(self.out, "  {head}{dots}{tail}")?;
        let asked = format!("wanted {}, by {} ({})", wish.constraint, wish.origin, wish.layer);
        self.lines(&asked, "    ")?;
        if let Some(why) = &wish.why {
            self.lines(&format!("because {why}"), "    ")?;
        }
        for control in &wish.controls {
            let remedy = control.remedy.as_ref().filter(|_| verdict == Verdict::Drift);
            let remedy = remedy.map_or(String::new(), |remedy| format!(": {remedy}"));
            self.lines(&format!("control {}{remedy}", control.name), "    ")?;
            if let Some(pattern) = &control.pattern {
                self.lines(&format!("pattern {}, {}", pattern.name, pattern.link), "    ")?;
            }
        }
        for over in &wish.overridden {
            let wanted = over.constraint.as_ref().map_or("unmanaged".to_owned(), ToString::to_string);
            self.lines(&format!("over {wanted}, by {} ({})", over.origin, over.layer), "    ")?;
        }
        if let Some(systemic) = systemic::told(&cause.findings) {
            self.lines(&systemic, "    ")?;
        }
        self.subjects(cause, verdict)
    }

    /// The subjects of a cause, those of which the same is seen together.
    fn subjects(&mut self, cause: &Cause<'_>, verdict: Verdict) -> io::Result<()> {
        let mut groups: BTreeMap<String, Vec<String>> = BTreeMap::new();
        for finding in &cause.findings {
            groups.entry(self.seen(finding, verdict)).or_default().push(self.subject(finding));
        }
        let mut groups: Vec<_> = groups.into_iter().collect();
        groups.sort_by(|a, b| b.1.len().cmp(&a.1.len()).then(a.0.cmp(&b.0)));
        let shown = if self.style.all { groups.len() } else { groups.len().min(NAMED) };
        for (seen, names) in &groups[..shown] {
            let named = if self.style.all { names.len() } else { names.len().min(NAMED) };
            let mut list = names[..named].join(", ");
            if named < names.len() {
                list.push_str(&format!(" and {} more", names.len() - named));
            }
            self.lines(&format!("{seen}: {list}"), "      ")?;
        }
        if shown < groups.len() {
            let rest: usize = groups[shown..].iter().map(|(_, names)| names.len()).sum();
            self.lines(&format!("and {rest} more; --all names every one"), "      ")?;
        }
        Ok(())
    }

    fn subject(&self, finding: &Finding) -> String {
        let subject = &finding.subject;
        let name = match (self.one_organization, self.one_forge) {
            (true, _) => subject.short_name().to_owned(),
            (_, true) => subject.name.to_string(),
            _ => subject.to_string(),
        };
        match &finding.item {
            Some(item) => format!("{name} ({item})"),
            None => name,
        }
    }

    fn seen(&self, finding: &Finding, verdict: Verdict) -> String {
        let mut seen = match &finding.observed {
            Observation::Known(value) => short(&value.to_string()),
            Observation::Absent => "absent".to_owned(),
            // What is seen is already too much, whatever else there may be.
            Observation::Bound { value, .. } if matches!(verdict, Verdict::Drift | Verdict::Waived) => {
                format!("{} or more", short(&value.to_string()))
            }
            Observation::Unknown { needs } | Observation::Bound { needs, .. } => format!("needs {needs}"),
            Observation::Unsupported { why } => why.to_string(),
        };
        if verdict == Verdict::NotApplicable
            && let Some(reason) = &finding.reason
        {
            seen = reason.to_string();
        }
        if !finding.sources.is_empty() && verdict == Verdict::Drift {
            seen.push_str(&format!(" by {}", finding.sources.join(" and ")));
        }
        if let Some(waiver) = finding.waiver.and_then(|i| self.waivers.get(i)) {
            let state = waiver.state(self.style.today);
            seen.push_str(&format!(
                " (waived by {} {state} {}: {})",
                waiver.owner, waiver.expires, waiver.reason
            ));
        }
        seen
    }

    /// Where the lenses pull apart, and what the policy decided.
    fn decided(&mut self) -> io::Result<()> {
        let decided = decided(self.audited);
        if decided.is_empty() {
            return Ok(());
        }
        let title = self.paint("Decided", Paint::new().bold());
        writeln!(self.out, "{title}\n")?;
        for one in decided {
            self.lines(&one.sentence(), "  ")?;
        }
        writeln!(self.out)
    }

    fn notes(&mut self) -> io::Result<()> {
        let notes = notes(self.audited);
        if notes.is_empty() {
            return Ok(());
        }
        let title = self.paint("Notes", Paint::new().bold());
        writeln!(self.out, "{title}\n")?;
        for note in notes {
            self.lines(&note, "  ")?;
        }
        writeln!(self.out)
    }

    fn summary(&mut self, outcome: &Outcome) -> io::Result<()> {
        let t = outcome.tally;
        if t.subjects == 0 {
            let why = if outcome.partial {
                "nothing of what was asked for was found"
            } else {
                "no organization or repository was found"
            };
            return self.lines(&format!("Nothing was judged: {why}."), "");
        }
        let left_out =
            if t.left_out > 0 { format!(" ({} archived left out)", t.left_out) } else { String::new() };
        let expectations = t.expectations();
        self.lines(&format!("{} subjects{left_out}, {expectations} expectations:", t.subjects), "")?;
        let counts = [
            (t.drift, "drift", Paint::new().red().bold()),
            (t.unknown, "unknown", Paint::new().yellow()),
            (t.waived, "waived", Paint::new()),
            (t.not_applicable, "not applicable", Paint::new()),
            (t.conforms, "conform", Paint::new().green()),
        ];
        let parts: Vec<String> = counts
            .into_iter()
            .map(|(n, word, paint)| {
                let text = format!("{n} {word}");
                if n > 0 { self.paint(&text, paint) } else { text }
            })
            .collect();
        writeln!(self.out, "{}", parts.join(", "))?;
        if let Some(since) = since(self.audited) {
            self.lines(&since, "")?;
        }
        if let Some(systemic) = systemic::summary(outcome) {
            self.lines(&systemic, "")?;
        }
        if t.unknown + t.agreed_unknown > 0 {
            let coverage = Coverage::of(outcome, self.catalog);
            let permille = coverage.permille();
            let takes: Vec<String> = coverage
                .needs
                .iter()
                .take(MOST_NEEDS)
                .map(|(needs, n)| format!("{} ({n})", safe(needs)))
                .collect();
            let more = match coverage.needs.len().saturating_sub(MOST_NEEDS) {
                0 => String::new(),
                more => format!("; and {more} more"),
            };
            let (whole, tenth) = (permille / 10, permille % 10);
            let text = format!(
                "{whole}.{tenth} % of what applies could be judged. The rest takes {}{more}.",
                takes.join("; ")
            );
            self.lines(&text, "")?;
        }
        if outcome.by_hand > 0 {
            let controls = if outcome.by_hand == 1 { "control is" } else { "controls are" };
            let text = format!("{} {controls} checked by hand: `packs show` says how.", outcome.by_hand);
            self.lines(&text, "")?;
        }
        let r = outcome.requests;
        if r.rest + r.graphql > 0 {
            // Only GitHub counts points.
            let points = if r.points > 0 { format!(" ({} points)", r.points) } else { String::new() };
            let asked = format!(
                "Asked: {} REST and {} GraphQL requests{points}, {} unchanged.",
                r.rest, r.graphql, r.not_modified
            );
            self.lines(&asked, "")?;
        }
        Ok(())
    }
}

/// A value that fits on a line with what it is of.
fn short(value: &str) -> String {
    const LONGEST: usize = 48;
    if value.chars().count() <= LONGEST {
        return value.to_owned();
    }
    let begin: String = value.chars().take(LONGEST - 1).collect();
    format!("{begin}…")
}

//! The journey of a newcomer through many repositories, as people read it.

use std::collections::BTreeMap;
use std::io::{self, Write};
use std::sync::Arc;

use owo_colors::{OwoColorize, Style as Paint};

use super::consistency::{consistency, too_small};
use super::safe_text::{safe, wrapped};
use crate::catalog::Catalog;
use crate::engine::{
    FEWEST, Held, Hindrance, Journey, Stability, Summary, SystemicShare, hindrances, summary,
};
use crate::model::{Expectation, Finding, Stage, Systemic};

/// What is shown, and how.
#[derive(Debug, Clone, Copy)]
pub struct FrictionView<'a> {
    /// The journeys.
    pub journeys: &'a [Journey],
    /// The findings that go with them.
    pub findings: &'a [Finding],
    /// What the repositories of each profile have.
    pub held: &'a Held,
    /// The rows.
    pub catalog: &'a Catalog,
    /// The steps that are looked at.
    pub stages: &'a [Stage],
    /// Whose steps these are, such as `an explorer`; none where they are all of them.
    pub traveller: Option<&'a str>,
    /// How much the order hangs on the weights.
    pub stability: Option<Stability>,
    /// With colours.
    pub color: bool,
    /// Characters in a line.
    pub width: usize,
}

/// How many hindrances are named.
const MOST: usize = 7;

/// How wide a bar is.
const BAR: usize = 20;

/// What somebody does at a step, in a few words.
pub(super) fn does(stage: Stage) -> &'static str {
    match stage {
        Stage::Discover => "hear that it exists",
        Stage::Read => "get to see it",
        Stage::Understand => "make sense of it",
        Stage::Build => "run it",
        Stage::Propose => "offer a change",
        Stage::Reviewed => "have it looked at",
        Stage::Merged => "have it taken",
        Stage::Reuse => "build on it",
        Stage::Trust => "be trusted with it",
    }
}

/// A setting with its item: `branch[~default].required_approvals`.
pub(super) fn name_of(catalog: &Catalog, finding: &Finding) -> String {
    let setting = catalog.get(finding.expectation.setting);
    match &finding.expectation.key {
        Some(key) => format!("{}[{}].{}", setting.group, safe(key), setting.name()),
        None => setting.key.to_string(),
    }
}

/// Writes the journey through all of the repositories.
///
/// # Errors
/// Those of the writer.
pub fn friction(out: &mut dyn Write, view: FrictionView<'_>) -> io::Result<()> {
    let Some(all) = summary(view.journeys) else {
        return writeln!(out, "Nothing is known of any repository that bears on contributors.");
    };
    view.head(out, &all)?;
    view.steps(out, &all)?;
    let (hindrances, share) = hindrances(view.findings, view.journeys);
    view.obstacles(out)?;
    view.hindrances(out, &hindrances, share)?;
    let by_profile = view.groups(out, "By profile", |j| &j.profiles)?;
    let by_team = view.groups(out, "By team", |j| &j.owners)?;
    if by_profile || by_team {
        let text = "Half at: half of a group's repositories have that friction or less; nine of ten likewise. In the order of names: this is no ranking.";
        view.lines(out, text, "  ")?;
        writeln!(out)?;
    }
    consistency(out, view)?;
    view.stability(out)
}

impl FrictionView<'_> {
    pub(super) fn bold(&self, text: &str) -> String {
        if self.color { text.style(Paint::new().bold()).to_string() } else { text.to_owned() }
    }

    pub(super) fn lines(&self, out: &mut dyn Write, text: &str, indent: &str) -> io::Result<()> {
        wrapped(text, self.width, indent).iter().try_for_each(|line| writeln!(out, "{line}"))
    }

    /// Whose journey it is, and through what.
    pub(super) fn title(&self, through: &str) -> String {
        match self.traveller {
            Some(traveller) => format!("The journey of {traveller} through {through}"),
            None => format!("A newcomer's journey through {through}"),
        }
    }

    fn head(&self, out: &mut dyn Write, all: &Summary) -> io::Result<()> {
        let Summary { repositories, median, p90, gated, coverage, between: (best, worst), .. } = all;
        let repositories_of = match repositories {
            1 => "1 repository".to_owned(),
            n => format!("{n} repositories"),
        };
        writeln!(out, "{}\n", self.bold(&self.title(&repositories_of)))?;
        let steps = if self.traveller.is_some() { " over all nine steps" } else { "" };
        let text = format!(
            "Friction{steps}, from 0 (nothing in the way) to 95 (a closed door at every step): half of the repositories are at {median:.0} or below, nine of ten at {p90:.0} or below. {gated} of {repositories} have a closed door somewhere."
        );
        self.lines(out, &text, "  ")?;
        if *coverage < 0.995 {
            let text = format!(
                "{:.0} % of what bears on it could be seen. With the rest, the middle is between {best:.0} and {worst:.0}.",
                coverage * 100.0
            );
            self.lines(out, &text, "  ")?;
        }
        writeln!(out)
    }

    fn steps(&self, out: &mut dyn Write, all: &Summary) -> io::Result<()> {
        writeln!(out, "{}\n", self.bold("Step by step: in how many repositories nothing is in the way"))?;
        for stage in self.stages {
            let step = all.steps.get(*stage as usize).copied().unwrap_or_default();
            let name = format!("{} {:<10} {:<19}", *stage as usize + 1, stage.word(), does(*stage));
            if step.repositories == 0 {
                writeln!(out, "  {name} {:·<BAR$} the policy asks nothing", "")?;
                continue;
            }
            let doors = match step.gated {
                0 => String::new(),
                1 => "  1 closed door".to_owned(),
                n => format!("  {n} closed doors"),
            };
            let free = format!("{} of {}", step.free, step.repositories);
            writeln!(out, "  {name} {} {free}{doors}", bar(share(step.free, step.repositories)))?;
        }
        writeln!(out)
    }

    /// Closed doors that follow from settings together.
    fn obstacles(&self, out: &mut dyn Write) -> io::Result<()> {
        let mut found: BTreeMap<crate::engine::Obstacle, Vec<&Journey>> = BTreeMap::new();
        for journey in self.journeys {
            for (obstacle, _) in journey.obstacles.iter().filter(|(o, _)| self.stages.contains(&o.stage())) {
                found.entry(*obstacle).or_default().push(journey);
            }
        }
        if found.is_empty() {
            return Ok(());
        }
        writeln!(out, "{}\n", self.bold("Closed doors that follow from several settings together"))?;
        for (obstacle, of) in found {
            let text = format!("{}: {}", obstacle.told(), named(of.iter().map(|j| j.subject.to_string())));
            self.lines(out, &text, "  ")?;
        }
        writeln!(out)
    }

    fn hindrances(&self, out: &mut dyn Write, all: &[Hindrance<'_>], share: SystemicShare) -> io::Result<()> {
        let of_stages: Vec<&Hindrance<'_>> =
            all.iter().filter(|h| self.stages.contains(&h.wish.stage)).collect();
        if of_stages.is_empty() {
            return writeln!(out, "Nothing that the policy asks for is in the way.\n");
        }
        writeln!(out, "{}\n", self.bold("What would help most"))?;
        let text = "Points: by how much the friction of all repositories together falls when it is mended.";
        self.lines(out, text, "  ")?;
        writeln!(out)?;
        for (i, hindrance) in of_stages.iter().take(MOST).enumerate() {
            let Some(first) = hindrance.findings.first() else { continue };
            let head = format!("{}. {} {}", i + 1, hindrance.wish.stage.word(), name_of(self.catalog, first));
            let tail = format!(" {:.0} points", hindrance.points);
            let gap = self.width.saturating_sub(2 + head.chars().count() + tail.chars().count()).max(3);
            writeln!(out, "  {head} {}{tail}", ".".repeat(gap - 1))?;
            let wish = hindrance.wish;
            let wanted = format!("wanted {}, by {} ({})", wish.constraint, wish.origin, wish.layer);
            self.lines(out, &wanted, "     ")?;
            self.lines(out, &reason(self.catalog, wish), "     ")?;
            if let Some(systemic) = &hindrance.systemic {
                self.lines(out, &told(systemic), "     ")?;
            }
            let mut names: Vec<String> = hindrance.findings.iter().map(|f| f.subject.to_string()).collect();
            names.dedup();
            self.lines(out, &named(names.into_iter()), "     ")?;
        }
        if of_stages.len() > MOST {
            let rest: f64 = of_stages[MOST..].iter().map(|h| h.points).sum();
            writeln!(out, "  and {} more, of {rest:.0} points together", of_stages.len() - MOST)?;
        }
        writeln!(out)?;
        let text = format!(
            "Systemic share: {:.0} % of all points are in the way of many for one reason: {:.0} % because of a setting above the repositories, {:.0} % because half or more of a profile are like that.",
            (share.above + share.profile) * 100.0,
            share.above * 100.0,
            share.profile * 100.0
        );
        self.lines(out, &text, "  ")?;
        writeln!(out)
    }

    /// Whether there is any. Small groups are left out, and groups stand in the order of their names: this is no ranking.
    fn groups(
        &self,
        out: &mut dyn Write,
        title: &str,
        of: impl Fn(&Journey) -> &Vec<Arc<str>>,
    ) -> io::Result<bool> {
        let mut groups: BTreeMap<&str, Vec<&Journey>> = BTreeMap::new();
        for journey in self.journeys {
            of(journey).iter().for_each(|name| groups.entry(name).or_default().push(journey));
        }
        let all = groups.len();
        let summed = |journeys: Vec<&Journey>| summary(journeys).filter(|s| s.repositories >= FEWEST);
        let shown: Vec<(&str, Summary)> =
            groups.into_iter().filter_map(|(name, of)| Some((name, summed(of)?))).collect();
        if shown.is_empty() {
            return Ok(false);
        }
        let title = format!("{title:<28} repositories   half at   nine of ten   closed doors");
        writeln!(out, "{}\n", self.bold(&title))?;
        let small = all - shown.len();
        for (name, s) in shown {
            let name: String = safe(name).chars().take(26).collect();
            let Summary { repositories, median, p90, gated, .. } = s;
            writeln!(out, "  {name:<26} {repositories:>12}   {median:>7.0}   {p90:>11.0}   {gated:>12}")?;
        }
        if small > 0 {
            writeln!(out, "  {}", too_small(small, "group"))?;
        }
        writeln!(out)?;
        Ok(true)
    }

    fn stability(&self, out: &mut dyn Write) -> io::Result<()> {
        let Some(Stability { correlation, stage }) = self.stability else { return Ok(()) };
        let text = format!(
            "How much hangs on the weights of the steps: with any one of them changed by half, the repositories keep their order to {correlation:.2} (1 is all of it). That of {} moves it most.",
            stage.word()
        );
        self.lines(out, &text, "  ")
    }
}

/// Why it matters: the policy's reason, else what the setting does for people.
pub(super) fn reason(catalog: &Catalog, wish: &Expectation) -> String {
    match &wish.why {
        Some(why) => format!("because {why}"),
        None => catalog.get(wish.setting).doc.to_string(),
    }
}

/// Why something is in the way of many.
pub(super) fn told(systemic: &Systemic) -> String {
    match systemic {
        Systemic::Above { what } => format!("systemic: {}", safe(what)),
        Systemic::Profile { name, failing, of } => {
            format!("systemic: {failing} of the {of} repositories of profile {}", safe(name))
        }
    }
}

/// The first few names, and how many more there are.
fn named(names: impl Iterator<Item = String>) -> String {
    let names: Vec<String> = names.collect();
    let more = match names.len().saturating_sub(4) {
        0 => String::new(),
        more => format!(" and {more} more"),
    };
    format!("{}{more}", names.iter().take(4).map(String::as_str).collect::<Vec<_>>().join(", "))
}

#[allow(clippy::cast_precision_loss, reason = "numbers of repositories")]
fn share(part: usize, of: usize) -> f64 {
    part as f64 / of.max(1) as f64
}

/// A bar for 0 to 1.
#[allow(
    clippy::cast_possible_truncation,
    clippy::cast_sign_loss,
    clippy::cast_precision_loss,
    reason = "0 to 20"
)]
pub(super) fn bar(share: f64) -> String {
    let full = (share.clamp(0.0, 1.0) * BAR as f64).round() as usize;
    format!("{}{}", "█".repeat(full), "░".repeat(BAR - full))
}

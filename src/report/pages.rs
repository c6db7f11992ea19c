//! What stands on a page: for nobody in particular, for whoever decides, and for a team.

use std::collections::{BTreeMap, BTreeSet};

use super::audited::{Audience, Audited, count, short};
use super::cause::causes;
use super::coverage::Coverage;
use super::decided::{Decided, decided};
use super::friction::told;
use super::notes::notes;
use super::page::{Entry, Line, Page, Section, line, name, said, strong, words};
use super::page_findings::{of_causes_of, of_repositories};
use super::since::since;
use crate::engine::{FEWEST, Hindrance, SystemicShare, hindrances, summary};
use crate::model::{Subject, Verdict, Waiver};

/// How many things that would help are named to whoever decides.
const MOST: usize = 3;

/// The page for the audience of the report.
pub(super) fn page(audited: Audited<'_>) -> Page<'_> {
    let sections = match audited.audience {
        Some(Audience::Leader) => vec![helps(audited), decisions(audited), accepted(audited)],
        Some(Audience::Team) => of_repositories(audited),
        Some(Audience::Admin) => {
            let of_causes = [Verdict::Drift, Verdict::Unknown];
            let mut sections = vec![layers(audited)];
            sections.extend(of_causes.map(|verdict| of_causes_of(audited, verdict)));
            sections.extend([decisions(audited), accepted(audited), of_notes(audited)]);
            sections
        }
        None => {
            let of_causes = [Verdict::Drift, Verdict::Unknown, Verdict::Waived];
            let mut sections: Vec<Section<'_>> =
                of_causes.into_iter().map(|verdict| of_causes_of(audited, verdict)).collect();
            if !audited.outcome.journeys.is_empty() {
                sections.insert(1, helps(audited));
            }
            sections.extend([decisions(audited), of_notes(audited)]);
            sections
        }
    };
    Page {
        title: words(title(audited)),
        head: head(audited),
        sections: sections.into_iter().filter(|section| section.count > 0).collect(),
        elsewhere: audited.elsewhere.to_owned(),
    }
}

/// In a few words, what was found.
pub(super) fn title(audited: Audited<'_>) -> String {
    let tally = audited.outcome.tally;
    if let (Some(agreed), 0, 1..) = (&audited.outcome.agreed, tally.drift, tally.agreed_drift) {
        return format!("Set-up against policy: no new drift since {}", agreed.day);
    }
    match (tally.subjects, tally.drift, audited.is_whole()) {
        (0, ..) => "Set-up against policy: nothing was judged".to_owned(),
        (_, 0, true) => "Set-up against policy: as wanted".to_owned(),
        (_, 0, false) => "Set-up against policy: no drift in what could be seen".to_owned(),
        (_, drift, _) => format!("Set-up against policy: {}", findings_of_drift(drift)),
    }
}

fn findings_of_drift(n: u64) -> String {
    format!("{n} finding{} of drift", if n == 1 { "" } else { "s" })
}

/// The numbers, as lines.
pub(super) fn head(audited: Audited<'_>) -> Vec<Line> {
    let outcome = audited.outcome;
    let t = outcome.tally;
    let mut head = Vec::new();
    if let Some(team) = audited.team {
        head.push(line(0, vec![words("Only the repositories that team "), name(team), words(" owns.")]));
    }
    if t.subjects > 0 {
        let text = format!(
            "{} subjects and {} expectations of them: {} conform, {} drift, {} waived, {} unknown, {} not applicable.",
            t.subjects,
            t.expectations(),
            t.conforms,
            t.drift,
            t.waived,
            t.unknown,
            t.not_applicable
        );
        head.push(line(0, vec![words(text)]));
    }
    head.extend(since(audited).map(|text| line(0, vec![words(text)])));
    for unread in &outcome.unread {
        let spans = vec![strong("Not read: "), name(&unread.address), words(": "), said(&unread.why)];
        head.push(line(0, spans));
    }
    if t.unknown + t.agreed_unknown > 0 {
        let permille = Coverage::of(outcome, audited.catalog).permille();
        let text = format!("{}.{} % of what applies could be judged.", permille / 10, permille % 10);
        head.push(line(0, vec![words(text)]));
    }
    head.extend(friction(audited).map(|text| line(0, vec![words(text)])));
    let r = outcome.requests;
    if audited.audience == Some(Audience::Admin) && r.rest + r.graphql > 0 {
        let text = format!(
            "Asked: {} REST and {} GraphQL requests, {} unchanged.",
            r.rest, r.graphql, r.not_modified
        );
        head.push(line(0, vec![words(text)]));
    }
    head
}

/// The friction of all repositories in a sentence, where it was worked out and they are not too few.
pub(super) fn friction(audited: Audited<'_>) -> Option<String> {
    let journeys = &audited.outcome.journeys;
    let all = summary(journeys).filter(|all| all.repositories >= FEWEST)?;
    let (_, share) = hindrances(audited.everything(), journeys);
    let unsure = if all.coverage < 0.995 {
        format!(" (between {:.0} and {:.0} with what could not be seen)", all.between.0, all.between.1)
    } else {
        String::new()
    };
    Some(format!(
        "Friction for contributors, from 0 (nothing in the way) to 95: half of {} repositories are at {:.0} or \
         below{unsure}, nine of ten at {:.0}; {} have a closed door somewhere. Systemic share: {:.0} %.",
        all.repositories,
        all.median,
        all.p90,
        all.gated,
        systemic(share)
    ))
}

fn systemic(share: SystemicShare) -> f64 {
    (share.above + share.profile) * 100.0
}

/// What would help most: by the points of friction where these are known, else by how many drift.
fn helps(audited: Audited<'_>) -> Section<'_> {
    let outcome = audited.outcome;
    let most = if audited.audience == Some(Audience::Leader) { MOST } else { MOST + 2 };
    let (all, _) = hindrances(audited.everything(), &outcome.journeys);
    let title = words("What would help most");
    if outcome.journeys.is_empty() {
        let mut section = of_causes_of(audited, Verdict::Drift);
        let entries = section.entries.take(most);
        section.entries = Box::new(entries);
        return Section { title, ..section };
    }
    let findings = all.iter().map(|h| h.findings.len()).sum();
    let entries = all.into_iter().take(most).filter_map(move |h| help(audited, &h));
    let entries: Vec<Entry> = entries.collect();
    let count = entries.len();
    Section { title, of: "cause", count, findings, entries: Box::new(entries.into_iter()) }
}

/// One thing that would help.
pub(super) fn help(audited: Audited<'_>, hindrance: &Hindrance<'_>) -> Option<Entry> {
    let wish = hindrance.wish;
    hindrance.findings.first()?;
    let repositories: BTreeSet<&Subject> = hindrance.findings.iter().map(|f| &*f.subject).collect();
    let mut spans = vec![
        name(audited.name_of_wish(wish)),
        words(format!(
            " as wanted would unblock {} at the step \"{}\" ({:.0} points): wanted ",
            if repositories.len() == 1 {
                "1 repository".to_owned()
            } else {
                format!("{} repositories", repositories.len())
            },
            wish.stage.word(),
            hindrance.points
        )),
        name(short(&wish.constraint.to_string(), 80)),
        words(", by "),
        name(wish.origin.to_string()),
    ];
    if let Some(systemic) = &hindrance.systemic {
        spans.extend([words("; "), said(told(systemic))]);
    }
    Some(Entry { lines: vec![line(1, spans)], findings: hindrance.findings.len() })
}

/// Departures that somebody accepted, by the day on which that ends.
fn accepted(audited: Audited<'_>) -> Section<'_> {
    let mut findings: BTreeMap<usize, usize> = BTreeMap::new();
    for finding in &audited.outcome.findings {
        if let Some(i) = finding.waiver {
            *findings.entry(i).or_default() += 1;
        }
    }
    let mut used: Vec<(&Waiver, usize)> =
        findings.into_iter().filter_map(|(i, n)| Some((audited.waivers.get(i)?, n))).collect();
    used.sort_by(|a, b| (a.0.expires, &a.0.origin).cmp(&(b.0.expires, &b.0.origin)));
    let entry = move |(waiver, n): (&Waiver, usize)| {
        let ended = !waiver.holds_on(audited.style.today);
        let too_long = waiver.lasts_too_long(audited.style.today);
        let state = match (ended, too_long) {
            (true, true) => strong("longer than the policy allows, until "),
            (true, false) => strong("ended on "),
            (false, _) => words("until "),
        };
        let spans = vec![
            state,
            words(format!("{}: ", waiver.expires)),
            said(&*waiver.reason),
            words(format!(" ({} at ", count(n, "finding"))),
            name(waiver.subject.text()),
            words(", accepted by "),
            name(&*waiver.owner),
            words(", "),
            name(waiver.origin.to_string()),
            words(")"),
        ];
        Entry { lines: vec![line(1, spans)], findings: n }
    };
    Section {
        title: words("Departures that somebody accepted"),
        of: "waiver",
        count: used.len(),
        findings: used.iter().map(|(_, n)| n).sum(),
        entries: Box::new(used.into_iter().map(entry)),
    }
}

/// How much of the drift each layer of the policy asks for.
fn layers(audited: Audited<'_>) -> Section<'_> {
    let causes = causes(&audited.outcome.findings, Verdict::Drift);
    let mut layers: BTreeMap<_, (usize, usize)> = BTreeMap::new();
    for cause in &causes {
        let (of, findings) = layers.entry(&cause.expectation.layer).or_default();
        *of += 1;
        *findings += cause.findings.len();
    }
    let entries: Vec<Entry> = layers
        .into_iter()
        .map(|(layer, (of, findings))| {
            let text = format!(": {}, {}", count(of, "cause"), count(findings, "finding"));
            Entry { lines: vec![line(1, vec![said(layer.to_string()), words(text)])], findings }
        })
        .collect();
    Section {
        title: words("Drift by layer of the policy"),
        of: "layer",
        count: entries.len(),
        findings: entries.iter().map(|e| e.findings).sum(),
        entries: Box::new(entries.into_iter()),
    }
}

/// Where openness and security pull apart, and what the policy decided.
fn decisions(audited: Audited<'_>) -> Section<'_> {
    let entry = |one: Decided<'_>| Entry { lines: vec![line(1, vec![said(one.sentence())])], findings: 0 };
    let entries: Vec<Entry> = decided(audited).into_iter().map(entry).collect();
    Section {
        title: words("Trade-offs and friction that the policy decided"),
        of: "decision",
        count: entries.len(),
        findings: 0,
        entries: Box::new(entries.into_iter()),
    }
}

/// What is about the policy and the run; what was not read stands at the head.
fn of_notes(audited: Audited<'_>) -> Section<'_> {
    let notes = notes(audited).into_iter().skip(audited.outcome.unread.len());
    let entries: Vec<Entry> =
        notes.map(|note| Entry { lines: vec![line(1, vec![said(note)])], findings: 0 }).collect();
    Section {
        title: words("Notes"),
        of: "note",
        count: entries.len(),
        findings: 0,
        entries: Box::new(entries.into_iter()),
    }
}

//! The view for those who look after the platform: causes by the layer in which they are rooted, what cannot be
//! seen, what the run asked, waivers by the day on which they end, profiles and teams.

use std::collections::BTreeMap;

use maud::{Markup, html};

use super::charts::{groups, heat};
use super::tables::{covered, name, percent, table};
use super::trends::trends;
use crate::engine::{FEWEST, Summary};
use crate::model::{SubjectKind, Verdict, Waiver};
use crate::report::audited::{Audited, count, short};
use crate::report::cause::{Cause, causes};
use crate::report::coverage::Coverage;
use crate::report::decided::decided;
use crate::report::notes::notes;
use crate::report::safe_text::safe;

/// How many causes of each layer are named here; the findings themselves are all in their view.
const MOST: usize = 25;

/// The whole view.
pub(super) fn platform(audited: Audited<'_>) -> Markup {
    let outcome = audited.outcome;
    let (profiles, small) = groups(&outcome.journeys, |j| &j.profiles);
    let (teams, small_teams) = groups(&outcome.journeys, |j| &j.owners);
    html! {
        section.view #platform data-view="platform" aria-labelledby="platform-title" {
            h2 #platform-title { "Platform" }
            h3 { "Root causes by layer" }
            (by_layer(audited))
            (decisions(audited))
            h3 { "What could not be seen" }
            (unseen(audited))
            h3 { "Waivers, by the day on which they end" }
            (waivers(audited))
            h3 { "Profiles and steps" }
            @if profiles.is_empty() {
                p { "No profile has " (FEWEST) " repositories of which something is known." }
            } @else {
                p.hint { "In what share of the repositories nothing is in a contributor's way." }
                (heat(&profiles))
                (sums("Friction by profile", &profiles, small))
            }
            (super::consistency::consistency(audited))
            @if !teams.is_empty() { (sums("Friction by owner, in the order of names", &teams, small_teams)) }
            @if let Some(trend) = audited.trend { (trends(trend)) }
            h3 { "What the run asked" }
            (asked(audited))
            (noted(audited))
        }
    }
}

/// The layer above all that a cause is rooted in.
fn root(cause: &Cause<'_>, group: &str) -> String {
    let rooted = cause.findings.iter().filter(|f| f.root.is_some()).count();
    if let Some(root) =
        cause.findings.iter().find_map(|f| f.root.as_ref()).filter(|_| rooted * 2 >= cause.findings.len())
    {
        return format!("above the repositories: {root}");
    }
    match cause.findings.first().map(|f| f.subject.kind) {
        Some(SubjectKind::Enterprise) => "enterprise or instance".to_owned(),
        Some(SubjectKind::Organization) => "organization or group".to_owned(),
        _ => group.to_owned(),
    }
}

fn by_layer(audited: Audited<'_>) -> Markup {
    let all = causes(&audited.outcome.findings, Verdict::Drift);
    let mut layers: BTreeMap<String, Vec<&Cause<'_>>> = BTreeMap::new();
    for cause in &all {
        let group = &audited.catalog.get(cause.expectation.setting).group;
        layers.entry(root(cause, group)).or_default().push(cause);
    }
    // What is above comes first: one change there reaches many.
    let place = |layer: &str| {
        let order = ["above", "enterprise", "organization", "repository", "branch"];
        order.iter().position(|begin| layer.starts_with(begin)).unwrap_or(order.len())
    };
    let mut layers: Vec<_> = layers.into_iter().collect();
    layers.sort_by(|a, b| place(&a.0).cmp(&place(&b.0)).then_with(|| a.0.cmp(&b.0)));
    html! {
        @if layers.is_empty() { p { "Nothing drifts in what could be seen." } }
        @for (i, (layer, causes)) in layers.iter().enumerate() {
            @let findings: usize = causes.iter().map(|c| c.findings.len()).sum();
            details open[i < 3] {
                summary {
                    strong { (safe(layer)) } " "
                    span.line { (count(causes.len(), "cause")) ", " (count(findings, "finding")) }
                }
                @let rows: Vec<_> = causes.iter().take(MOST).map(|c| cause(audited, c)).collect();
                (table(
                    &format!("Causes: {}", safe(layer)),
                    &["Setting", "Severity", "Wanted", "Policy's line", "Layer of the policy", "Points", "Findings"],
                    5,
                    &rows,
                ))
                @if causes.len() > MOST {
                    p { "and " (count(causes.len() - MOST, "more cause")) "; " a href="#findings" { "all findings" } }
                }
            }
        }
    }
}

fn cause(audited: Audited<'_>, cause: &Cause<'_>) -> Vec<Markup> {
    let wish = cause.expectation;
    let points: f64 = cause.findings.iter().map(|f| f.points).sum();
    vec![
        html! {
            (name(&audited.name_of_wish(wish)))
            @if let Some(why) = &wish.why { span.line { (safe(&short(why, 160))) } }
        },
        html! { span class=(format!("tag {}", wish.severity.word())) { (wish.severity.word()) } },
        html! { (name(&short(&wish.constraint.to_string(), 80))) },
        html! { div.place { (name(&wish.origin.to_string())) } },
        html! { (safe(&wish.layer.to_string())) },
        html! { (format!("{points:.0}")) },
        html! { (cause.findings.len()) },
    ]
}

fn decisions(audited: Audited<'_>) -> Markup {
    let all = decided(audited);
    html! {
        @if !all.is_empty() {
            h3 { "Trade-offs and friction that the policy decided" }
            ul.causes { @for one in &all { li { (safe(&one.sentence())) } } }
        }
    }
}

fn unseen(audited: Audited<'_>) -> Markup {
    let coverage = Coverage::of(audited.outcome, audited.catalog);
    let permille = coverage.permille();
    let rows: Vec<_> =
        coverage.needs.iter().map(|(needs, n)| vec![html! { (safe(needs)) }, html! { (n) }]).collect();
    html! {
        p {
            (permille / 10) "." (permille % 10) " % of what applies could be judged: "
            (coverage.judged) " of " (coverage.applicable) " expectations."
        }
        @if !rows.is_empty() { (table("What the rest takes", &["It takes", "Findings"], 1, &rows)) }
    }
}

fn waivers(audited: Audited<'_>) -> Markup {
    let counts = covered(audited);
    let mut all: Vec<(usize, &Waiver)> = audited.waivers.iter().enumerate().collect();
    all.sort_by(|a, b| (a.1.expires, &a.1.origin).cmp(&(b.1.expires, &b.1.origin)));
    let flag = |flags: &[bool], i: usize| flags.get(i) == Some(&true);
    let rows: Vec<_> = all
        .iter()
        .map(|(i, waiver)| {
            let state = match () {
                () if waiver.lasts_too_long(audited.style.today) => "longer than the policy allows",
                () if !waiver.holds_on(audited.style.today) => "ended: counts as drift",
                () if !flag(&audited.outcome.waivers_named, *i) => "nothing has that name",
                () if !flag(&audited.outcome.waivers_used, *i) => "not needed",
                () => "holds",
            };
            vec![
                html! { span.date { (waiver.expires) } },
                html! { (state) },
                html! { (name(waiver.subject.text())) },
                html! { (safe(&waiver.reason)) },
                html! { (safe(&waiver.owner)) },
                html! { (name(&waiver.origin.to_string())) },
                html! { (counts.get(*i).copied().unwrap_or_default()) },
            ]
        })
        .collect();
    html! {
        @if rows.is_empty() { p { "The policy has none." } } @else {
            (table(
                "Waivers",
                &["Ends", "State", "Subject", "Reason", "Who answers for it", "Policy's line", "Findings"],
                6,
                &rows,
            ))
        }
    }
}

/// Groups in numbers, in the order of their names.
fn sums(caption: &str, groups: &[(&str, Summary)], small: usize) -> Markup {
    let row = |(name, s): &(&str, Summary)| {
        vec![
            html! { (safe(name)) },
            html! { (s.repositories) },
            html! { (format!("{:.0}", s.median)) },
            html! { (format!("{:.0}", s.p90)) },
            html! { (percent(s.gated, s.repositories)) },
        ]
    };
    let rows: Vec<_> = groups.iter().map(row).collect();
    html! {
        h4 { (caption) }
        (table(caption, &["Name", "Repositories", "Half at", "Nine of ten at", "With a closed door"], 1, &rows))
        @if small > 0 { p.hint { (small) " of fewer than " (FEWEST) " repositories: not shown" } }
    }
}

fn asked(audited: Audited<'_>) -> Markup {
    let r = audited.outcome.requests;
    html! {
        @if r.rest + r.graphql == 0 {
            p { "Nothing was asked of a forge: what was judged came from files." }
        } @else {
            p {
                (r.rest) " REST requests, " (r.graphql) " GraphQL requests (" (r.points) " points); "
                (r.not_modified) " answers had not changed."
            }
        }
    }
}

fn noted(audited: Audited<'_>) -> Markup {
    let notes = notes(audited);
    html! {
        @if !notes.is_empty() {
            h3 { "Notes" }
            ul { @for note in &notes { li { (safe(note)) } } }
        }
    }
}

//! The first part: what fits on a page for whoever decides about money and rules.

use std::collections::BTreeSet;

use maud::{Markup, html};

use super::charts::funnel;
use super::tables::{grouped, percent, waived, word};
use super::trends::in_a_line;
use crate::engine::{FEWEST, Hindrance, Summary, SystemicShare, hindrances, summary};
use crate::model::{Expectation, Subject};
use crate::report::audited::{Audited, count, short};
use crate::report::coverage::Coverage;
use crate::report::decided::{Decided, decided};
use crate::report::friction::told;
use crate::report::safe_text::safe;
use crate::report::since::since;

/// How many causes, accepted departures, and places that were not read are named.
const MOST: usize = 3;

/// How much is shown of a reason, and of a name.
const REASON: usize = 100;
const NAME: usize = 70;

/// The numbers, the steps, what would help most, and what somebody accepted.
pub(super) fn leader(audited: Audited<'_>) -> Markup {
    let outcome = audited.outcome;
    let all = summary(&outcome.journeys).filter(|all| all.repositories >= FEWEST);
    let (causes, share) = hindrances(audited.everything(), &outcome.journeys);
    html! {
        section.view #overview data-view="overview" aria-labelledby="overview-title" {
            h2 #overview-title { "Overview" }
            (not_read(audited))
            @if let Some(since) = since(audited) { p.hint { (safe(&since)) } }
            (numbers(audited, all.as_ref(), share))
            @if let Some(trend) = audited.trend { (in_a_line(trend)) }
            div.two {
                div {
                    h3 #helps { "What would help most" }
                    (helps(audited, &causes))
                    h3 { "Departures that somebody accepted" }
                    (accepted(audited))
                }
                div {
                    h3 { "A contributor's way, step by step" }
                    @match &all {
                        Some(all) => {
                            p.hint { "In how many repositories nothing is in the way, and where a door is closed." }
                            (funnel(all))
                        }
                        None => p { (TOO_FEW) }
                    }
                    (decisions(audited))
                }
            }
        }
    }
}

/// Said in place of numbers that would be about single teams.
const TOO_FEW: &str = "Of so few repositories no numbers of friction are given.";

fn not_read(audited: Audited<'_>) -> Markup {
    let unread = &audited.outcome.unread;
    html! {
        @if !unread.is_empty() {
            div.warning role="note" {
                strong { "Not read: " }
                @for (i, one) in unread.iter().take(MOST).enumerate() {
                    @if i > 0 { "; " }
                    (word(&one.address)) ": " (safe(&short(&one.why, 160)))
                }
                @if unread.len() > MOST { "; and " (unread.len() - MOST) " more" }
                "."
            }
        }
    }
}

fn numbers(audited: Audited<'_>, all: Option<&Summary>, share: SystemicShare) -> Markup {
    let t = audited.outcome.tally;
    let permille = Coverage::of(audited.outcome, audited.catalog).permille();
    html! {
        dl.numbers {
            @if let Some(all) = all {
                (number("Friction, median", &format!("{:.0}", all.median), &between(all)))
                (number(
                    "Friction, nine of ten at or below",
                    &format!("{:.0}", all.p90),
                    "0 is nothing in the way, 95 a closed door at every step"
                ))
                (number(
                    "With a closed door",
                    &percent(all.gated, all.repositories),
                    &format!("{} of {} repositories", grouped(all.gated), grouped(all.repositories))
                ))
                (number(
                    "Systemic share",
                    &format!("{:.0} %", (share.above + share.profile) * 100.0),
                    "of what is in the way has one cause for many: solve once"
                ))
            }
            (number(
                "Could be judged",
                &format!("{}.{} %", permille / 10, permille % 10),
                &if t.unknown == 0 { "all that applies".to_owned() } else { format!("{} unknown", whole(t.unknown)) }
            ))
            (number(
                "Drift",
                &whole(t.drift),
                &format!("of {} expectations of {} subjects", whole(t.expectations()), whole(t.subjects))
            ))
        }
        @if all.is_none() { p.hint { (TOO_FEW) } }
    }
}

fn whole(number: u64) -> String {
    usize::try_from(number).map_or_else(|_| number.to_string(), grouped)
}

fn between(all: &Summary) -> String {
    if all.coverage < 0.995 {
        format!("between {:.0} and {:.0} with what could not be seen", all.between.0, all.between.1)
    } else {
        format!("half of {} repositories are at or below", grouped(all.repositories))
    }
}

fn number(name: &str, value: &str, more: &str) -> Markup {
    html! { div { dt { (name) } dd { strong { (value) } span { (more) } } } }
}

fn helps(audited: Audited<'_>, causes: &[Hindrance<'_>]) -> Markup {
    html! {
        @if causes.is_empty() {
            p { "Nothing that the policy asks for is in a contributor's way." }
        }
        ol.causes {
            @for cause in causes.iter().take(MOST) { li { (help(audited, cause)) } }
        }
    }
}

/// One cause, and how many repositories it would unblock.
fn help(audited: Audited<'_>, cause: &Hindrance<'_>) -> Markup {
    let wish = cause.wish;
    let repositories: BTreeSet<&Subject> = cause.findings.iter().map(|f| &*f.subject).collect();
    let unblocked = match repositories.len() {
        1 => "1 repository".to_owned(),
        n => format!("{} repositories", grouped(n)),
    };
    html! {
        strong { "Unblocks " (unblocked) } " at the step \u{201c}" (wish.stage.word()) "\u{201d}: "
        (word(&short(&audited.name_of_wish(wish), NAME))) " as "
        (word(&short(&wish.constraint.to_string(), 60)))
        (because(wish))
        span.line {
            (format!("{:.0} points", cause.points)) "; " (safe(&wish.origin.to_string()))
            @if let Some(systemic) = &cause.systemic { "; " (safe(&told(systemic))) }
        }
    }
}

/// Where openness and security pull apart, and what the policy decided.
fn decisions(audited: Audited<'_>) -> Markup {
    let all = decided(audited);
    html! {
        @if !all.is_empty() {
            h3 { "Trade-offs and friction that the policy decided" }
            ul.causes {
                @for one in all.iter().take(MOST) { li { (decision(one)) } }
                @if all.len() > MOST { li { "and " (all.len() - MOST) " more" } }
            }
        }
    }
}

fn decision(one: &Decided<'_>) -> Markup {
    let wish = one.wish;
    html! {
        strong { (one.label.word()) } ": " (word(&short(&one.name, NAME))) " is "
        (word(&short(&wish.constraint.to_string(), 60)))
        (because(wish))
        span.line {
            (one.subjects) " subject" @if one.subjects != 1 { "s" } "; "
            @match &wish.standing.owner {
                Some(owner) => { (safe(&short(owner, 60))) " answers for it" }
                None => { "nobody is named who answers for it" }
            }
            "; " (safe(&wish.origin.to_string()))
        }
    }
}

/// The policy's reason, as the end of a sentence.
fn because(wish: &Expectation) -> Markup {
    html! {
        @match &wish.why {
            Some(why) => { ", because " (safe(&short(why.trim_end_matches('.'), REASON))) }
            None => { "." }
        }
    }
}

fn accepted(audited: Audited<'_>) -> Markup {
    let decided = waived(audited);
    html! {
        @if decided.is_empty() { p { "None." } }
        ul.causes {
            @for (waiver, findings) in decided.iter().take(MOST) {
                li {
                    (word(&short(waiver.subject.text(), 60))) ": " (safe(&short(&waiver.reason, REASON)))
                    span.line {
                        (count(*findings, "finding")) "; " (safe(&short(&waiver.owner, 60))) " until " (waiver.expires)
                    }
                }
            }
            @if decided.len() > MOST { li { "and " (decided.len() - MOST) " more" } }
        }
    }
}

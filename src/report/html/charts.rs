//! Charts, drawn by hand: the steps of a contributor's way, and these for each profile.

use std::collections::BTreeMap;

use maud::{Markup, html};

use super::tables::{grouped, percent};
use crate::engine::{FEWEST, Journey, Summary, summary};
use crate::model::Stage;
use crate::report::audited::short;
use crate::report::friction::does;
use crate::report::safe_text::safe;

/// How wide a full bar is, and how high a row.
const BAR: usize = 160;
const ROW: usize = 34;

/// For each step, in how many repositories nothing is in the way, and in how many a door is closed.
pub(super) fn funnel(all: &Summary) -> Markup {
    let rows = Stage::ALL.iter().zip(&all.steps).enumerate();
    let told: Vec<String> = Stage::ALL
        .iter()
        .zip(&all.steps)
        .map(|(stage, step)| match step.repositories {
            0 => format!("{}: not asked", stage.word()),
            n => format!("{}: free in {} of {n}, {} closed doors", stage.word(), step.free, step.gated),
        })
        .collect();
    let height = ROW * Stage::ALL.len();
    html! {
        svg.chart viewBox=(format!("0 0 420 {height}")) role="img" aria-labelledby="funnel-title funnel-told" {
            title #funnel-title { "A contributor's way, step by step" }
            desc #funnel-told { (told.join("; ")) }
            @for (i, (stage, step)) in rows {
                @let top = i * ROW;
                text.step x="0" y=(top + 15) { (i + 1) " " (stage.word()) }
                text.does x="0" y=(top + 27) { (does(*stage)) }
                rect.rest x="125" y=(top + 6) width=(BAR) height="18" rx="3" {}
                @if step.repositories == 0 {
                    text.told x=(125 + BAR + 10) y=(top + 20) { "not asked" }
                } @else {
                    @let free = BAR * step.free / step.repositories;
                    @let shut = (BAR * step.gated).div_ceil(step.repositories).min(BAR - free);
                    rect.free x="125" y=(top + 6) width=(free) height="18" rx="3" {}
                    rect.shut x=(125 + BAR - shut) y=(top + 6) width=(shut) height="18" rx="3" {}
                    text.told x=(125 + BAR + 10) y=(top + 15) { (grouped(step.free)) " of " (grouped(step.repositories)) }
                    @if step.gated > 0 { text.doors x=(125 + BAR + 10) y=(top + 28) { (grouped(step.gated)) " closed" } }
                }
            }
        }
        p.key aria-hidden="true" {
            span { i.free {} "nothing in the way" } " " span { i.rest {} "something is" } " " span { i.shut {} "a closed door" }
        }
    }
}

/// The groups that are not too small, in the order of their names, and how many were left out.
pub(super) fn groups<'j>(
    journeys: &'j [Journey],
    of: impl Fn(&'j Journey) -> &'j [std::sync::Arc<str>],
) -> (Vec<(&'j str, Summary)>, usize) {
    let mut groups: BTreeMap<&str, Vec<&Journey>> = BTreeMap::new();
    for journey in journeys {
        of(journey).iter().for_each(|name| groups.entry(name).or_default().push(journey));
    }
    let all = groups.len();
    let summed = |journeys: Vec<&Journey>| summary(journeys).filter(|s| s.repositories >= FEWEST);
    let shown: Vec<(&str, Summary)> =
        groups.into_iter().filter_map(|(name, of)| Some((name, summed(of)?))).collect();
    let left_out = all - shown.len();
    (shown, left_out)
}

/// How wide a cell of the map is, how high, and where the first stands.
const CELL: (usize, usize) = (62, 30);
const LEFT: usize = 170;
const TOP: usize = 28;

/// For each profile and step, in what share of the repositories nothing is in the way.
pub(super) fn heat(profiles: &[(&str, Summary)]) -> Markup {
    let (width, height) = (LEFT + CELL.0 * Stage::ALL.len(), TOP + CELL.1 * profiles.len());
    let cell = |free: usize, of: usize| (free * 4 + of / 2).checked_div(of);
    html! {
        div.scroll tabindex="0" role="region" aria-label="Profiles and steps" {
            svg.heat viewBox=(format!("0 0 {width} {height}")) width=(width) height=(height)
                role="img" aria-labelledby="heat-title heat-told" {
                title #heat-title { "In what share of each profile's repositories nothing is in the way, by step" }
                desc #heat-told {
                    @for (name, all) in profiles {
                        (safe(name)) ": "
                        @for (stage, step) in Stage::ALL.iter().zip(&all.steps).filter(|(_, s)| s.repositories > 0) {
                            (stage.word()) " " (percent(step.free, step.repositories)) ", "
                        }
                        (all.repositories) " repositories. "
                    }
                }
                @for (i, stage) in Stage::ALL.iter().enumerate() {
                    text.step x=(LEFT + CELL.0 * i + CELL.0 / 2) y=(TOP - 10) text-anchor="middle" { (stage.word()) }
                }
                @for (row, (name, all)) in profiles.iter().enumerate() {
                    @let top = TOP + row * CELL.1;
                    text.told x="0" y=(top + 20) { (safe(&short(name, 24))) }
                    @for (i, step) in all.steps.iter().enumerate() {
                        @let class = cell(step.free, step.repositories).map_or("h none".to_owned(), |n| format!("h h{n}"));
                        @let left = LEFT + CELL.0 * i;
                        rect class=(class) x=(left + 1) y=(top + 1) width=(CELL.0 - 2) height=(CELL.1 - 2) rx="3" {}
                        text class=(class) x=(left + CELL.0 / 2) y=(top + 20) text-anchor="middle" {
                            (percent(step.free, step.repositories))
                        }
                    }
                }
            }
        }
    }
}

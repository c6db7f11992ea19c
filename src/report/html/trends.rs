//! How the numbers moved from run to run: a line for whoever decides, charts and tables for the platform, and a page of
//! their own.

use std::io::{self, Write};

use maud::{Markup, PreEscaped, html};

use super::tables::{name, table};
use super::{begin, end};
use crate::report::safe_markup::NoCommands;
use crate::report::safe_text::safe;
use crate::report::trend::{
    COVERAGE, DRIFT, FRICTION, Line, MENDED, drawn, not_shown, number, span, stayed, times,
};
use crate::run::{PastRun, Trend};

/// What is drawn, each in a chart of its own.
const CHARTS: [(&str, Line); 4] = [
    // From 0 to its largest: against all that there could be, most companies' lines are flat.
    ("Friction, median", Line { scale: None, ..FRICTION }),
    ("Drift", DRIFT),
    ("Coverage", COVERAGE),
    ("Gone after", MENDED),
];

/// How many settings are named that came back.
const NAMED: usize = 10;

/// How wide and high a chart is, and how much of that is for its words.
const CHART: (f64, f64) = (300.0, 110.0);
const LEFT: f64 = 42.0;
const BOTTOM: f64 = 20.0;
const EDGE: f64 = 8.0;

/// How wide and high the small one is.
const SMALL: (f64, f64) = (120.0, 24.0);

/// Why there are no trends, where a history was asked for.
fn too_few(trend: &Trend) -> Option<&'static str> {
    match trend.runs.len() {
        0 => Some("The history has no run of this yet, so there is no trend."),
        1 => Some("This is the first run in its history, so there is no trend yet."),
        _ => None,
    }
}

/// For whoever decides: one line about friction.
pub(super) fn in_a_line(trend: &Trend) -> Markup {
    let runs = drawn(trend);
    let friction = &CHARTS[0].1;
    let values: Vec<Option<f64>> = runs.iter().map(friction.of).collect();
    let told: Vec<(&PastRun, f64)> =
        runs.iter().zip(&values).filter_map(|(run, value)| Some((run, (*value)?))).collect();
    html! {
        p.moved {
            @match (too_few(trend), told.as_slice()) {
                (Some(why), _) => (why),
                (None, []) => { "Friction is not known of any of the " (runs.len()) " runs in the history." }
                (None, [(run, value)]) => {
                    "Friction is known of one run in the history alone: " (number(*value)) " on "
                    span.date { (run.day) } "."
                }
                (None, [(first, before), .., (last, now)]) => {
                    svg.spark viewBox=(format!("0 0 {} {}", SMALL.0, SMALL.1)) role="img"
                        aria-labelledby="spark-title spark-told" {
                        title #spark-title { "Friction, run by run" }
                        desc #spark-told { (as_words(friction, runs)) }
                        (PreEscaped(drawing(friction, runs, (3.0, 3.0), (SMALL.0 - 6.0, SMALL.1 - 6.0))))
                    }
                    " Friction over " (runs.len()) " runs: " strong { (number(*now)) } " on "
                    span.date { (last.day) } ", was " (number(*before)) " on " span.date { (first.day) } "."
                }
            }
        }
    }
}

/// For those who look after the platform: what moved, what came back, and for how long departures stayed.
pub(super) fn trends(trend: &Trend) -> Markup {
    let runs = drawn(trend);
    html! {
        h3 #trends { "Trends" }
        @if let Some(why) = too_few(trend) {
            p { (why) }
        } @else {
            @for line in span(trend).unwrap_or_default().lines() { p.hint { (line) } }
            div.trends {
                @for (i, (what, line)) in CHARTS.iter().enumerate() { (chart(i, what, line, runs)) }
            }
            p { (stayed(trend)) }
            details {
                summary { "Run by run" }
                (as_table(runs))
            }
            h4 { "Settings of which departures came back" }
            (came_back(trend))
        }
    }
}

fn chart(i: usize, what: &str, line: &Line, runs: &[PastRun]) -> Markup {
    let (first, last) = (runs.first(), runs.last());
    let now = last.and_then(line.of);
    let before = runs.iter().find_map(line.of);
    let (title, told) = (format!("trend-{i}-title"), format!("trend-{i}-told"));
    let high = top(line, runs);
    let foot = CHART.1 - BOTTOM;
    if before.is_none() {
        return html! { figure { figcaption { (what) ": not known of any of these runs" } } };
    }
    html! {
        figure {
            figcaption {
                (what) ": " strong { (line.told(now)) }
                @if let Some(before) = before { span.line { "was " (line.told(Some(before))) } }
            }
            svg.trend viewBox=(format!("0 0 {} {}", CHART.0, CHART.1)) role="img"
                aria-labelledby=(format!("{title} {told}")) {
                title id=(title) { (what) ", run by run" }
                desc id=(told) { (as_words(line, runs)) }
                line.axis x1=(LEFT) y1=(foot) x2=(CHART.0 - EDGE) y2=(foot) {}
                line.axis x1=(LEFT) y1=(EDGE) x2=(CHART.0 - EDGE) y2=(EDGE) {}
                text.told x=(LEFT - 6.0) y=(EDGE + 5.0) text-anchor="end" { (number(high)) }
                text.told x=(LEFT - 6.0) y=(foot + 4.0) text-anchor="end" { "0" }
                @if let (Some(first), Some(last)) = (first, last) {
                    text.told x=(LEFT) y=(CHART.1 - 4.0) { (first.day) }
                    text.told x=(CHART.0 - EDGE) y=(CHART.1 - 4.0) text-anchor="end" { (last.day) }
                }
                (PreEscaped(drawing(line, runs, (LEFT, EDGE), (CHART.0 - EDGE - LEFT, foot - EDGE))))
            }
        }
    }
}

/// The value at the upper end of the scale.
fn top(line: &Line, runs: &[PastRun]) -> f64 {
    let largest = runs.iter().filter_map(line.of).fold(0.0, f64::max);
    line.scale.map_or(if largest > 0.0 { largest } else { 1.0 }, |(_, high)| high)
}

/// A line through the values, by day, and a dot for each run. What is not known is a gap.
fn drawing(line: &Line, runs: &[PastRun], at: (f64, f64), size: (f64, f64)) -> String {
    let high = top(line, runs);
    let days = |run: &PastRun| runs.first().map_or(0, |first| (run.day - first.day).num_days());
    let all = runs.last().map_or(0, days);
    let across = |i: usize, run: &PastRun| match all {
        // Runs of one day stand side by side.
        ..=0 => i as f64 / (runs.len() - 1).max(1) as f64,
        all => days(run) as f64 / all as f64,
    };
    let (mut path, mut dots, mut goes_on) = (String::new(), String::new(), false);
    for (i, run) in runs.iter().enumerate() {
        let Some(value) = (line.of)(run) else {
            goes_on = false;
            continue;
        };
        let x = at.0 + size.0 * across(i, run).clamp(0.0, 1.0);
        let y = at.1 + size.1 * (1.0 - (value / high).clamp(0.0, 1.0));
        path.push_str(&format!("{}{x:.1} {y:.1}", if goes_on { "L" } else { "M" }));
        dots.push_str(&format!("<circle cx=\"{x:.1}\" cy=\"{y:.1}\" r=\"2\"/>"));
        goes_on = true;
    }
    format!("<path d=\"{path}\"/>{dots}")
}

/// The same for those who cannot see it.
fn as_words(line: &Line, runs: &[PastRun]) -> String {
    let told = runs.iter().map(|run| format!("{}: {}", run.day, line.told((line.of)(run))));
    told.collect::<Vec<_>>().join("; ")
}

fn as_table(runs: &[PastRun]) -> Markup {
    let known = |value: Option<f64>| value.map_or("–".to_owned(), number);
    let row = |run: &PastRun| {
        vec![
            html! { (run.number) },
            html! { span.date { (run.day) } },
            html! { (known(run.friction)) },
            html! { (known(run.friction_p90)) },
            html! { (known(run.systemic.map(|share| share * 100.0))) },
            html! { (run.drift) },
            html! { (run.waived) },
            html! { (run.unknown) },
            html! { (known((COVERAGE.of)(run))) },
            html! { (run.mended) },
            html! { (known(run.mean_days)) },
        ]
    };
    table(
        "Run by run",
        &[
            "Run",
            "Day",
            "Friction, half at",
            "Nine of ten at",
            "Systemic share, %",
            "Drift",
            "Waived",
            "Unknown",
            "Coverage, %",
            "Departures gone",
            "After days",
        ],
        2,
        &runs.iter().map(row).collect::<Vec<_>>(),
    )
}

fn came_back(trend: &Trend) -> Markup {
    let row = |repeat: &crate::run::Repeat| {
        vec![html! { (name(&repeat.setting)) }, html! { (times(repeat.returns)) }, html! { (repeat.places) }]
    };
    let rows: Vec<_> = trend.repeats.iter().take(NAMED).map(row).collect();
    html! {
        @if rows.is_empty() { p { "None." } } @else {
            (table(
                "Settings of which departures came back",
                &["Setting", "Came back", "In how many places"],
                1,
                &rows,
            ))
            @if trend.repeats.len() > NAMED { p { "and " (trend.repeats.len() - NAMED) " more" } }
        }
    }
}

/// Writes the trends of a history as a page of their own, in which there is no script.
///
/// # Errors
/// Those of the writer.
pub fn trend_page(out: &mut dyn Write, trend: &Trend, scope: &str) -> io::Result<()> {
    let mut out = NoCommands::new(out);
    let page = html! {
        (begin("How the set-up moved", "'none'", "trends"))
        header {
            h1 { "How the set-up moved" }
            @if !scope.is_empty() { p.of { "Of runs with " code { (safe(scope)) } "." } }
        }
        main #main tabindex="-1" {
            section.view data-view="trends" aria-label="Trends" { (trends(trend)) }
            @for text in not_shown(trend) { p.hint { (safe(&text)) } }
        }
        footer { p { "About settings, and nobody's work. Written by ispo-scm " (env!("CARGO_PKG_VERSION")) "." } }
    };
    out.write_all(end(page).as_bytes())?;
    out.finish()
}

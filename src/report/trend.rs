//! How a company's set-up moved from run to run, in words and small charts, and for machines.

use std::io::{self, Write};

use serde_json::{Value as Json, json};

use super::safe_text::{safe, wrapped};
use crate::run::{PastRun, Trend};

/// No more runs than this are drawn.
pub(super) const DRAWN: usize = 40;

/// No more settings than this are named that came back.
const NAMED: usize = 5;

/// From low to high.
const BARS: [char; 8] = ['▁', '▂', '▃', '▄', '▅', '▆', '▇', '█'];

/// A number of each run.
pub(super) struct Line {
    pub(super) name: &'static str,
    pub(super) of: fn(&PastRun) -> Option<f64>,
    /// The ends of the scale; without them it goes from 0 to the largest.
    pub(super) scale: Option<(f64, f64)>,
    pub(super) unit: &'static str,
}

impl Line {
    /// The number with its unit, or that it is not known.
    pub(super) fn told(&self, value: Option<f64>) -> String {
        value.map_or("not known".to_owned(), |v| format!("{}{}", number(v), self.unit))
    }
}

/// The friction that half of the repositories do not exceed.
pub(super) const FRICTION: Line =
    Line { name: "friction", of: |r| r.friction, scale: Some((0.0, 95.0)), unit: "" };

/// What departs.
pub(super) const DRIFT: Line = Line { name: "drift", of: |r| Some(r.drift as f64), scale: None, unit: "" };

/// How much could be judged.
pub(super) const COVERAGE: Line =
    Line { name: "coverage", of: coverage, scale: Some((0.0, 100.0)), unit: " %" };

/// For how long departures had been there that were gone with the run.
pub(super) const MENDED: Line =
    Line { name: "days until gone", of: |r| r.mean_days, scale: None, unit: " days" };

const LINES: [Line; 6] = [
    FRICTION,
    Line {
        name: "systemic share",
        of: |r| r.systemic.map(|s| s * 100.0),
        scale: Some((0.0, 100.0)),
        unit: " %",
    },
    DRIFT,
    Line { name: "waived", of: |r| Some(r.waived as f64), scale: None, unit: "" },
    Line { name: "unknown", of: |r| Some(r.unknown as f64), scale: None, unit: "" },
    COVERAGE,
];

/// How much of what applies could be judged, in per cent, rounded down to tenths.
fn coverage(run: &PastRun) -> Option<f64> {
    let permille = (run.judged * 1000).checked_div(run.applicable)?;
    Some(permille as f64 / 10.0)
}

/// Writes a trend for people.
///
/// # Errors
/// Those of the writer.
pub fn trend(out: &mut dyn Write, trend: &Trend, width: usize) -> io::Result<()> {
    let Trend { runs, .. } = trend;
    let mut lines = |text: &str, indent: &str| -> io::Result<()> {
        wrapped(text, width, indent).iter().try_for_each(|line| writeln!(out, "{line}"))
    };
    let Some(span) = span(trend) else {
        lines("No run is in this history yet.", "")?;
        return others(out, trend, width);
    };
    span.lines().try_for_each(|text| lines(text, ""))?;
    let drawn = drawn(trend);
    writeln!(out)?;
    for line in &LINES {
        let values: Vec<Option<f64>> = drawn.iter().map(line.of).collect();
        let chart = chart(&values, line.scale);
        let now = line.told(values.last().copied().flatten());
        let before = values.iter().copied().find(Option::is_some).flatten();
        let moved = match (runs.len(), before) {
            (1, _) | (_, None) => String::new(),
            (_, before) => format!(" (was {})", line.told(before)),
        };
        writeln!(out, "  {:<15}{chart}  {now}{moved}", line.name)?;
    }
    writeln!(out)?;
    let mut lines = |text: &str, indent: &str| -> io::Result<()> {
        wrapped(text, width, indent).iter().try_for_each(|line| writeln!(out, "{line}"))
    };
    lines(&stayed(trend), "")?;
    if !trend.repeats.is_empty() {
        writeln!(out, "\nSettings of which departures came back:")?;
        for repeat in trend.repeats.iter().take(NAMED) {
            let (returns, places) = (times(repeat.returns), repeat.places);
            let places = if places == 1 { "1 place".to_owned() } else { format!("{places} places") };
            writeln!(out, "  {}: {returns}, in {places}", safe(&repeat.setting))?;
        }
        if trend.repeats.len() > NAMED {
            writeln!(out, "  and {} more", trend.repeats.len() - NAMED)?;
        }
    }
    others(out, trend, width)
}

/// How long departures stayed, and how many are there.
pub(super) fn stayed(trend: &Trend) -> String {
    let mended = match (trend.mean_days, trend.mended) {
        (Some(days), n) => {
            format!("{} that came and went stayed {} days on average.", departures(n), number(days))
        }
        (None, _) => "No departure has come and gone yet.".to_owned(),
    };
    let unknown_age = match trend.mended_of_unknown_age {
        0 => String::new(),
        n => format!(" {} of the first run gone, after nobody knows how long.", departures(n)),
    };
    format!("{mended}{unknown_age} {} there now.", departures(trend.open))
}

/// The runs that are drawn: the last ones.
pub(super) fn drawn(trend: &Trend) -> &[PastRun] {
    &trend.runs[trend.runs.len().saturating_sub(DRAWN)..]
}

/// From when to when there are runs, and what of them is not drawn.
pub(super) fn span(trend: &Trend) -> Option<String> {
    let (first, last) = (trend.runs.first()?, trend.runs.last()?);
    let mut text = match trend.runs.len() {
        1 => format!("1 run, of {}. There is nothing yet to compare it with.", last.day),
        n => format!("{n} runs from {} to {}.", first.day, last.day),
    };
    let drawn = drawn(trend);
    if drawn.len() < trend.runs.len() {
        text.push_str(&format!("\nThe last {} are drawn.", drawn.len()));
    }
    if let Some((from, to, days)) = longest_gap(drawn) {
        text.push_str(&format!("\nThe longest time without a run: {days} days, from {from} to {to}."));
    }
    Some(text)
}

/// What else is in the file.
pub(super) fn not_shown(trend: &Trend) -> impl Iterator<Item = String> {
    trend.scopes.iter().map(|(scope, n)| {
        let scope = if scope.is_empty() { "everything".to_owned() } else { format!("`{scope}`") };
        let runs = if *n == 1 { "1 run".to_owned() } else { format!("{n} runs") };
        format!("Not shown: {runs} of {scope}; --scope shows them.")
    })
}

fn others(out: &mut dyn Write, trend: &Trend, width: usize) -> io::Result<()> {
    not_shown(trend)
        .try_for_each(|text| wrapped(&text, width, "").iter().try_for_each(|line| writeln!(out, "{line}")))
}

fn departures(n: usize) -> String {
    if n == 1 { "1 departure".to_owned() } else { format!("{n} departures") }
}

pub(super) fn times(n: usize) -> String {
    if n == 1 { "once".to_owned() } else { format!("{n} times") }
}

pub(super) fn number(value: f64) -> String {
    if (value - value.round()).abs() < 0.05 { format!("{value:.0}") } else { format!("{value:.1}") }
}

/// A bar for each value, and a gap for each that is not known.
fn chart(values: &[Option<f64>], scale: Option<(f64, f64)>) -> String {
    let largest = values.iter().flatten().copied().fold(0.0, f64::max);
    let (low, high) = scale.unwrap_or((0.0, largest));
    let bar = |value: f64| {
        let share = if high > low { ((value - low) / (high - low)).clamp(0.0, 1.0) } else { 0.0 };
        // Between 0 and 7, whatever the value.
        let place = (share * (BARS.len() - 1) as f64).round() as usize;
        BARS.get(place).copied().unwrap_or(' ')
    };
    values.iter().map(|value| value.map_or('·', bar)).collect()
}

/// The longest time between two runs, where it is much longer than usual.
fn longest_gap(runs: &[PastRun]) -> Option<(String, String, i64)> {
    let mut gaps: Vec<i64> = runs.windows(2).map(|w| (w[1].day - w[0].day).num_days()).collect();
    let longest = runs.windows(2).max_by_key(|w| (w[1].day - w[0].day).num_days())?;
    let days = (longest[1].day - longest[0].day).num_days();
    gaps.sort_unstable();
    let usual = gaps.get(gaps.len() / 2).copied().unwrap_or_default();
    let unusual = gaps.len() > 2 && days > 2 * usual.max(1);
    unusual.then(|| (longest[0].day.to_string(), longest[1].day.to_string(), days))
}

/// A trend for machines, format version 1.
pub fn trend_json(trend: &Trend) -> Json {
    let runs = trend.runs.iter().map(|r| {
        json!({
            "number": r.number,
            "day": r.day.to_string(),
            "unread": r.unread,
            "subjects": r.subjects,
            "drift": r.drift,
            "waived": r.waived,
            "unknown": r.unknown,
            "judged": r.judged,
            "applicable": r.applicable,
            "friction": r.friction,
            "friction_p90": r.friction_p90,
            "gated": r.gated,
            "systemic_share": r.systemic,
            "mended": r.mended,
            "mean_days": r.mean_days,
        })
    });
    let repeats = trend.repeats.iter();
    let repeats = repeats.map(|r| json!({"setting": r.setting, "returns": r.returns, "places": r.places}));
    json!({
        "format_version": 1,
        "runs": runs.collect::<Vec<_>>(),
        "remediation": {
            "mean_days": trend.mean_days,
            "mended": trend.mended,
            "mended_of_unknown_age": trend.mended_of_unknown_age,
            "open": trend.open,
        },
        "repeats": repeats.collect::<Vec<_>>(),
        "other_scopes": trend.scopes.iter().map(|(s, n)| json!({"scope": s, "runs": n})).collect::<Vec<_>>(),
    })
}

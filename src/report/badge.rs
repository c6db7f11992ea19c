//! A badge: the friction of what was judged, or how much of it is as wanted.

use std::io::{self, Write};

use super::audited::Audited;
use super::safe_markup::xml;
use crate::engine::{FEWEST, summary};

/// How wide a character is, near enough, in the badge's type.
const WIDE: usize = 7;

/// Writes a badge as SVG. It names no repository.
///
/// # Errors
/// Those of the writer.
pub(super) fn badge(out: &mut dyn Write, audited: Audited<'_>) -> io::Result<()> {
    let (label, value, color) = shown(audited);
    let (left, right) = (width(label), width(&value));
    let all = left + right;
    let (label, value) = (xml(label), xml(&value));
    writeln!(
        out,
        r#"<svg xmlns="http://www.w3.org/2000/svg" width="{all}" height="20" viewBox="0 0 {all} 20" role="img" aria-label="{label}: {value}">
  <title>{label}: {value}</title>
  <clipPath id="r"><rect width="{all}" height="20" rx="3"/></clipPath>
  <g clip-path="url(&#35;r)">
    <rect width="{left}" height="20" fill="rgb(64,64,64)"/>
    <rect x="{left}" width="{right}" height="20" fill="{color}"/>
  </g>
  <g fill="white" text-anchor="middle" font-family="Verdana,DejaVu Sans,sans-serif" font-size="11">
    <text x="{}" y="14">{label}</text>
    <text x="{}" y="14">{value}</text>
  </g>
</svg>"#,
        left / 2,
        left + right / 2
    )
}

fn width(text: &str) -> usize {
    text.chars().count() * WIDE + 12
}

/// What it says. All colours are dark enough for white letters on them.
fn shown(audited: Audited<'_>) -> (&'static str, String, &'static str) {
    const UNKNOWN: &str = "rgb(96,96,96)";
    let outcome = audited.outcome;
    let known = summary(&outcome.journeys).filter(|s| s.repositories == 1 || s.repositories >= FEWEST);
    if let Some(summary) = known {
        let (best, worst) = summary.between;
        let color = match summary.median {
            m if m < 20.0 => "rgb(34,110,51)",
            m if m < 50.0 => "rgb(138,90,0)",
            _ => "rgb(164,14,38)",
        };
        let unread = if outcome.unread.is_empty() { "" } else { " of what was read" };
        if summary.coverage < 0.995 {
            return ("friction", format!("{best:.0} to {worst:.0}{unread}"), UNKNOWN);
        }
        if !unread.is_empty() {
            return ("friction", format!("{:.0}{unread}", summary.median), UNKNOWN);
        }
        return ("friction", format!("{:.0}", summary.median), color);
    }
    let tally = outcome.tally;
    let judged = tally.conforms + tally.drift + tally.agreed_drift + tally.waived;
    if judged == 0 {
        return ("as wanted", "unknown".to_owned(), UNKNOWN);
    }
    // Rounded down, so that only all of it is 100.
    let percent = tally.conforms * 100 / judged;
    let unseen = !audited.is_whole();
    let color = match (percent, unseen) {
        (_, true) => UNKNOWN,
        (100, _) => "rgb(34,110,51)",
        (80.., _) => "rgb(138,90,0)",
        _ => "rgb(164,14,38)",
    };
    let value = if unseen { format!("{percent} % of what could be seen") } else { format!("{percent} %") };
    ("as wanted", value, color)
}

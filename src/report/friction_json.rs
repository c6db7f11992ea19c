//! The journeys of newcomers for machines.

use std::io::{self, Write};

use serde_json::{Value as Json, json};

use super::consistency::by_profile;
use super::friction::{FrictionView, name_of, told};
use super::safe_text::safe_json;
use crate::engine::{FEWEST, Journey, hindrances, summary};
use crate::model::Systemic;

/// The version of the format.
const VERSION: u32 = 1;

/// Writes journeys, and what they come to, as one JSON object.
///
/// # Errors
/// Those of the writer.
pub fn friction_json(out: &mut dyn Write, view: FrictionView<'_>) -> io::Result<()> {
    let (hindrances, share) = hindrances(view.findings, view.journeys);
    let in_the_way: Vec<Json> = hindrances
        .iter()
        .filter(|h| view.stages.contains(&h.wish.stage))
        .map(|h| {
            let first = h.findings.first();
            json!({
                "setting": first.map(|f| name_of(view.catalog, f)),
                "stage": h.wish.stage.word(),
                "points": round(h.points),
                "origin": h.wish.origin.to_string(),
                "systemic": h.systemic.as_ref().map(systemic),
                "repositories": h.findings.iter().map(|f| f.subject.to_string()).collect::<Vec<_>>(),
            })
        })
        .collect();
    let all = summary(view.journeys).filter(|s| s.repositories >= FEWEST);
    let json = json!({
        "format_version": VERSION,
        "tool": format!("ispo-scm {}", env!("CARGO_PKG_VERSION")),
        "summary": all.map(|s| json!({
            "repositories": s.repositories,
            "median": round(s.median),
            "p90": round(s.p90),
            "gated": s.gated,
            "coverage": round(s.coverage),
        })),
        "systemic_share": {"above": round(share.above), "profile": round(share.profile)},
        "consistency": by_profile(view),
        "journeys": view.journeys.iter().map(|j| journey(view, j)).collect::<Vec<_>>(),
        "hindrances": in_the_way,
    });
    let text = serde_json::to_string_pretty(&json).map_err(io::Error::other)?;
    writeln!(out, "{}", safe_json(&text))
}

fn journey(view: FrictionView<'_>, journey: &Journey) -> Json {
    let index = &journey.index;
    let stages = view.stages.iter().map(|stage| {
        let place = *stage as usize;
        let ease = index.eases.get(place).copied().flatten().map(round);
        json!({"stage": stage.word(), "ease": ease, "gate": index.gated.get(place) == Some(&true)})
    });
    let findings = view.findings.iter().filter(|f| *f.subject == *journey.subject && f.points > 0.0);
    let findings = findings.map(|f| {
        json!({
            "setting": view.catalog.get(f.expectation.setting).key,
            "key": f.key(),
            "stage": f.expectation.stage.word(),
            "points": round(f.points),
            "origin": f.expectation.origin.to_string(),
            "root": f.root,
        })
    });
    let obstacles = journey.obstacles.iter().filter(|(o, _)| view.stages.contains(&o.stage()));
    let obstacles = obstacles
        .map(|(o, points)| json!({"stage": o.stage().word(), "what": o.told(), "points": round(*points)}));
    json!({
        "subject": journey.subject.to_string(),
        "profiles": journey.profiles,
        "owners": journey.owners,
        "friction": index.value.map(round),
        "best": round(index.best),
        "worst": round(index.worst),
        "coverage": round(index.coverage),
        "rung": journey.rung.map(|r| r.word()),
        "stages": stages.collect::<Vec<_>>(),
        "findings": findings.collect::<Vec<_>>(),
        "obstacles": obstacles.collect::<Vec<_>>(),
    })
}

fn systemic(systemic: &Systemic) -> Json {
    json!({"why": told(systemic), "above": matches!(systemic, Systemic::Above { .. })})
}

/// Four places are more than settings can tell apart, and the same on every machine.
pub(super) fn round(number: f64) -> f64 {
    (number * 10_000.0).round() / 10_000.0
}

#[cfg(test)]
mod tests {
    use crate::model::Stage;

    #[test]
    fn every_step_has_a_place() {
        assert!(Stage::ALL.iter().enumerate().all(|(i, stage)| *stage as usize == i));
    }
}

//! The journey of a newcomer through one repository, as people read it.

use std::io::{self, Write};

use super::friction::{FrictionView, bar, does, name_of, reason};
use super::safe_text::safe;
use crate::engine::Journey;
use crate::model::{Finding, Observation, Stage, Verdict};

/// Writes one repository's journey, each step with what is in the way there.
///
/// # Errors
/// Those of the writer.
pub fn journey(out: &mut dyn Write, view: FrictionView<'_>, journey: &Journey) -> io::Result<()> {
    let of: Vec<&Finding> = view.findings.iter().filter(|f| *f.subject == *journey.subject).collect();
    writeln!(out, "{}\n", view.bold(&view.title(&safe(&journey.subject.name))))?;
    let list = |names: &[std::sync::Arc<str>]| names.iter().map(|n| safe(n)).collect::<Vec<_>>().join(", ");
    if !journey.profiles.is_empty() {
        view.lines(out, &format!("of profile {}", list(&journey.profiles)), "  ")?;
    }
    if !journey.owners.is_empty() {
        view.lines(out, &format!("owned by {}", list(&journey.owners)), "  ")?;
    }
    match journey.index.value {
        Some(value) => {
            let steps = if view.traveller.is_some() { " over all nine steps" } else { "" };
            let text = format!(
                "friction {value:.0}{steps}, from 0 (nothing in the way) to 95 (a closed door at every step)"
            );
            view.lines(out, &text, "  ")?
        }
        None => view.lines(out, "nothing is known that bears on contributors", "  ")?,
    }
    if journey.index.coverage < 0.995 {
        let (coverage, best, worst) =
            (journey.index.coverage * 100.0, journey.index.best, journey.index.worst);
        let text = format!(
            "{coverage:.0} % of that could be seen; with the rest it is between {best:.0} and {worst:.0}"
        );
        view.lines(out, &text, "  ")?;
    }
    let text =
        "the bars: how easy each step is; the points: by how much the friction falls when that is mended";
    view.lines(out, text, "  ")?;
    writeln!(out)?;
    view.stages.iter().try_for_each(|stage| step(out, view, journey, *stage, &of))
}

fn step(
    out: &mut dyn Write,
    view: FrictionView<'_>,
    journey: &Journey,
    stage: Stage,
    findings: &[&Finding],
) -> io::Result<()> {
    let place = stage as usize;
    let name = format!("{} {:<10} {:<19}", place + 1, stage.word(), does(stage));
    if journey.left_out.contains(&stage) {
        return writeln!(out, "  {} not meant for such a project", view.bold(&name));
    }
    let door = if journey.index.gated.get(place) == Some(&true) { "  CLOSED DOOR" } else { "" };
    match journey.index.eases.get(place).copied().flatten() {
        Some(ease) => writeln!(out, "  {} {} {:>3.0} %{door}", view.bold(&name), bar(ease), ease * 100.0)?,
        None => writeln!(out, "  {} the policy asks nothing", view.bold(&name))?,
    }
    if stage == Stage::Read
        && let Some(rung) = journey.rung
    {
        view.lines(out, &format!("to read it, one has to {}", rung.takes()), "      ")?;
    }
    for (obstacle, points) in journey.obstacles.iter().filter(|(o, _)| o.stage() == stage) {
        view.lines(out, &format!("- {}{}", obstacle.told(), worth(*points)), "      ")?;
    }
    let mut in_the_way: Vec<&&Finding> = findings
        .iter()
        .filter(|f| f.expectation.lenses.openness && f.expectation.stage == stage)
        .filter(|f| matches!(f.verdict, Verdict::Drift | Verdict::Waived | Verdict::Unknown))
        .collect();
    in_the_way.sort_by(|a, b| b.points.total_cmp(&a.points));
    for finding in in_the_way {
        let wish = &finding.expectation;
        let name = name_of(view.catalog, finding);
        let seen = match &finding.observed {
            Observation::Known(value) | Observation::Bound { value, .. } => value.to_string(),
            Observation::Absent => "absent".to_owned(),
            Observation::Unknown { needs } => format!("unknown: needs {needs}"),
            Observation::Unsupported { why } => why.to_string(),
        };
        let waived = if finding.verdict == Verdict::Waived { " (waived)" } else { "" };
        let text = format!(
            "- {name} is {seen}, wanted {} by {}{waived}{}",
            wish.constraint,
            wish.origin,
            worth(finding.points)
        );
        view.lines(out, &text, "      ")?;
        view.lines(out, &reason(view.catalog, wish), "        ")?;
        for remedy in wish.controls.iter().filter_map(|control| control.remedy.as_ref()) {
            view.lines(out, &format!("remedy: {remedy}"), "        ")?;
        }
        if let Some(root) = &finding.root {
            view.lines(out, &format!("decided above: {}", safe(root)), "        ")?;
        }
    }
    Ok(())
}

/// The points that mending it is worth.
fn worth(points: f64) -> String {
    if points < 0.05 { String::new() } else { format!(": {points:.1} points") }
}

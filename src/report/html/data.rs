//! The findings as data: what is said often is said once, and numbered.

use std::collections::{BTreeMap, HashMap};
use std::hash::Hash;
use std::io::{self, Write};
use std::sync::Arc;

use serde_json::{Value as Json, json};

use crate::engine::Journey;
use crate::model::{Finding, Label, Subject};
use crate::report::audited::{Audited, is_text};
use crate::report::safe_text::safe;

/// Things in the order in which they were met, each with its number.
struct Numbered<K> {
    numbers: HashMap<K, usize>,
    shown: Vec<Json>,
}

impl<K: Hash + Eq> Numbered<K> {
    fn new() -> Self {
        Self { numbers: HashMap::new(), shown: Vec::new() }
    }

    fn number(&mut self, key: K, shown: impl FnOnce() -> Json) -> usize {
        *self.numbers.entry(key).or_insert_with(|| {
            self.shown.push(shown());
            self.shown.len() - 1
        })
    }
}

/// Writes one object: `teams`, `profiles`, `subjects`, `wishes`, `seen`, and `findings` that refer to them by number.
///
/// # Errors
/// Those of the writer.
pub(super) fn data(out: &mut dyn Write, audited: Audited<'_>) -> io::Result<()> {
    let journeys: HashMap<&Subject, &Journey> =
        audited.outcome.journeys.iter().map(|j| (&*j.subject, j)).collect();
    let (mut teams, mut profiles) = (Numbered::new(), Numbered::new());
    let mut subjects: BTreeMap<&Subject, usize> = BTreeMap::new();
    subjects.extend(audited.findings().map(|f| (&*f.subject, 0)));
    let in_the_way = audited.outcome.journeys.iter().filter(|j| !j.obstacles.is_empty());
    subjects.extend(in_the_way.map(|j| (&*j.subject, 0)));
    subjects.values_mut().enumerate().for_each(|(number, place)| *place = number);
    let (mut wishes, mut seen) = (Numbered::new(), Numbered::new());
    out.write_all(b"{\"subjects\":[")?;
    for (subject, number) in &subjects {
        let journey = journeys.get(*subject);
        let numbers = |of: &[Arc<str>], all: &mut Numbered<Arc<str>>| -> Vec<usize> {
            of.iter().map(|name| all.number(Arc::clone(name), || text(name))).collect()
        };
        let owners = numbers(journey.map_or(&[], |j| &j.owners), &mut teams);
        let of = numbers(journey.map_or(&[], |j| &j.profiles), &mut profiles);
        let value = journey.and_then(|j| j.index.value);
        let doors: Vec<&str> =
            journey.iter().flat_map(|j| &j.obstacles).map(|(obstacle, _)| obstacle.told()).collect();
        let row =
            json!([safe(&subject.to_string()), owners, of, value.map(tenth), link(audited, subject), doors]);
        row_of(out, *number, &row)?;
    }
    out.write_all(b"],\n\"findings\":[")?;
    for (i, finding) in audited.findings().enumerate() {
        let wish = asked(audited, finding);
        let wish = wishes.number(wish.to_string(), || wish);
        let mut words = is_text(finding);
        if let Some(waiver) = audited.waiver(finding) {
            let state = waiver.state(audited.style.today);
            words.push_str(&format!(
                "; waived by {} {state} {}: {}",
                waiver.owner, waiver.expires, waiver.reason
            ));
        }
        let words = seen.number(words.clone(), || text(&words));
        let subject = subjects.get(&*finding.subject).copied().unwrap_or_default();
        let shut = journeys.get(&*finding.subject).is_some_and(|j| is_shut(j, finding));
        let row =
            json!([subject, wish, finding.verdict.word(), words, tenth(finding.points), u8::from(shut)]);
        row_of(out, i, &row)?;
    }
    for (name, shown) in
        [("teams", teams.shown), ("profiles", profiles.shown), ("wishes", wishes.shown), ("seen", seen.shown)]
    {
        write!(out, "],\n\"{name}\":[")?;
        for (i, one) in shown.iter().enumerate() {
            row_of(out, i, one)?;
        }
    }
    out.write_all(b"]}\n")
}

/// Whether nobody gets past the step before this is mended. Behind a closed door nothing but a door has points.
fn is_shut(journey: &Journey, finding: &Finding) -> bool {
    finding.points > 0.0 && journey.index.gated.get(finding.expectation.stage as usize) == Some(&true)
}

/// What was wanted, and which line wanted it.
fn asked(audited: Audited<'_>, finding: &Finding) -> Json {
    let wish = &finding.expectation;
    json!([
        safe(&audited.name(finding)),
        safe(&wish.constraint.to_string()),
        safe(&wish.origin.to_string()),
        safe(&wish.layer.to_string()),
        wish.severity.word(),
        wish.stage.word(),
        wish.lenses.iter().map(|l| l.word()).collect::<Vec<_>>(),
        safe(wish.why.as_deref().unwrap_or_default()),
        Label::of(finding).map(Label::word),
    ])
}

fn text(text: &str) -> Json {
    safe(text).into_owned().into()
}

/// Tenths of a point.
fn tenth(points: f64) -> f64 {
    (points * 10.0).round() / 10.0
}

/// One row on a line of its own. JSON has these signs within texts only, where the escape means the same; and
/// without them nothing within can end the element that holds it.
fn row_of(out: &mut dyn Write, number: usize, row: &Json) -> io::Result<()> {
    let row = serde_json::to_string(row)?;
    let row = row.replace('<', "\\u003c").replace('>', "\\u003e").replace('&', "\\u0026");
    let row =
        row.replace("##", "\\u0023\\u0023").replace('\u{2028}', "\\u2028").replace('\u{2029}', "\\u2029");
    write!(out, "{}\n{row}", if number == 0 { "" } else { "," })
}

/// The subject's page on its forge, where that is known.
fn link(audited: Audited<'_>, subject: &Subject) -> Option<String> {
    crate::report::portal::html_url(audited, subject)
}

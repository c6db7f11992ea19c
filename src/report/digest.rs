//! A few lines for a chat.

use std::io::{self, Write};

use chrono::Duration;

use super::audited::{Audience, Audited, count};
use super::page::{Entry, Markup, Page, Section, line, words};
use super::pages::page;
use crate::model::Verdict;

/// No longer than this: a chat shows it at once.
const LONGEST: usize = 4096;

/// Waivers that end within so many days are worth a word.
const SOON: i64 = 30;

/// Writes what a channel wants to know: the numbers, the three things that would help most, and what ends soon.
///
/// # Errors
/// Those of the writer.
pub(super) fn digest(out: &mut dyn Write, audited: Audited<'_>) -> io::Result<()> {
    let audience = audited.audience.unwrap_or(Audience::Leader);
    let mut page: Page<'_> = page(Audited { audience: Some(audience), ..audited });
    page.sections.truncate(if audience == Audience::Team { usize::MAX } else { 1 });
    let ends = ends(audited);
    if let Some(text) = ends {
        page.sections.push(Section {
            title: words("Waivers"),
            of: "waiver",
            count: 1,
            findings: 0,
            entries: Box::new(std::iter::once(Entry {
                lines: vec![line(1, vec![words(text)])],
                findings: 0,
            })),
        });
    }
    page.write(out, Markup::Chat, LONGEST)
}

/// How many waivers in use have ended, and how many are about to.
fn ends(audited: Audited<'_>) -> Option<String> {
    let today = audited.style.today;
    let used = audited
        .waivers
        .iter()
        .enumerate()
        .filter(|(i, _)| audited.outcome.waivers_used.get(*i) == Some(&true));
    let (mut ended, mut soon) = (0, 0);
    for (_, waiver) in used {
        if !waiver.holds_on(today) {
            ended += 1;
        } else if waiver.expires - today <= Duration::days(SOON) {
            soon += 1;
        }
    }
    let covered = |f: &&crate::model::Finding| f.verdict == Verdict::Drift && f.waiver.is_some();
    let again = audited.outcome.findings.iter().filter(covered).count();
    let soon = (soon > 0).then(|| format!("{} within {SOON} days", ends_of(soon)));
    let ended = (ended > 0).then(|| format!("{} ended, and {} again", count(ended, "waiver"), drifts(again)));
    let told: Vec<String> = ended.into_iter().chain(soon).collect();
    (!told.is_empty()).then(|| told.join("; "))
}

fn drifts(n: usize) -> String {
    format!("{} {}", count(n, "finding"), if n == 1 { "drifts" } else { "drift" })
}

fn ends_of(n: usize) -> String {
    format!("{} {}", count(n, "waiver"), if n == 1 { "ends" } else { "end" })
}

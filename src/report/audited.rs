//! A run as every report sees it, and the words that they share.

use std::sync::Arc;

use super::human::Style;
use crate::catalog::{Catalog, Setting};
use crate::model::{Expectation, Finding, Observation, Value, Verdict, Waiver};
use crate::run::{Outcome, Trend};

/// A run, and what it was held against.
#[derive(Debug, Clone, Copy)]
pub struct Audited<'a> {
    /// What was found.
    pub outcome: &'a Outcome,
    /// The rows.
    pub catalog: &'a Catalog,
    /// The policy's waivers.
    pub waivers: &'a [Waiver],
    /// The policy's file, as the user named it: what a pack asks for is shown there.
    pub policy: &'a str,
    /// The folder that paths are told from, with `/` between its parts.
    pub root: &'a str,
    /// Where whatever has no room can be found.
    pub elsewhere: &'a str,
    /// For whom it is written; nobody in particular where there is none.
    pub audience: Option<Audience>,
    /// The team whose repositories alone were judged.
    pub team: Option<&'a str>,
    /// The servers whose pages can be linked to, by the names of their forges.
    pub servers: &'a [(Arc<str>, String)],
    /// How the numbers moved, where the run belongs to a history.
    pub trend: Option<&'a Trend>,
    /// How to print for people.
    pub style: Style,
}

/// For whom a report is written.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Audience {
    /// Decides about money and rules: the few numbers, and the three things that would help most.
    Leader,
    /// Looks after the platform: causes by layer, what cannot be seen, waivers by the day that they end.
    Admin,
    /// Looks after a few repositories: one fix a line.
    Team,
}

/// How many characters of a value a message shows.
const VALUE: usize = 120;

impl<'a> Audited<'a> {
    /// What is worth a word: what departs, what is waived, what could not be seen; with `--all` the rest, too.
    pub(super) fn findings(self) -> impl Iterator<Item = &'a Finding> {
        let told = |v: Verdict| matches!(v, Verdict::Drift | Verdict::Waived | Verdict::Unknown);
        self.outcome.findings.iter().filter(move |f| self.style.all || told(f.verdict))
    }

    /// The same, the worst first: drift by severity, then what is unknown, then what is waived.
    pub(super) fn worst_first(self) -> Vec<&'a Finding> {
        let mut findings: Vec<&Finding> = self.findings().collect();
        let rank = |f: &Finding| match f.verdict {
            Verdict::Drift => 0_u8,
            Verdict::Unknown => 1,
            Verdict::Waived => 2,
            Verdict::NotApplicable => 3,
            Verdict::Conforms => 4,
        };
        findings.sort_by_key(|f| (rank(f), std::cmp::Reverse(f.expectation.severity)));
        findings
    }

    /// Every finding, those that were agreed before too: figures of the whole go by these.
    pub(super) fn everything(self) -> impl Iterator<Item = &'a Finding> {
        let still = self.outcome.agreed.iter().flat_map(|agreed| &agreed.still);
        self.outcome.findings.iter().chain(still)
    }

    /// Whether all that there is was seen and could be judged.
    pub(super) fn is_whole(self) -> bool {
        let Outcome { tally, unread, undecided, owner_unknown, .. } = self.outcome;
        tally.unknown + tally.agreed_unknown == 0
            && unread.is_empty()
            && undecided.is_empty()
            && *owner_unknown == 0
    }

    /// The row that a finding is about.
    pub(super) fn setting(self, finding: &Finding) -> &'a Setting {
        self.catalog.get(finding.expectation.setting)
    }

    /// The setting with the item that was judged: `branch[main].required_approvals`.
    pub(super) fn name(self, finding: &Finding) -> String {
        self.named(&finding.expectation, finding.key())
    }

    /// The setting with the item that was asked for: `branch[~default].required_approvals`.
    pub(super) fn name_of_wish(self, wish: &Expectation) -> String {
        self.named(wish, wish.key.as_deref())
    }

    fn named(self, wish: &Expectation, key: Option<&str>) -> String {
        let setting = self.catalog.get(wish.setting);
        match key {
            Some(key) => format!("{}[{key}].{}", setting.group, setting.name()),
            None => setting.key.to_string(),
        }
    }

    /// The waiver that covers a finding, whether or not it still holds.
    pub(super) fn waiver(self, finding: &Finding) -> Option<&'a Waiver> {
        finding.waiver.and_then(|i| self.waivers.get(i))
    }

    /// What was found, in one sentence, with nothing made safe: `NAME of SUBJECT is true, wanted false`.
    pub(super) fn message(self, finding: &Finding) -> String {
        let wish = &finding.expectation;
        let mut text = format!(
            "{} of {} {}, wanted {} by {} ({})",
            self.name(finding),
            finding.subject,
            is_text(finding),
            short(&wish.constraint.to_string(), VALUE),
            wish.origin,
            wish.layer
        );
        if let Some(why) = &wish.why {
            text.push_str(&format!(", because {why}"));
        }
        if let Some(waiver) = self.waiver(finding) {
            let state = waiver.state(self.style.today);
            let Waiver { owner, expires, reason, .. } = waiver;
            text.push_str(&format!("; waived by {owner} {state} {expires}: {reason}"));
        }
        text
    }
}

/// What was seen, as the end of a sentence: our words, the value, and what others say of it.
pub(super) fn is(finding: &Finding) -> (&'static str, Option<String>, Option<String>) {
    let value = |value: &Value| Some(short(&value.to_string(), VALUE));
    let needs = |needs: &str| Some(format!("needs {needs}"));
    match (&finding.observed, finding.verdict) {
        (Observation::Unsupported { why }, _) => ("does not apply", None, Some(why.to_string())),
        (_, Verdict::NotApplicable) => {
            ("does not apply", None, finding.reason.as_ref().map(ToString::to_string))
        }
        (Observation::Unknown { needs: what }, _) => ("is unknown", None, needs(what)),
        (Observation::Bound { value: least, needs: what }, Verdict::Unknown) => {
            (" or stricter, and whether that will do is unknown", value(least), needs(what))
        }
        (Observation::Known(known), Verdict::Unknown) => {
            let reason = finding.reason.as_deref().unwrap_or("more than was read");
            (", and whether that will do is unknown", value(known), Some(reason.to_owned()))
        }
        (Observation::Known(known), _) => ("is", value(known), None),
        (Observation::Bound { value: least, .. }, _) => ("is, or is stricter than,", value(least), None),
        (Observation::Absent, _) => ("is absent", None, None),
    }
}

/// The same as one text.
pub(super) fn is_text(finding: &Finding) -> String {
    match is(finding) {
        (words, Some(value), None) => format!("{words} {value}"),
        (words, Some(value), Some(more)) => format!("is {value}{words}: {more}"),
        (words, None, Some(more)) => format!("{words}: {more}"),
        (words, None, None) => words.to_owned(),
    }
}

/// The beginning of a text that is too long.
pub(super) fn short(text: &str, longest: usize) -> String {
    if text.chars().count() <= longest {
        return text.to_owned();
    }
    let begin: String = text.chars().take(longest - 1).collect();
    format!("{begin}…")
}

/// A number with its noun: `1 finding`, `2 findings`.
pub(super) fn count(n: usize, one: &str) -> String {
    format!("{n} {one}{}", if n == 1 { "" } else { "s" })
}

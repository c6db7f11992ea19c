//! What the policy decided where openness and security pull apart, and what is in the way on purpose: who answers
//! for it, what was given up, and why.

use super::audited::Audited;
use crate::model::{Expectation, Label, Overridden};

/// A line of the policy that decides.
pub(super) struct Decided<'a> {
    pub label: Label,
    pub wish: &'a Expectation,
    /// `organization.default_repository_permission`.
    pub name: String,
    /// How many subjects it reaches.
    pub subjects: u64,
}

/// The lines that decide, trade-offs first.
pub(super) fn decided(audited: Audited<'_>) -> Vec<Decided<'_>> {
    let mut all: Vec<Decided<'_>> = audited
        .outcome
        .decided
        .values()
        .filter_map(|(wish, subjects)| {
            let label = Label::of_wish(wish)?;
            Some(Decided { label, wish, name: audited.name_of_wish(wish), subjects: *subjects })
        })
        .collect();
    all.sort_by(|a, b| (a.label, &a.name, &a.wish.origin).cmp(&(b.label, &b.name, &b.wish.origin)));
    all
}

impl Decided<'_> {
    /// What was decided against: the wishes that the line does not meet.
    pub(super) fn given_up(&self) -> impl Iterator<Item = &Overridden> {
        let met = |o: &&Overridden| {
            o.constraint.as_ref().is_none_or(|wanted| self.wish.constraint.is_within(wanted))
        };
        self.wish.standing.decides.iter().filter(move |o| !met(o))
    }

    /// The line as a sentence.
    pub(super) fn sentence(&self) -> String {
        let Self { label, wish, name, subjects } = self;
        let owner = match &wish.standing.owner {
            Some(owner) => format!("{owner} answers for it"),
            None => "nobody is named who answers for it".into(),
        };
        let mut text = format!(
            "{}: {name} is {} for {subjects} subject{}, by {}; {owner}",
            label.word(),
            wish.constraint,
            if *subjects == 1 { "" } else { "s" },
            wish.origin,
        );
        let given_up: Vec<String> = self.given_up().map(side).collect();
        if !given_up.is_empty() {
            text += &format!(". Given up: {}", given_up.join("; "));
        }
        if let Some(why) = &wish.why {
            text += &format!(". Why: {why}");
        }
        text
    }
}

fn side(given_up: &Overridden) -> String {
    let wanted = given_up.constraint.as_ref().map(ToString::to_string).unwrap_or_default();
    let serves = given_up.controls.first().map(|c| format!(", {}", c.title)).unwrap_or_default();
    format!("{wanted} of {}{serves}", given_up.origin)
}

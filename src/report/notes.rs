//! What is worth a word about the policy and the run, rather than about a setting.

use super::audited::Audited;
use super::since::gone;
use crate::run::{Home, Outcome};

/// How many repositories are named before "and N more".
const NAMED: usize = 6;

/// The notes of a run, with nothing made safe.
pub(super) fn notes(audited: Audited<'_>) -> Vec<String> {
    let outcome = audited.outcome;
    let mut notes = Vec::new();
    for unread in &outcome.unread {
        notes.push(format!("{} was not read: {}", unread.address, unread.why));
    }
    if !outcome.unprofiled.is_empty() {
        let count = outcome.unprofiled.len();
        let one_forge = all_same(outcome.unprofiled.iter().map(|s| &*s.forge));
        let some = outcome.unprofiled.iter().take(NAMED);
        let named: Vec<String> =
            some.map(|s| if one_forge { s.name.to_string() } else { s.to_string() }).collect();
        let more = if count > NAMED { format!(" and {} more", count - NAMED) } else { String::new() };
        let repositories = if count == 1 { "repository is" } else { "repositories are" };
        notes.push(format!("{count} {repositories} of NO profile: {}{more}", named.join(", ")));
    }
    for (profile, _) in outcome.profiles.iter().filter(|(_, n)| **n == 0 && !outcome.partial) {
        notes.push(format!("profile {profile} selects nothing: no repository is of it"));
    }
    for (profile, count) in &outcome.undecided {
        notes.push(format!(
            "profile {profile} could not be decided for {count} repositories: what it selects by is unknown"
        ));
    }
    if outcome.owner_unknown > 0 {
        let count = outcome.owner_unknown;
        notes.push(format!("the team that owns {count} repositories is unknown: what tells it could not be read, and no team's overlay was used"));
    }
    notes.extend(about_home(outcome));
    for (i, waiver) in audited.waivers.iter().enumerate() {
        let named = outcome.waivers_named.get(i) == Some(&true);
        let used = outcome.waivers_used.get(i) == Some(&true);
        let at = format!("waiver of {} at {}", waiver.owner, waiver.origin);
        if !named && outcome.partial {
            continue;
        }
        if !named {
            notes.push(format!("{at} is orphaned: nothing is named `{}`", waiver.subject.text()));
        } else if !used {
            notes.push(format!("{at} is not used: what it waives does not drift"));
        } else if waiver.lasts_too_long(audited.style.today) {
            let most = waiver.most_days.unwrap_or_default();
            notes.push(format!(
                "{at} ends on {}, and the policy allows {most} days: what it waives counts as drift",
                waiver.expires
            ));
        } else if !waiver.holds_on(audited.style.today) {
            notes.push(format!("{at} expired on {}: what it waived counts as drift", waiver.expires));
        }
    }
    notes.extend(gone(audited));
    notes
}

/// A word on the repository that the policy is kept in, where there is reason for one.
pub fn about_home(outcome: &Outcome) -> Option<String> {
    match outcome.home.as_ref()? {
        Home::Open(subject) => Some(format!(
            "{subject} holds this policy, and nobody has to approve a change there: whoever can push to it decides what `apply` does. pack:governance-repo says how such a repository is guarded"
        )),
        Home::Unknown(subject, needs) => Some(format!(
            "{subject} holds this policy, and whether anybody has to approve a change there is unknown: {needs}"
        )),
        Home::Reviewed => None,
    }
}

/// Whether there is no second name among them.
pub(super) fn all_same<'a>(mut names: impl Iterator<Item = &'a str>) -> bool {
    let first = names.next();
    names.all(|n| Some(n) == first)
}

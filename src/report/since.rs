//! What is told of findings that were agreed before: how many there are, and what of them is gone.

use serde_json::{Value as Json, json};

use super::audited::{Audited, count};
use crate::run::Agreed;

/// How many findings that are gone are named before "and N more".
const NAMED: usize = 6;

/// One line about the baseline, where the run was held against one.
pub(super) fn since(audited: Audited<'_>) -> Option<String> {
    let agreed = audited.outcome.agreed.as_ref()?;
    let tally = audited.outcome.tally;
    let Agreed { day, gone, changed, not_seen, .. } = agreed;
    let mut text = format!("New since {day} only. As agreed then: {} drift", tally.agreed_drift);
    text.push_str(&format!(", {} unknown", tally.agreed_unknown));
    for (n, words) in [
        (*changed, "worse or other than agreed, and told as new"),
        (gone.len(), "gone"),
        (*not_seen, "not looked at"),
    ] {
        if n > 0 {
            text.push_str(&format!("; {n} {words}"));
        }
    }
    text.push('.');
    Some(text)
}

/// What of a baseline is gone, as a note.
pub(super) fn gone(audited: Audited<'_>) -> Option<String> {
    let gone = &audited.outcome.agreed.as_ref()?.gone;
    if gone.is_empty() {
        return None;
    }
    let named = gone.iter().take(NAMED).map(|entry| format!("{} of {}", entry.name(), entry.subject));
    let named = named.collect::<Vec<_>>().join(", ");
    let more = gone.len().saturating_sub(NAMED);
    let more = if more > 0 { format!(" and {more} more") } else { String::new() };
    let gone = count(gone.len(), "finding");
    Some(format!(
        "{gone} of the baseline gone: {named}{more}; --write-baseline together with --baseline takes them out of it"
    ))
}

/// The same for machines, every finding that is gone with it.
pub(super) fn since_json(audited: Audited<'_>) -> Option<Json> {
    let agreed = audited.outcome.agreed.as_ref()?;
    let tally = audited.outcome.tally;
    let gone = agreed.gone.iter();
    let gone = gone.map(|e| json!({"subject": e.subject, "setting": e.setting, "key": e.key}));
    Some(json!({
        "agreed": agreed.day.to_string(),
        "drift": tally.agreed_drift,
        "unknown": tally.agreed_unknown,
        "changed": agreed.changed,
        "not_seen": agreed.not_seen,
        "gone": gone.collect::<Vec<_>>(),
    }))
}

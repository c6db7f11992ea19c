//! What a write of a document is refused for, and what a document then does not tell.

use serde_json::{Map, Value};

use super::find;
use super::owner::Owner;
use super::row::{Apart, HeldBy, Row};
use crate::sim::rest::Refusal;

pub fn check(owner: Owner<'_>, row: &Row, changes: &Map<String, Value>) -> Result<(), Refusal> {
    for name in &row.takes.required {
        if !changes.contains_key(name) {
            return Err(Refusal::unprocessable(format!("Invalid request.\n\n\"{name}\" wasn't supplied.")));
        }
    }
    for apart in &row.takes.apart {
        if holds(apart, changes) && changes.contains_key(&apart.field) {
            let Apart { key, is, field } = apart;
            return Err(Refusal::conflict(format!("{field} cannot be set while {key} is {is}.")));
        }
    }
    match &row.takes.held_by {
        Some(held) => held_by(owner, held, changes),
        None => Ok(()),
    }
}

/// Takes out what is not told while another key has a value.
pub fn hide(row: &Row, document: &mut Map<String, Value>) {
    for apart in row.takes.apart.iter().filter(|apart| holds(apart, document)).collect::<Vec<_>>() {
        document.shift_remove(&apart.field);
    }
}

fn holds(apart: &Apart, document: &Map<String, Value>) -> bool {
    let is: Value = serde_json::from_str(&apart.is).unwrap_or_default();
    document.get(&apart.key) == Some(&is)
}

/// A repository may not be wider than its organization.
fn held_by(owner: Owner<'_>, held: &HeldBy, changes: &Map<String, Value>) -> Result<(), Refusal> {
    let Some(organization) = owner.organization().filter(|_| owner.repository().is_some()) else {
        return Ok(());
    };
    let default = find(&format!("/orgs/{{org}}{}", held.document)).and_then(|row| row.default.as_ref());
    let stated = organization.documents.stated(&held.document).and_then(|told| told.get(&held.key));
    let above = stated.or_else(|| default?.get(&held.key)).and_then(Value::as_str);
    let wanted = changes.get(&held.key).and_then(Value::as_str);
    let place = |word: Option<&str>| held.narrowest_first.iter().position(|w| Some(w.as_str()) == word);
    match (place(above), place(wanted)) {
        (Some(above), Some(wanted)) if wanted > above => {
            let text = format!("{} is set by the organization and cannot be changed here.", held.key);
            Err(Refusal::conflict(text))
        }
        _ => Ok(()),
    }
}

/// What a repository shows of a document that its organization holds it to, where somebody set the organization's.
pub fn held(owner: Owner<'_>, row: &Row, mut told: Value) -> Value {
    let Some(held) = &row.takes.held_by else { return told };
    let Some(organization) = owner.organization().filter(|_| owner.repository().is_some()) else {
        return told;
    };
    let above = organization.documents.stated(&held.document).and_then(|told| told.get(&held.key));
    let place = |word: Option<&Value>| {
        held.narrowest_first.iter().position(|w| word.is_some_and(|told| told == w.as_str()))
    };
    if let (Some(limit), Some(own), Some(above)) = (place(above), place(told.get(&held.key)), above)
        && own > limit
    {
        told[&held.key] = above.clone();
    }
    told
}

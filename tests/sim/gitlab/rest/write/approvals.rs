//! Writing approval settings, by their newer and their older names.

use serde_json::{Value, json};

use super::Write;
use crate::sim::gitlab::documents::fill::Filling;
use crate::sim::gitlab::documents::{OLDER_APPROVALS, approval_setting, named};
use crate::sim::gitlab::rest::{Refusal, Reply};
use crate::sim::gitlab::world::{HolderKind, Tier};

const SUFFIX: &str = "/merge_request_approval_setting";

pub fn setting(mut write: Write<'_>) -> Result<Reply, Refusal> {
    let fields = write.fields().into_iter().collect();
    keep(&mut write, fields)?;
    Ok(write.told())
}

pub fn older(mut write: Write<'_>) -> Result<Reply, Refusal> {
    let mut newer = Vec::new();
    for (key, value) in write.fields() {
        if let (Some((_, of, opposite)), Some(on)) =
            (OLDER_APPROVALS.iter().find(|(older, _, _)| *older == key), value.as_bool())
        {
            newer.push(((*of).to_owned(), json!(on != *opposite)));
        }
    }
    keep(&mut write, newer)?;
    Ok(Reply::created(write.told().body))
}

/// Keeps what no group or server decides; the rest is taken in silence.
fn keep(write: &mut Write<'_>, fields: Vec<(String, Value)>) -> Result<(), Refusal> {
    if write.world.tier < Tier::Premium {
        return Err(Refusal::missing(""));
    }
    let of = if write.kind == HolderKind::Group { "groups" } else { "projects" };
    let path = format!("/{of}/{{id}}{SUFFIX}");
    let Some(row) = named(&path) else { return Err(Refusal::missing("")) };
    let filling = Filling { world: write.world, site: &write.request.site, holder: write.holder() };
    let told = approval_setting(row, &filling);
    let mut whole = write.holder().documents.stated(SUFFIX).cloned().unwrap_or_else(|| json!({}));
    for (key, value) in fields {
        if told[&key]["locked"] == false && value.is_boolean() {
            whole[&key] = value;
        }
    }
    write.holder_mut().documents.state(SUFFIX, whole);
    Ok(())
}

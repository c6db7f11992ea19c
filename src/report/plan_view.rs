//! A plan for people: what changes, by subject, with the line that asked.

use std::io::{self, Write};

use similar::{ChangeTag, TextDiff};

use super::safe_text::{safe, wrapped};
use crate::model::{Change, Plan, Value};

/// Writes a plan in lines no wider than `width`.
///
/// # Errors
/// Those of the writer.
pub fn plan(out: &mut dyn Write, plan: &Plan, width: usize) -> io::Result<()> {
    let mut last = "";
    for change in &plan.changes {
        if change.subject != last {
            writeln!(out, "{}{}", if last.is_empty() { "" } else { "\n" }, safe(&change.subject))?;
            last = &change.subject;
        }
        one(out, change, width)?;
    }
    if !plan.deferred.is_empty() {
        writeln!(out, "{}Left as it is", if plan.changes.is_empty() { "" } else { "\n" })?;
        for deferred in &plan.deferred {
            let name = named(&deferred.setting, deferred.key.as_deref());
            for line in wrapped(&format!("{} {name}: {}", deferred.subject, deferred.reason), width, "  ") {
                writeln!(out, "{line}")?;
            }
        }
    }
    let added = plan.changes.iter().filter(|c| c.before.is_null()).count();
    let changed = plan.changes.len() - added;
    if plan.changes.is_empty() {
        return writeln!(out, "{}No changes.", if plan.deferred.is_empty() { "" } else { "\n" });
    }
    writeln!(out, "\nPlan: {added} to add, {changed} to change, 0 to delete.")?;
    writeln!(out, "{} requests, {} left as they are.", plan.requests.len(), plan.deferred.len())
}

fn one(out: &mut dyn Write, change: &Change, width: usize) -> io::Result<()> {
    let name = named(&change.setting, change.key.as_deref());
    let proposed = if change.proposed { ", as a pull request" } else { "" };
    let head = format!("{} {name} ({}{proposed}), by {}", change.action.sign(), change.risk, change.origin);
    for line in wrapped(&head, width, "  ") {
        writeln!(out, "{line}")?;
    }
    let texts = (change.before.as_str().unwrap_or_default(), change.after.as_str().unwrap_or_default());
    if texts.0.contains('\n') || texts.1.contains('\n') {
        // A text of many lines is shown by the lines that differ.
        let diff = TextDiff::from_lines(texts.0, texts.1);
        for line in diff.iter_all_changes().filter(|l| l.tag() != ChangeTag::Equal) {
            let sign = if line.tag() == ChangeTag::Insert { '+' } else { '-' };
            writeln!(out, "      {sign} {}", safe(line.value().trim_end()))?;
        }
        return Ok(());
    }
    let show = |json| Value::from_json(json).map_or("absent".to_owned(), |v| v.to_string());
    for line in wrapped(&format!("{} -> {}", show(&change.before), show(&change.after)), width, "      ") {
        writeln!(out, "{line}")?;
    }
    Ok(())
}

fn named(setting: &str, key: Option<&str>) -> String {
    let name = match (key, setting.split_once('.')) {
        (Some(key), Some((kind, name))) => format!("{kind}[{key}].{name}"),
        _ => setting.to_owned(),
    };
    safe(&name).into_owned()
}

//! Changes above repositories in a plan: what each takes the place of, and whom it reaches.

use std::io::{self, Write};

use super::safe_text::{safe, wrapped};
use crate::model::{Lifted, LiftedBy, Plan};

/// Repositories that are named before the rest is counted.
const NAMED: usize = 12;

/// Writes what a plan sets above repositories.
///
/// # Errors
/// Those of the writer.
pub(super) fn lifted(out: &mut dyn Write, plan: &Plan, width: usize) -> io::Result<()> {
    if plan.lifted.is_empty() {
        return Ok(());
    }
    writeln!(out, "Set once for many")?;
    for lifted in &plan.lifted {
        for line in wrapped(&sentence(lifted), width, "  ") {
            writeln!(out, "{line}")?;
        }
        for text in details(lifted) {
            for line in wrapped(&text, width, "      ") {
                writeln!(out, "{line}")?;
            }
        }
    }
    writeln!(out)
}

/// The one line.
pub(super) fn sentence(lifted: &Lifted) -> String {
    let Lifted { organization, by, instead_of, changes, .. } = lifted;
    let count = |n: usize, word: &str| format!("{n} {word}{}", if n == 1 { "" } else { "s" });
    let what = match by {
        LiftedBy::Ruleset(name) => format!("ruleset of {organization}, \"{name}\","),
        LiftedBy::Setting(key) => format!("setting of {organization}, {key},"),
        LiftedBy::Item { setting, key } => {
            let (kind, name) = setting.split_once('.').unwrap_or(("", setting));
            format!("setting of {organization}, {kind}[{}].{name},", safe(key))
        }
    };
    format!("1 {what} in place of {} in {} repositories.", count(*changes, "change"), instead_of.len(),)
}

/// What it brings, whom it reaches, and whom besides.
pub(super) fn details(lifted: &Lifted) -> Vec<String> {
    let brings: Vec<String> = lifted.brings.iter().map(|brings| safe(&brings.to_string()).into()).collect();
    let mut details = vec![
        format!("brings {}", brings.join(", ")),
        format!("reaches {}", safe(&lifted.reaches)),
        format!("in place of a change in {}", some(&lifted.instead_of)),
    ];
    details.push(match lifted.others.is_empty() {
        true => "no other repository changes by it; each that it reaches was judged as it would be".into(),
        false => format!(
            "it also binds {}, of which the policy does not ask that; each that it reaches was judged as it would be",
            some(&lifted.others)
        ),
    });
    details.push(format!("asked for by {}", lifted.origins.join(", ")));
    details
}

fn some(names: &[String]) -> String {
    let mut text = names.iter().take(NAMED).map(|name| safe(name)).collect::<Vec<_>>().join(", ");
    if names.len() > NAMED {
        text += &format!(" and {} more, which the plan file names", names.len() - NAMED);
    }
    text
}

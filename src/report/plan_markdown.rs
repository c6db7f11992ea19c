//! A plan as a comment on a pull request: a table for each subject.
//!
//! Whatever came from a forge or a policy stands in `<code>`, every sign of it that Markdown or HTML
//! could read as its own written as a reference to its number. There it links to nothing and calls nobody.

use std::io::{self, Write};

use super::plan_diff::shown;
use super::plan_view::{Looked, beside, by_reason, by_subject, footer, named, proposed_as, sentence};
use super::safe_text::safe;
use crate::model::{Action, Plan};

/// How long a comment may become: GitHub takes 65,536 characters.
const LONGEST: usize = 60_000;

/// How much of a value is shown; the plan file has all.
const LONGEST_VALUE: usize = 160;

/// Writes a plan, what was looked at, and what `apply` would refuse.
///
/// # Errors
/// Those of the writer.
pub fn plan_markdown(out: &mut dyn Write, plan: &Plan, looked: Looked, refused: &[String]) -> io::Result<()> {
    let headline = if plan.changes.is_empty() { "No changes.".to_owned() } else { footer(plan) };
    writeln!(out, "**{headline}**")?;
    if !plan.changes.is_empty() {
        writeln!(out, "{}", beside(plan))?;
    }
    writeln!(out, "{}", sentence(looked).replace('`', ""))?;
    if !refused.is_empty() {
        writeln!(out, "\n**`apply` would refuse this:**\n")?;
        refused.iter().try_for_each(|why| writeln!(out, "- {}", code(why, usize::MAX)))?;
    }
    let mut written = 0;
    let subjects = by_subject(plan);
    for (i, (subject, changes)) in subjects.iter().enumerate() {
        let mut table = format!("\n### {}\n\n", code(subject, LONGEST_VALUE));
        table += "| | setting | before | after | risk | asked by |\n|---|---|---|---|---|---|\n";
        for change in changes {
            let sign = Action::of(&change.setting, &change.before, &change.after).sign();
            let notes = [
                (!change.points.is_none())
                    .then(|| format!("<br>removes {:.1} points of friction", change.points.get())),
                change.proposed.then(|| format!("<br>proposed as a {}", proposed_as(plan, change))),
                change
                    .irreversible
                    .as_ref()
                    .map(|why| format!("<br>cannot be taken back: {}", code(why, 999))),
            ];
            table += &format!(
                "| `{sign}` | {} | {} | {} | {}{} | {} |\n",
                code(&named(&change.setting, change.key.as_deref()), LONGEST_VALUE),
                code(&shown(&change.before), LONGEST_VALUE),
                code(&shown(&change.after), LONGEST_VALUE),
                code(&change.risk, LONGEST_VALUE),
                notes.into_iter().flatten().collect::<String>(),
                code(&change.origin, LONGEST_VALUE),
            );
        }
        written += table.len();
        if written > LONGEST {
            let more = subjects.len() - i;
            return writeln!(out, "\n{more} more subjects do not fit here: the plan file has them.");
        }
        write!(out, "{table}")?;
    }
    left(out, plan, LONGEST - written)
}

fn left(out: &mut dyn Write, plan: &Plan, room: usize) -> io::Result<()> {
    if plan.deferred.is_empty() {
        return Ok(());
    }
    let mut text = format!("\n<details><summary>{} left as they are</summary>\n\n", plan.deferred.len());
    for ((name, reason), subjects) in by_reason(plan) {
        let subjects: Vec<String> = subjects.iter().map(|s| code(s, LONGEST_VALUE)).collect();
        let entry =
            format!("- {}: {}: {}\n", code(&name, LONGEST_VALUE), code(reason, 999), subjects.join(", "));
        if text.len() + entry.len() > room {
            text += "- more do not fit here: the plan file has them\n";
            break;
        }
        text += &entry;
    }
    writeln!(out, "{text}\n</details>")
}

/// A text that stands for nothing but itself.
fn code(text: &str, longest: usize) -> String {
    let mut shown = String::from("<code>");
    for (i, c) in safe(text).chars().enumerate() {
        if i == longest {
            shown.push('…');
            break;
        }
        match c {
            ' ' | '-' | '/' | ',' => shown.push(c),
            c if c.is_ascii_punctuation() => shown += &format!("&#{};", u32::from(c)),
            c => shown.push(c),
        }
    }
    shown + "</code>"
}

#[cfg(test)]
mod tests {
    use super::code;

    #[test]
    fn a_hostile_name_is_shown_as_it_is_and_does_nothing() {
        let hostile = "x` | <img src=x> @acme/all [a](http://e.example) **b** &lt; #1\n\n# c";
        let shown = code(hostile, 999);
        let inner = shown.strip_prefix("<code>").and_then(|s| s.strip_suffix("</code>")).unwrap();
        let plain = inner.replace("&#", "");
        assert!(
            !plain.contains(['`', '|', '<', '>', '@', '[', '(', ')', '*', '&', '#', '\n', '.', ':']),
            "{inner}"
        );
        assert!(inner.starts_with("x&#96; &#124; &#60;img src&#61;x&#62; &#64;acme/all"), "{inner}");
    }

    #[test]
    fn a_long_value_is_cut() {
        assert_eq!(code("abcdef", 3), "<code>abc…</code>");
    }
}

//! The difference between a value before and after, in lines that fit.

use serde_json::Value as Json;
use similar::{Algorithm, ChangeTag, TextDiff, capture_diff_slices};

use super::safe_text::{safe, wrapped};
use crate::model::Value;

/// How many lines of a difference are shown; the plan file has all.
const MOST_LINES: usize = 24;

/// What a value reads like; `null` is absent.
pub(super) fn shown(json: &Json) -> String {
    Value::from_json(json).map_or_else(|| "absent".to_owned(), |value| value.to_string())
}

/// The lines that differ, each within `width` after `indent`.
pub(super) fn difference(before: &Json, after: &Json, width: usize, indent: &str) -> Vec<String> {
    let mut lines: Vec<String> = match (before, after) {
        (Json::Array(before), Json::Array(after)) if before.len() + after.len() > 2 => items(before, after),
        (Json::String(before), Json::String(after)) if !has_lines(before) && !has_lines(after) => {
            return wrapped(&words(before, after), width, indent);
        }
        (Json::String(_) | Json::Null, Json::String(_) | Json::Null)
            if [before, after].iter().any(|text| text.as_str().is_some_and(has_lines)) =>
        {
            texts(before.as_str().unwrap_or_default(), after.as_str().unwrap_or_default())
        }
        _ => return wrapped(&format!("{} -> {}", shown(before), shown(after)), width, indent),
    };
    let left = lines.len().saturating_sub(MOST_LINES);
    if left > 1 {
        lines.truncate(MOST_LINES);
        lines.push(format!("… {left} more lines"));
    }
    lines.iter().map(|line| format!("{indent}{}", cut(&safe(line), width - indent.len()))).collect()
}

fn has_lines(text: &str) -> bool {
    text.trim_end().contains('\n')
}

/// A line no wider than that.
fn cut(line: &str, width: usize) -> String {
    if textwrap::core::display_width(line) <= width {
        return line.to_owned();
    }
    let mut short = String::new();
    for c in line.chars() {
        if textwrap::core::display_width(&short) + 2 >= width {
            break;
        }
        short.push(c);
    }
    short + "…"
}

/// The items of a list that come and go.
fn items(before: &[Json], after: &[Json]) -> Vec<String> {
    let ops = capture_diff_slices(Algorithm::Myers, before, after);
    let mut same = 0;
    let mut lines = Vec::new();
    for change in ops.iter().flat_map(|op| op.iter_changes(before, after)) {
        match change.tag() {
            ChangeTag::Equal => same += 1,
            ChangeTag::Delete => lines.push(format!("- {}", shown(&change.value()))),
            ChangeTag::Insert => lines.push(format!("+ {}", shown(&change.value()))),
        }
    }
    if same > 0 {
        lines.push(format!("  {same} as before"));
    }
    lines
}

/// The lines of a text that come and go, with those beside them.
fn texts(before: &str, after: &str) -> Vec<String> {
    let diff = TextDiff::from_lines(before, after);
    let mut lines = Vec::new();
    for (i, group) in diff.grouped_ops(1).iter().enumerate() {
        if i > 0 {
            lines.push("…".to_owned());
        }
        for change in group.iter().flat_map(|op| diff.iter_changes(op)) {
            let sign = match change.tag() {
                ChangeTag::Equal => ' ',
                ChangeTag::Delete => '-',
                ChangeTag::Insert => '+',
            };
            lines.push(format!("{sign} {}", change.value().trim_end_matches(['\n', '\r'])));
        }
    }
    lines
}

/// A text of one line, with the words that come and go marked within it; two texts that have little in
/// common stand behind each other.
fn words(before: &str, after: &str) -> String {
    let diff = TextDiff::from_words(before, after);
    if diff.ratio() < 0.5 {
        return format!("{} -> {}", shown(&before.into()), shown(&after.into()));
    }
    let mut line = String::new();
    let mut last = ChangeTag::Equal;
    let close = |line: &mut String, tag| match tag {
        ChangeTag::Equal => {}
        ChangeTag::Delete => line.push_str("-]"),
        ChangeTag::Insert => line.push_str("+}"),
    };
    for change in diff.iter_all_changes() {
        if change.tag() != last {
            close(&mut line, last);
            last = change.tag();
            line.push_str(match last {
                ChangeTag::Equal => "",
                ChangeTag::Delete => "[-",
                ChangeTag::Insert => "{+",
            });
        }
        line.push_str(change.value());
    }
    close(&mut line, last);
    format!("\"{line}\"")
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    #[track_caller]
    fn is(before: Json, after: Json, lines: &[&str]) {
        assert_eq!(difference(&before, &after, 30, "  "), lines);
    }

    #[test]
    fn single_values_stand_behind_each_other() {
        is(json!(true), json!(false), &["  true -> false"]);
        is(Json::Null, json!("MIT"), &["  absent -> \"MIT\""]);
        is(json!([]), json!(["build"]), &["  [] -> [\"build\"]"]);
    }

    #[test]
    fn of_lists_the_items_that_come_and_go_are_shown() {
        is(json!(["a", "b", "c"]), json!(["a", "c", "d"]), &["  - \"b\"", "  + \"d\"", "    2 as before"]);
    }

    #[test]
    fn of_texts_the_lines_that_come_and_go_are_shown() {
        is(json!("a\nb\nc\nd\n"), json!("a\nb\nx\nd\n"), &["    b", "  - c", "  + x", "    d"]);
        is(Json::Null, json!("a\nb\n"), &["  + a", "  + b"]);
    }

    #[test]
    fn of_one_line_the_words_that_come_and_go_are_marked() {
        is(
            json!("parts for old shops"),
            json!("parts for new shops"),
            &["  \"parts for [-old-]{+new+}", "  shops\""],
        );
    }

    #[test]
    fn what_is_long_is_cut() {
        let many = (0..40).map(|n| n.to_string()).collect::<Vec<_>>().join("\n");
        let lines = difference(&Json::Null, &json!(many), 30, "");
        assert_eq!((lines.len(), &*lines[24]), (25, "… 16 more lines"));
        let wide = difference(&Json::Null, &json!(format!("a\n{}", "é".repeat(99))), 30, "  ");
        assert!(wide.iter().all(|l| l.chars().count() <= 30), "{wide:?}");
        is(Json::Null, json!("a\n\u{1b}[31m"), &["  + a", "  + \u{fffd}[31m"]);
    }
}

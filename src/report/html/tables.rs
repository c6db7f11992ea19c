//! Tables of the page, and the sums behind them.

use maud::{Markup, html};

use crate::model::{Verdict, Waiver};
use crate::report::audited::Audited;
use crate::report::safe_text::safe;

/// A table with a heading of its own. The columns that hold numbers are those from `numbers` on.
pub(super) fn table(caption: &str, heads: &[&str], numbers: usize, rows: &[Vec<Markup>]) -> Markup {
    html! {
        div.scroll tabindex="0" role="region" aria-label=(caption) {
            table {
                caption { (caption) }
                thead { tr {
                    @for (i, head) in heads.iter().enumerate() {
                        th scope="col" class=[(i >= numbers).then_some("number")] { (head) }
                    }
                } }
                tbody {
                    @for row in rows {
                        tr {
                            @for (i, cell) in row.iter().enumerate() {
                                @if i == 0 {
                                    th scope="row" { (cell) }
                                } @else {
                                    td class=[(i >= numbers).then_some("number")] { (cell) }
                                }
                            }
                        }
                    }
                }
            }
        }
    }
}

/// A name from elsewhere, within a sentence.
pub(super) fn word(text: &str) -> Markup {
    html! { span.name { (safe(text)) } }
}

/// A name from elsewhere, in a table. One that is too long for its place goes on in the next line where its parts meet.
pub(super) fn name(text: &str) -> Markup {
    html! {
        span.name {
            @for (i, part) in safe(text).split_inclusive(['/', '.', '_']).enumerate() {
                @if i > 0 { wbr; }
                (part)
            }
        }
    }
}

/// The waivers that cover a departure now, by the day on which they end, each with how many findings it covers.
pub(super) fn waived(audited: Audited<'_>) -> Vec<(&Waiver, usize)> {
    let counts = covered(audited);
    let mut waived: Vec<(&Waiver, usize)> =
        audited.waivers.iter().zip(counts).filter(|(_, findings)| *findings > 0).collect();
    waived.sort_by(|a, b| (a.0.expires, &a.0.origin).cmp(&(b.0.expires, &b.0.origin)));
    waived
}

/// For each waiver, how many findings it covers.
pub(super) fn covered(audited: Audited<'_>) -> Vec<usize> {
    let mut counts = vec![0; audited.waivers.len()];
    for finding in audited.outcome.findings.iter().filter(|f| f.verdict == Verdict::Waived) {
        if let Some(count) = finding.waiver.and_then(|i| counts.get_mut(i)) {
            *count += 1;
        }
    }
    counts
}

/// A number with a comma before each three digits.
pub(super) fn grouped(number: usize) -> String {
    let digits = number.to_string();
    let mut text = String::with_capacity(digits.len() + digits.len() / 3);
    for (i, digit) in digits.chars().enumerate() {
        if i > 0 && (digits.len() - i).is_multiple_of(3) {
            text.push(',');
        }
        text.push(digit);
    }
    text
}

/// A share of many, in whole percent; a dash of nothing.
pub(super) fn percent(part: usize, of: usize) -> String {
    if of == 0 { "–".to_owned() } else { format!("{} %", (part * 200 + of) / (of * 2)) }
}

//! How alike the repositories of each profile are, and in what they differ most.

use maud::{Markup, html};

use super::tables::{name, table};
use crate::engine::FEWEST;
use crate::model::Stage;
use crate::report::audited::Audited;
use crate::report::consistency::{differing, name_of, told};
use crate::report::safe_text::safe;

/// A table of the profiles; nothing where none is large enough.
pub(super) fn consistency(audited: Audited<'_>) -> Markup {
    let (all, small) = audited.outcome.held.consistency(Stage::ALL);
    let row = |one: &crate::engine::Consistency| {
        vec![
            html! { (safe(&one.profile)) },
            html! {
                @for agreement in differing(one) {
                    span.line { (name(&name_of(audited.catalog, agreement))) ": " (told(agreement)) }
                }
            },
            html! { (one.repositories) },
            html! { (one.settings.len()) },
            html! { (format!("{:.0} %", one.alike * 100.0)) },
        ]
    };
    let rows: Vec<_> = all.iter().map(row).collect();
    html! {
        @if !rows.is_empty() {
            h4 { "How alike the repositories of a profile are" }
            p.hint { "How many have what most of them have, on average over the settings that the policy asks for." }
            (table(
                "How alike the repositories of a profile are",
                &["Profile", "They differ most in", "Repositories", "Settings", "Alike"],
                2,
                &rows,
            ))
            @if small > 0 { p.hint { (small) " of fewer than " (FEWEST) " repositories: not shown" } }
        }
    }
}

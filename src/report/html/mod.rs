//! One page of HTML that needs nothing but itself: a first part for whoever decides, then views for those who
//! look after the platform, and for teams.
//!
//! What stands before the findings is written here, and reads without a script. The findings are data; the
//! script draws those that are looked for. What may be found here: the page's parts. What may not: sums that
//! another view has, too.

mod charts;
mod consistency;
mod data;
mod leader;
mod platform;
mod tables;
mod trends;

use std::io::{self, Write};

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use maud::{DOCTYPE, Markup, PreEscaped, html};
use sha2::{Digest, Sha256};

use super::audited::{Audience, Audited};
use super::pages;
use super::safe_markup::NoCommands;
use super::safe_text::safe;
use super::since::since;

pub use trends::trend_page;

/// How the page looks.
const STYLE: &str = include_str!("page.css");

/// What draws the findings.
const SCRIPT: &str = include_str!("page.js");

/// Writes the page. For whoever decides, the first part alone: no finding is in it, and no script.
///
/// # Errors
/// Those of the writer.
pub(super) fn html(out: &mut dyn Write, audited: Audited<'_>) -> io::Result<()> {
    let mut out = NoCommands::new(out);
    let whole = audited.audience != Some(Audience::Leader);
    let page = html! {
        (head(audited, whole))
        @if whole { (views()) }
        main #main tabindex="-1" {
            (leader::leader(audited))
            @if whole {
                (platform::platform(audited))
                (found(audited))
            }
        }
        (foot(audited, whole))
    };
    // The root's element is closed by hand, because the data is written one by one behind the page.
    out.write_all(opened(page).as_bytes())?;
    if whole {
        out.write_all(b"\n<script type=\"application/json\" id=\"data\">\n")?;
        data::data(&mut out, audited)?;
        write!(out, "</script>\n<script>{SCRIPT}</script>")?;
    }
    out.write_all(b"\n</body>\n</html>\n")?;
    out.finish()
}

/// A page of which the root's element is still open.
fn opened(page: Markup) -> String {
    page.into_string().replacen("<head>", "\n<head>", 1)
}

/// A whole page.
fn end(page: Markup) -> String {
    format!("{}\n</body>\n</html>\n", opened(page))
}

/// All up to the page's own heading, with the scripts that may run and the view that is shown first. The browser itself
/// is told to load nothing, and to run no other script.
fn begin(title: &str, script: &str, first: &str) -> Markup {
    let allowed = format!(
        "default-src 'none'; style-src 'sha256-{}'; script-src {script}; base-uri 'none'; form-action 'none'",
        hash(STYLE)
    );
    html! {
        (PreEscaped(DOCTYPE.0))
        (PreEscaped("<html lang=\"en\">"))
        head {
            meta charset="utf-8";
            meta http-equiv="Content-Security-Policy" content=(allowed);
            meta name="viewport" content="width=device-width, initial-scale=1";
            meta name="color-scheme" content="light dark";
            meta name="referrer" content="no-referrer";
            meta name="generator" content=(format!("ispo-scm {}", env!("CARGO_PKG_VERSION")));
            title { (safe(title)) }
            style { (PreEscaped(STYLE)) }
        }
        (PreEscaped(format!("\n<body data-first=\"{first}\">\n")))
        a.skip href="#main" { "Skip to the report" }
    }
}

fn head(audited: Audited<'_>, whole: bool) -> Markup {
    let script = if whole { format!("'sha256-{}'", hash(SCRIPT)) } else { "'none'".to_owned() };
    let first = match audited.audience {
        Some(Audience::Admin) => "platform",
        Some(Audience::Team) => "repositories",
        _ => "overview",
    };
    let title = pages::title(audited);
    html! {
        (begin(&title, &script, first))
        header {
            h1 { (safe(&title)) }
            p.of {
                "Held against " code { (safe(&audited.place_of_policy().file)) } " on " span.date { (audited.style.today) }
                @if let Some(team) = audited.team {
                    ". Only the repositories that team " strong { (safe(team)) } " owns."
                }
            }
            @if let Some(since) = since(audited) {
                p.of { (safe(&since)) }
            }
        }
    }
}

fn hash(text: &str) -> String {
    STANDARD.encode(Sha256::digest(text))
}

/// The way from one view to another.
fn views() -> Markup {
    html! {
        nav aria-label="Views" {
            a href="#overview" { "Overview" }
            a href="#platform" { "Platform" }
            a href="#repositories" { "Repositories" }
            a href="#findings" { "Findings" }
        }
    }
}

/// The views that the script fills.
fn found(audited: Audited<'_>) -> Markup {
    html! {
        section #filters aria-label="Filters" hidden {
            div.filters {
                label.wide { "Search" input #search type="search" autocomplete="off" spellcheck="false"; }
                @for (id, name) in [
                    ("team", "Team"), ("profile", "Profile"), ("severity", "Severity"), ("lens", "Lens"),
                    ("stage", "Step"), ("verdict", "Verdict"),
                ] {
                    label { (name) select id=(id) { option value="" { "all" } } }
                }
                button #clear type="button" { "Clear" }
            }
            p #count role="status" {}
        }
        section.view #repositories data-view="repositories" aria-labelledby="repositories-title" {
            h2 #repositories-title { "Repositories" }
            p.hint { "What is in a contributor's way first, one fix a line. Closed doors stop everybody." }
            div #fixes { noscript { p { "The findings are drawn by a script, which is switched off. " (safe(audited.elsewhere)) "." } } }
            div.pager #fixes-pager {}
        }
        section.view #findings data-view="findings" aria-labelledby="findings-title" {
            h2 #findings-title { "Findings" }
            div.scroll tabindex="0" role="region" aria-labelledby="findings-title" {
                table #table role="table" {
                    thead role="rowgroup" { tr role="row" {
                        @for (id, name) in [
                            ("severity", "Severity"), ("verdict", "Verdict"), ("subject", "Subject"),
                            ("setting", "Setting"), ("seen", "Seen"), ("wanted", "Wanted"),
                            ("origin", "Policy's line"), ("stage", "Step"), ("points", "Points"),
                        ] {
                            th scope="col" role="columnheader" { button type="button" data-sort=(id) { (name) } }
                        }
                    } }
                    tbody role="rowgroup" {}
                }
            }
            div.pager #table-pager {}
        }
    }
}

fn foot(audited: Audited<'_>, whole: bool) -> Markup {
    html! {
        footer {
            p {
                "About settings, and nobody's work: no team and no person is ranked, and of groups of fewer than "
                (crate::engine::FEWEST) " repositories nothing is said. Written by ispo-scm "
                (env!("CARGO_PKG_VERSION"))
                @if !whole { "; " (safe(audited.elsewhere)) }
                "."
            }
        }
    }
}

//! The packs as a page of documentation.

use std::io::{self, Write};

use super::packs::{Counts, asked, has, severities};
use super::settings_page::FORGES;
use crate::catalog::Catalog;
use crate::model::{Pack, Served};

const INTRODUCTION: &str = "\
<!-- Generated from policies/*.toml. Do not edit: run
     cargo run -- packs --format markdown > docs/packs.md -->

# Packs

A pack is a policy that comes with the program. A policy of your own extends one or several, and a line of
yours in the same place wins over a line of a pack:

```toml
version = 1
extends = [\"pack:innersource\"]

[repository]
allow_auto_merge = { unmanaged = true, why = \"our release train merges\" }
```

`ispo-scm packs` lists them, `ispo-scm packs show NAME` has one in a terminal (`--format toml` is the file
itself), and `ispo-scm packs find` asks a few questions and says which suit you, and what then has to be decided.

Each control has a name by which reports call it. The columns of the forges say where a setting tells whether
it is met; what no setting tells is listed below as a check by hand, and reports count it. Names of benchmarks
are theirs; all sentences are ours, and no conformity with a benchmark is certified.

No pack owns a collection completely: what it does not name is left alone. Where a severity is not that of the
benchmark, it is that of the catalogue ([settings.md](settings.md)). How packs are combined, and what becomes of
contradictions, is told in [policy.md](policy.md#several-files).

";

/// Writes the page of these packs.
///
/// # Errors
/// Those of the writer.
pub fn packs_page(out: &mut dyn Write, packs: &[Pack], catalog: &Catalog) -> io::Result<()> {
    out.write_all(INTRODUCTION.as_bytes())?;
    writeln!(out, "| pack | for | controls | GitHub | GitLab | by hand |\n|---|---|---|---|---|---|")?;
    for pack in packs {
        let Counts { controls, github, gitlab, by_hand } = Counts::of(pack, catalog);
        let (name, purpose) = (pack.name, pack.purpose);
        writeln!(out, "| [{name}](#{name}) | {purpose} | {controls} | {github} | {gitlab} | {by_hand} |")?;
    }
    packs.iter().try_for_each(|p| pack_page(out, p, catalog))
}

/// Writes the part of one pack.
///
/// # Errors
/// Those of the writer.
pub fn pack_page(out: &mut dyn Write, pack: &Pack, catalog: &Catalog) -> io::Result<()> {
    writeln!(out, "\n## {}\n\n{}.\n", pack.name, pack.purpose)?;
    let severities: Vec<String> = severities(pack).iter().map(|(s, n)| format!("{n} {s}")).collect();
    writeln!(out, "{}; {}.", Counts::of(pack, catalog).in_words(), severities.join(", "))?;
    if !pack.profiles.is_empty() {
        let profiles: Vec<String> = pack.profiles.iter().map(|p| format!("`{p}`")).collect();
        writeln!(out, "Types of project: {}.", profiles.join(", "))?;
    }
    writeln!(out, "\n| control | severity | what holds | GitHub | GitLab |\n|---|---|---|---|---|")?;
    for served in &pack.controls {
        let control = &served.control;
        let [github, gitlab] = FORGES.map(|(name, forge)| match has(served, catalog, forge) {
            true => "yes",
            false if by_hand_on(served, name) => "by hand",
            false => "—",
        });
        writeln!(
            out,
            "| `{}` | {} | {} | {github} | {gitlab} |",
            control.name, served.severity, control.title
        )?;
    }
    writeln!(out)?;
    pack.controls.iter().try_for_each(|served| one(out, served, catalog))
}

fn by_hand_on(served: &Served, forge: &str) -> bool {
    let only = served.control.forge.as_deref();
    served.control.check.is_some() && only.is_none_or(|only| forge.eq_ignore_ascii_case(only))
}

fn one(out: &mut dyn Write, served: &Served, catalog: &Catalog) -> io::Result<()> {
    let control = &served.control;
    let lenses: Vec<&str> = served.lenses.iter().map(|l| l.word()).collect();
    writeln!(out, "- **`{}`** ({}): {}.", control.name, lenses.join(" and "), control.title)?;
    if let Some(why) = &control.why {
        writeln!(out, "  Because {why}.")?;
    }
    if let Some(remedy) = &control.remedy {
        writeln!(out, "  Remedy: {remedy}.")?;
    }
    if let Some(check) = &control.check {
        writeln!(out, "  By hand: {}.", check.trim_end_matches('?'))?;
    }
    if let Some(pattern) = &control.pattern {
        writeln!(out, "  Pattern: [{}]({}).", pattern.name, pattern.link)?;
    }
    let mut asks: Vec<String> = served.asks.iter().map(|ask| asked(ask, catalog)).collect();
    asks.dedup();
    asks.iter().try_for_each(|ask| writeln!(out, "  - `{}`", ask.replace('`', "'")))
}

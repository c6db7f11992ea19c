//! The catalogue as a page of documentation: every row, under the scope or kind that it is of.

use std::io::{self, Write};

use crate::catalog::{
    Catalog, Combine, Decision, Effective, Endpoint, ForgeKind, Kind, Setting, Support, Then,
};
use crate::model::{SettingId, SubjectKind};

/// Both forges, as people write their names.
pub const FORGES: [(&str, ForgeKind); 2] = [("GitHub", ForgeKind::Github), ("GitLab", ForgeKind::Gitlab)];

const INTRODUCTION: &str = "\
<!-- Generated from src/catalog/rows/*.toml. Do not edit: run
     cargo run -- settings --format markdown > docs/settings.md -->

# Settings

Every setting that a policy can speak of. `ispo-scm settings KEY` shows the same in a terminal.
How a row is written, and how to add one, is in [catalogue.md](catalogue.md).

In the tables, *written* means that the row knows the request that changes the setting, and *read*
that it knows only where to read it. *Put together* means that it follows from the settings of other
rules, and a dash that the forge has no such setting. Below each table stands, for each setting and
forge: `graphql`, the path within the one composed query; `list`, a REST list that carries the
setting for many subjects; `read`, the REST document of one subject; `write`, the request that
changes it. After `::` stands the place in the document. Severity and lenses are what counts when a
policy does not say otherwise.

`plan` makes use of the requests that change a setting: of the subjects' own, of branches, of files and of
items of collections. It leaves a departure where a request would take away what nobody said, or where the forge
takes a number or a value that the policy does not have, and says so.

";

/// Writes the page of these settings.
///
/// # Errors
/// Those of the writer.
pub fn settings_page(out: &mut dyn Write, catalog: &Catalog, settings: &[&Setting]) -> io::Result<()> {
    out.write_all(INTRODUCTION.as_bytes())?;
    let groups = groups(settings);
    for (group, settings) in &groups {
        writeln!(out, "- [{group}](#{group}): {}", counted(settings.len()))?;
    }
    for (group, settings) in &groups {
        writeln!(out, "\n## `{group}`\n")?;
        match SubjectKind::from_word(group) {
            Some(_) => writeln!(out, "Settings of the {group} itself. In a policy: `[{group}]`.")?,
            None => catalog.kinds().filter(|k| *k.name == **group).try_for_each(|k| kind(out, k))?,
        }
        writeln!(out, "\n| setting | type | severity | GitHub | GitLab |\n|---|---|---|---|---|")?;
        for setting in settings {
            let [github, gitlab] = FORGES.map(|(_, forge)| standing(setting, forge));
            let (name, anchor) = (setting.name(), setting.key.replace('.', ""));
            let (ty, severity) = (setting.ty.word(), setting.severity);
            writeln!(out, "| [`{name}`](#{anchor}) | {ty} | {severity} | {github} | {gitlab} |")?;
        }
        settings.iter().try_for_each(|s| one(out, catalog, s))?;
    }
    Ok(())
}

/// Where a forge has a setting, label by label.
pub fn places(setting: &Setting, forge: ForgeKind) -> Vec<(&'static str, String)> {
    let Some(binding) = setting.on(forge).binding() else { return Vec::new() };
    let text = |e: &Option<Endpoint>| e.as_ref().map(ToString::to_string);
    let all = [
        ("graphql", binding.graphql.as_ref().map(ToString::to_string)),
        ("list", text(&binding.list)),
        ("read", text(&binding.rest)),
        ("write", text(&binding.write)),
        ("unwritable", binding.unwritable.as_ref().map(ToString::to_string)),
        ("permission", Some(binding.permission.to_string())),
        ("to write", Some(binding.write_permission.to_string()).filter(|_| binding.write.is_some())),
        ("tier", binding.tier.as_ref().map(ToString::to_string)),
        ("since", binding.since.as_ref().map(ToString::to_string)),
    ];
    all.into_iter().filter_map(|(label, text)| Some((label, text?))).collect()
}

/// Settings by group: the scopes first, then the kinds, each in the order given.
fn groups<'c>(settings: &[&'c Setting]) -> Vec<(&'c str, Vec<&'c Setting>)> {
    let mut groups: Vec<(&str, Vec<&Setting>)> = Vec::new();
    for setting in settings.iter().copied() {
        match groups.iter_mut().find(|(group, _)| *group == &*setting.group) {
            Some((_, settings)) => settings.push(setting),
            None => groups.push((&setting.group, vec![setting])),
        }
    }
    groups.sort_by_key(|(group, _)| SubjectKind::from_word(group).is_none());
    groups
}

fn counted(settings: usize) -> String {
    if settings == 1 { "1 setting".to_owned() } else { format!("{settings} settings") }
}

fn kind(out: &mut dyn Write, kind: &Kind) -> io::Result<()> {
    let of = kind.of.word();
    let name = &kind.name;
    let table = match kind.of {
        SubjectKind::Repository => format!("`[{name}.\"KEY\"]` or `[repository.{name}.\"KEY\"]`"),
        _ => format!("`[{of}.{name}.\"KEY\"]`"),
    };
    writeln!(out, "Of each {of}. {} Key: {}. In a policy: {table}.\n", kind.doc, kind.key)
}

/// What a table says of one forge.
fn standing(setting: &Setting, forge: ForgeKind) -> &'static str {
    match setting.on(forge) {
        Support::Bound(binding) if binding.write.is_some() => "written",
        Support::Bound(_) => "read",
        Support::Untold if setting.effective.is_some() && forge == ForgeKind::Github => "put together",
        Support::Lacking(_) | Support::Untold => "—",
    }
}

fn one(out: &mut dyn Write, catalog: &Catalog, setting: &Setting) -> io::Result<()> {
    let lenses: Vec<&str> = setting.lenses.iter().map(|l| l.word()).collect();
    writeln!(out, "\n### `{}`\n\n{}\n", setting.key, setting.doc)?;
    writeln!(
        out,
        "- {}, severity {}, for {}, stage {}, risk {}",
        setting.ty.word(),
        setting.severity,
        lenses.join(" and "),
        setting.stage,
        setting.risk
    )?;
    if !setting.values.is_empty() {
        writeln!(out, "- values: `{}`", setting.values.join("`, `"))?;
    }
    if let Some(effective) = &setting.effective {
        writeln!(out, "- {}", put_together(catalog, effective))?;
    }
    for decision in &setting.decides {
        writeln!(out, "- {}", decided(catalog, decision))?;
    }
    for sharing in setting.shares.iter() {
        for decision in &sharing.decides {
            let among = &catalog.get(sharing.among).key;
            let then = then(catalog, decision);
            writeln!(out, "- `{}` here decides for the repositories of `{among}`: {then}", decision.when)?;
        }
    }
    for (name, forge) in FORGES {
        match setting.on(forge) {
            Support::Untold => {}
            Support::Lacking(why) => writeln!(out, "- {name}: no such setting: {why}")?,
            Support::Bound(_) => {
                writeln!(out, "- {name}")?;
                for (label, text) in places(setting, forge) {
                    let code = matches!(label, "graphql" | "list" | "read" | "write");
                    let text = if code { format!("`{text}`") } else { text };
                    writeln!(out, "  - {label}: {text}")?;
                }
            }
        }
    }
    Ok(())
}

/// What a value of an organization makes of a setting of its repositories.
fn decided(catalog: &Catalog, decision: &Decision) -> String {
    let (then, when) = (then(catalog, decision), &decision.when);
    let of = if decision.outermost { ", of an outermost group" } else { "" };
    format!("`{when}` here{of} decides for all repositories beneath: {then}")
}

/// What repositories have then.
fn then(catalog: &Catalog, decision: &Decision) -> String {
    let own = &catalog.get(decision.of).key;
    match &decision.then {
        Then::Is(value) => format!("`{own}` is `{value}`"),
        Then::Has(item) => format!("`{own}` has `{item}`"),
    }
}

fn put_together(catalog: &Catalog, effective: &Effective) -> String {
    let how = match effective.combine {
        Combine::Most => "the largest",
        Combine::Any => "on if any is",
        Combine::All => "on only if all are",
        Combine::Union => "all items",
    };
    let key = |id: SettingId| format!("`{}`", catalog.get(id).key);
    let of = [effective.classic, effective.ruleset].into_iter().flatten().map(key);
    let against = effective.forbidden_by.map(|id| format!("off by {}", key(id)));
    let of: Vec<String> = of.chain(against).collect();
    let of = if of.is_empty() { "any rule that reaches the branch".to_owned() } else { of.join(", ") };
    let without = match &effective.unprotected {
        Some(value) => format!("a branch without rules has `{value}`"),
        None => "a branch without rules has none to speak of".to_owned(),
    };
    format!("GitHub: put together from {of} ({how}); {without}")
}

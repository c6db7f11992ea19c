//! Packs for people: the list of them, one control by control, and which to extend.

use std::io::{self, Write};

use super::safe_text::wrapped;
use super::settings_page::FORGES;
use crate::catalog::{Catalog, ForgeKind};
use crate::model::{
    Advice, Ask, Constraint, Decision, Layer, Pack, Served, SettingId, Severity, Side, SubjectKind, Value,
};

/// Whether a forge has a setting that a control is judged by.
pub(super) fn has(served: &Served, catalog: &Catalog, forge: ForgeKind) -> bool {
    served.asks.iter().any(|a| a.constraint.is_some() && catalog.get(a.setting).lacking_on(forge).is_none())
}

/// How a pack's controls come out: judged on GitHub, judged on GitLab, checked by hand somewhere.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Counts {
    /// All of them.
    pub(super) controls: usize,
    /// Those that settings of GitHub tell.
    pub(super) github: usize,
    /// Those that settings of GitLab tell.
    pub(super) gitlab: usize,
    /// Those that take a look by hand, on one of the forges or on both.
    pub(super) by_hand: usize,
}

impl Counts {
    /// Those of a pack.
    pub(super) fn of(pack: &Pack, catalog: &Catalog) -> Self {
        let on = |forge| pack.controls.iter().filter(|s| has(s, catalog, forge)).count();
        Self {
            controls: pack.controls.len(),
            github: on(ForgeKind::Github),
            gitlab: on(ForgeKind::Gitlab),
            by_hand: pack.controls.iter().filter(|s| s.control.check.is_some()).count(),
        }
    }

    /// In words, for a line.
    pub(super) fn in_words(self) -> String {
        let Self { controls, github, gitlab, by_hand } = self;
        let by_hand = if by_hand > 0 { format!(", {by_hand} by hand") } else { String::new() };
        format!("{controls} controls: {github} on GitHub, {gitlab} on GitLab{by_hand}")
    }
}

/// How many controls there are of each severity, the gravest first.
pub(super) fn severities(pack: &Pack) -> Vec<(Severity, usize)> {
    let of = |severity: &Severity| {
        let count = pack.controls.iter().filter(|s| s.severity == *severity).count();
        (count > 0).then_some((*severity, count))
    };
    Severity::ALL.iter().rev().filter_map(of).collect()
}

/// Where a line stands and what it asks, as a policy would name it.
pub(super) fn asked(ask: &Ask, catalog: &Catalog) -> String {
    let of = match &ask.layer {
        Layer::General => String::new(),
        layer => format!(", for {layer}"),
    };
    let wanted = ask.constraint.as_ref().map_or("unmanaged".to_owned(), Constraint::to_string);
    format!("{}: {wanted}{of}", named(ask.of, ask.setting, ask.key.as_deref(), catalog))
}

/// The same of many, what is asked of several layers once.
fn together(asks: &[Ask], catalog: &Catalog) -> Vec<String> {
    let mut all: Vec<(String, Vec<String>)> = Vec::new();
    for ask in asks {
        let wanted = asked(&Ask { layer: Layer::General, ..ask.clone() }, catalog);
        let place = match all.iter().position(|(known, _)| *known == wanted) {
            Some(place) => place,
            None => {
                all.push((wanted, Vec::new()));
                all.len() - 1
            }
        };
        let layer = if ask.layer == Layer::General { String::new() } else { ask.layer.to_string() };
        if !all[place].1.contains(&layer) {
            all[place].1.push(layer);
        }
    }
    let told = |(wanted, layers): (String, Vec<String>)| {
        // What is asked of everything is asked of each type, too.
        if layers.iter().any(String::is_empty) {
            return wanted;
        }
        let profiles: Vec<&str> = layers.iter().filter_map(|l| l.strip_prefix("profile ")).collect();
        match profiles.len() {
            2.. if profiles.len() == layers.len() => {
                format!("{wanted}, for profiles {}", profiles.join(", "))
            }
            _ => format!("{wanted}, for {}", layers.join(", ")),
        }
    };
    all.into_iter().map(told).collect()
}

/// A setting, with its item between brackets; where that is not a repository's, with the scope before it.
fn named(of: SubjectKind, setting: SettingId, key: Option<&str>, catalog: &Catalog) -> String {
    let setting = catalog.get(setting);
    let Some(key) = key else { return setting.key.to_string() };
    let scope = if of == SubjectKind::Repository { String::new() } else { format!("{}.", of.word()) };
    format!("{scope}{}[{key}].{}", setting.group, setting.name())
}

/// Writes what packs there are.
///
/// # Errors
/// Those of the writer.
pub fn packs_list(out: &mut dyn Write, packs: &[Pack], catalog: &Catalog, width: usize) -> io::Result<()> {
    for pack in packs {
        writeln!(out, "{}", pack.name)?;
        write_lines(out, pack.purpose, width, "    ")?;
        let counts = Counts::of(pack, catalog).in_words();
        let severities: Vec<String> = severities(pack).iter().map(|(s, n)| format!("{n} {s}")).collect();
        write_lines(out, &format!("{counts}; {}", severities.join(", ")), width, "    ")?;
    }
    writeln!(out)?;
    write_lines(
        out,
        "A policy begins with extends = [\"pack:NAME\"]. `packs show NAME` has one, `packs find` asks which suit you.",
        width,
        "",
    )
}

/// Writes one pack, control by control.
///
/// # Errors
/// Those of the writer.
pub fn pack_detail(out: &mut dyn Write, pack: &Pack, catalog: &Catalog, width: usize) -> io::Result<()> {
    writeln!(out, "{}\n", pack.name)?;
    write_lines(out, &format!("{}.", pack.purpose), width, "  ")?;
    write_lines(out, &format!("{}.", Counts::of(pack, catalog).in_words()), width, "  ")?;
    if !pack.profiles.is_empty() {
        let profiles: Vec<&str> = pack.profiles.iter().map(|p| &**p).collect();
        write_lines(out, &format!("Types of project: {}.", profiles.join(", ")), width, "  ")?;
    }
    writeln!(out, "\n  extends = [\"pack:{}\"]", pack.name)?;
    let (judged, by_hand): (Vec<_>, Vec<_>) = pack.controls.iter().partition(|s| !s.asks.is_empty());
    for served in judged {
        control(out, served, catalog, width)?;
    }
    if !by_hand.is_empty() {
        writeln!(out, "\nBy hand: no setting tells")?;
        by_hand.into_iter().try_for_each(|served| control(out, served, catalog, width))?;
    }
    Ok(())
}

fn control(out: &mut dyn Write, served: &Served, catalog: &Catalog, width: usize) -> io::Result<()> {
    let control = &served.control;
    let lenses: Vec<&str> = served.lenses.iter().map(|l| l.word()).collect();
    let forges: Vec<&str> =
        FORGES.iter().filter(|(_, f)| has(served, catalog, *f)).map(|(n, _)| *n).collect();
    let on = if forges.is_empty() { String::new() } else { format!(", {}", forges.join(" and ")) };
    writeln!(out)?;
    let head = format!("{} {} ({}{on})", served.severity, control.name, lenses.join(" and "));
    write_lines(out, &head, width, "")?;
    write_lines(out, &control.title, width, "    ")?;
    if let Some(why) = &control.why {
        write_lines(out, &format!("because {why}"), width, "    ")?;
    }
    for ask in together(&served.asks, catalog) {
        write_lines(out, &format!("asks {ask}"), width, "    ")?;
    }
    if let Some(remedy) = &control.remedy {
        write_lines(out, &format!("remedy: {remedy}"), width, "    ")?;
    }
    if let Some(check) = &control.check {
        let forge =
            FORGES.iter().find(|(name, _)| Some(name.to_lowercase().as_str()) == control.forge.as_deref());
        let on = forge.map_or(String::new(), |(name, _)| format!(" on {name}"));
        write_lines(out, &format!("by hand{on}: {check}"), width, "    ")?;
    }
    if let Some(pattern) = &control.pattern {
        write_lines(out, &format!("serves {}, {}", pattern.name, pattern.link), width, "    ")?;
    }
    Ok(())
}

/// Writes which packs to extend.
///
/// # Errors
/// Those of the writer.
pub fn advice(out: &mut dyn Write, advice: &Advice, catalog: &Catalog, width: usize) -> io::Result<()> {
    let reasons = |out: &mut dyn Write, title: &str, packs: &[(&'static str, String)]| {
        writeln!(out, "{title}\n")?;
        packs.iter().try_for_each(|(name, why)| write_lines(out, &format!("{name}: {why}"), width, "  "))
    };
    reasons(out, "Extend these", &advice.picks)?;
    writeln!(out)?;
    reasons(out, "Leave these for now", &advice.others)?;
    writeln!(out, "\nBegin your policy with\n")?;
    writeln!(out, "{}", snippet(advice, catalog).trim_end())?;
    if !advice.decisions.is_empty() {
        writeln!(out, "\nTo be decided: these packs want different things\n")?;
        for decision in &advice.decisions {
            to_decide(out, decision, catalog, width)?;
        }
    }
    if !advice.notes.is_empty() {
        writeln!(out, "\nNotes\n")?;
        advice.notes.iter().try_for_each(|note| write_lines(out, note, width, "  "))?;
    }
    Ok(())
}

fn to_decide(out: &mut dyn Write, decision: &Decision, catalog: &Catalog, width: usize) -> io::Result<()> {
    let name = named(decision.of, decision.setting, decision.key.as_deref(), catalog);
    writeln!(out, "  {name}")?;
    for (i, side) in decision.sides.iter().enumerate() {
        let said = if decision.answered == Some(i) { ", as your answers say" } else { "" };
        let why = side.why.as_ref().map_or(String::new(), |why| format!(": {why}"));
        let of = if side.layer == Layer::General { String::new() } else { format!(" for {}", side.layer) };
        let text = format!("{} wants {}{of}{said}{why}", side.pack, side.constraint);
        write_lines(out, &text, width, "    ")?;
    }
    Ok(())
}

/// The beginning of a policy that extends what is advised, with a line for each decision: what the answers
/// decide is written, and what they leave open is a remark.
pub fn snippet(advice: &Advice, catalog: &Catalog) -> String {
    let picks: Vec<String> = advice.picks.iter().map(|(name, _)| format!("\"pack:{name}\"")).collect();
    let mut text = format!("version = 1\nextends = [{}]\n", picks.join(", "));
    let mut tables: Vec<(String, Vec<String>)> = Vec::new();
    for decision in &advice.decisions {
        let setting = catalog.get(decision.setting);
        let header = match (&decision.key, decision.of) {
            (Some(key), SubjectKind::Repository) => format!("{}.\"{key}\"", setting.group),
            (Some(key), of) => format!("{}.{}.\"{key}\"", of.word(), setting.group),
            (None, of) => of.word().to_owned(),
        };
        let [one, other] = &decision.sides;
        let line = match decision.answered.and_then(|i| decision.sides.get(i)) {
            Some(side) => {
                format!("{} = {{ {}, why = \"decided for {}\" }}", setting.name(), tests(side), side.pack)
            }
            None => format!(
                "# {} = decide: {} ({}) or {} ({})",
                setting.name(),
                one.constraint,
                one.pack,
                other.constraint,
                other.pack
            ),
        };
        match tables.iter_mut().find(|(h, _)| *h == header) {
            Some((_, lines)) if lines.contains(&line) => {}
            Some((_, lines)) => lines.push(line),
            None => tables.push((header, vec![line])),
        }
    }
    for (header, lines) in tables {
        text += &format!("\n[{header}]\n{}\n", lines.join("\n"));
    }
    text
}

/// What a side accepts, as the tests of a policy's line.
fn tests(side: &Side) -> String {
    let json = side.constraint.to_json();
    let tests = json.as_object().into_iter().flatten();
    let tests = tests.filter_map(|(test, value)| Some(format!("{test} = {}", Value::from_json(value)?)));
    tests.collect::<Vec<_>>().join(", ")
}

fn write_lines(out: &mut dyn Write, text: &str, width: usize, indent: &str) -> io::Result<()> {
    wrapped(text, width, indent).iter().try_for_each(|line| writeln!(out, "{line}"))
}

//! `settings`: the catalogue, to browse.

use std::io::{self, Write};

use clap::ValueEnum;
use miette::{IntoDiagnostic, Result, miette};
use serde_json::{Value as Json, json};

use super::exit::Exit;
use super::terminal;
use crate::catalog::{Catalog, ForgeKind, Setting, Support, nearest};
use crate::model::NameGlob;
use crate::report::{FORGES, places, settings_page, wrapped};

/// Arguments of `settings`.
#[derive(Debug, clap::Args)]
pub(super) struct Settings {
    /// A key, the beginning of one, or a glob: `repository.topics`, `branch`, `*.allow_*`
    key: Option<String>,
    /// How to show them
    #[arg(long, value_enum, default_value = "human")]
    format: Format,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
enum Format {
    /// For a terminal
    Human,
    /// For machines
    Json,
    /// As a page of documentation; without a key it is docs/settings.md
    Markdown,
}

impl Settings {
    pub(super) fn run(self) -> Result<Exit> {
        let catalog = Catalog::built_in().into_diagnostic()?;
        let found = self.found(&catalog);
        if found.is_empty() {
            let key = self.key.unwrap_or_default();
            let near = nearest(&key, catalog.settings().map(|s| &*s.key));
            let help = near.map_or_else(
                || "`ispo-scm settings` lists them all".to_owned(),
                |n| format!("did you mean `{n}`?"),
            );
            return Err(miette!(code = "settings::unknown", help = help, "there is no setting `{key}`"));
        }
        terminal::show(|out| match self.format {
            Format::Json => {
                let all: Vec<Json> = found.iter().map(|s| as_json(&catalog, s)).collect();
                writeln!(out, "{}", serde_json::to_string_pretty(&all)?)
            }
            Format::Markdown => settings_page(out, &catalog, &found),
            Format::Human => match found.as_slice() {
                [one] => detail(out, &catalog, one),
                many => list(out, many),
            },
        })?;
        Ok(Exit::AsWanted)
    }

    fn found<'c>(&self, catalog: &'c Catalog) -> Vec<&'c Setting> {
        let Some(key) = self.key.as_deref() else { return catalog.settings().collect() };
        if let Some(setting) = catalog.find(key) {
            return vec![setting];
        }
        let glob = NameGlob::new(key).ok();
        let below = format!("{}.", key.trim_end_matches('.'));
        let matches =
            |s: &&Setting| s.key.starts_with(&below) || glob.as_ref().is_some_and(|g| g.matches(&s.key));
        catalog.settings().filter(matches).collect()
    }
}

fn list(out: &mut dyn Write, settings: &[&Setting]) -> io::Result<()> {
    let width = terminal::width();
    for setting in settings {
        writeln!(out, "{} ({})", setting.key, setting.ty.word())?;
        for line in wrapped(&setting.doc, width, "    ") {
            writeln!(out, "{line}")?;
        }
    }
    writeln!(out, "\n{} settings; name one to see where it is read and written", settings.len())
}

fn detail(out: &mut dyn Write, catalog: &Catalog, setting: &Setting) -> io::Result<()> {
    let width = terminal::width();
    writeln!(out, "{}\n", setting.key)?;
    for line in wrapped(&setting.doc, width, "  ") {
        writeln!(out, "{line}")?;
    }
    let lenses: Vec<&str> = setting.lenses.iter().map(|l| l.word()).collect();
    writeln!(out, "\n  type      {}", setting.ty.word())?;
    if !setting.values.is_empty() {
        let values = wrapped(&setting.values.join(", "), width, "            ");
        writeln!(out, "  values    {}", values.join("\n").trim_start())?;
    }
    writeln!(out, "  severity  {}", setting.severity)?;
    writeln!(out, "  lenses    {}", lenses.join(" and "))?;
    writeln!(out, "  stage     {}", setting.stage)?;
    writeln!(out, "  risk      {}", setting.risk)?;
    if let Some(kind) = catalog.kinds().find(|k| k.name == setting.group) {
        writeln!(out, "  key       {}", kind.key)?;
    }
    for (name, forge) in FORGES {
        match setting.on(forge) {
            Support::Untold if setting.effective.is_some() => {
                writeln!(out, "\n  {name}: put together from the rules that reach the branch")?
            }
            Support::Untold => writeln!(out, "\n  {name}: has no such setting")?,
            Support::Lacking(why) => writeln!(out, "\n  {name}: {why}")?,
            Support::Bound(_) => {
                writeln!(out, "\n  {name}")?;
                for (label, text) in places(setting, forge) {
                    let lines = wrapped(&text, width, "                ");
                    writeln!(out, "    {label:<10}  {}", lines.join("\n").trim_start())?;
                }
            }
        }
    }
    Ok(())
}

fn as_json(catalog: &Catalog, setting: &Setting) -> Json {
    let forge = |forge| match setting.on(forge) {
        Support::Untold => Json::Null,
        Support::Lacking(why) => json!({ "unsupported": why }),
        Support::Bound(b) => json!({
            "read": b.rest.as_ref().or(b.list.as_ref()).map(ToString::to_string),
            "list": b.list.as_ref().map(ToString::to_string),
            "graphql": b.graphql.as_ref().map(ToString::to_string),
            "write": b.write.as_ref().map(ToString::to_string),
            "unwritable": b.unwritable,
            "permission": b.permission,
            "write_permission": b.write.as_ref().map(|_| &b.write_permission),
            "tier": b.tier,
            "since": b.since,
        }),
    };
    json!({
        "key": setting.key,
        "doc": setting.doc,
        "type": setting.ty.word(),
        "values": setting.values,
        "severity": setting.severity.word(),
        "lenses": setting.lenses.iter().map(|l| l.word()).collect::<Vec<_>>(),
        "stage": setting.stage.word(),
        "risk": setting.risk.word(),
        "keyed_by": catalog.kinds().find(|k| k.name == setting.group).map(|k| &k.key),
        "derived": setting.effective.is_some(),
        "github": forge(ForgeKind::Github),
        "gitlab": forge(ForgeKind::Gitlab),
    })
}

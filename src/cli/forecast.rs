//! `audit --explain-reads`: what would be read, what of it cannot be seen, and what it costs.

use std::io::{self, Write};
use std::sync::Arc;

use miette::Result;

use super::exit::Exit;
use super::reading::Reading;
use super::terminal;
use crate::catalog::{Catalog, Demand};
use crate::model::Observed;
use crate::run::{Blind, GithubPlace, GitlabPreflight, Place, Preflight, REST_AN_HOUR};

/// Prints the forecast of every place. Each organization is asked who asks and how large it is, and
/// nothing else.
pub(super) fn show(places: &[Place], catalog: &Catalog, demand: &Demand) -> Result<Exit> {
    let reading = Reading::plain()?;
    let whole = Arc::new(demand.clone());
    let narrow = |_: &Observed| Arc::clone(&whole);
    let live = reading.live(catalog, demand, &narrow);
    let preflights: Vec<_> = places
        .iter()
        .map(|place| match place {
            Place::Github { name, url, organizations, enterprise } => {
                let (url, enterprise) = (url.as_deref(), enterprise.as_deref());
                reading.wait(live.preflight(&GithubPlace { name, url, organizations, enterprise }))
            }
            _ => Vec::new(),
        })
        .collect();
    let of_groups: Vec<_> = places
        .iter()
        .map(|place| match place {
            Place::Gitlab { name, url, groups, .. } => {
                reading.wait(live.gitlab_preflight(name, url.as_deref(), groups))
            }
            _ => Vec::new(),
        })
        .collect();
    terminal::show(|out| {
        let keyed: usize = demand.kinds.values().map(|k| k.settings.len()).sum();
        let (settings, kinds) = (demand.settings.len() + keyed, demand.kinds.len());
        writeln!(out, "The policy needs {settings} settings, {kinds} collections among them.")?;
        for ((place, preflights), of_groups) in places.iter().zip(&preflights).zip(&of_groups) {
            match place {
                Place::Snapshot { path, .. } => {
                    writeln!(out, "\n{}: a file, read once; no requests", path.display())?
                }
                Place::Gitlab { .. } => {
                    of_groups.iter().try_for_each(|(address, preflight)| group(out, address, preflight))?
                }
                Place::Github { .. } => {
                    preflights.iter().try_for_each(|(address, preflight)| one(out, address, preflight))?
                }
            }
        }
        Ok(())
    })?;
    Ok(Exit::AsWanted)
}

fn one(out: &mut dyn Write, address: &str, preflight: &Result<Preflight, String>) -> io::Result<()> {
    let Preflight { introduction, forecast: cost, each_item, blind, wanted } = match preflight {
        Ok(preflight) => preflight,
        Err(why) => {
            writeln!(out)?;
            return line(out, &format!("{address}: cannot be read ({why})"), "  ");
        }
    };
    let hours = (cost.rest / REST_AN_HOUR).max(cost.points / 5000);
    let time = match (introduction.points_left, hours) {
        (None, _) => "this server has no limits".to_owned(),
        (Some(_), 0) => "within one hour's budget".to_owned(),
        (Some(_), hours) => format!("about {} hours at 5,000 an hour", hours + 1),
    };
    writeln!(out, "\n{address}: {} repositories", introduction.repositories)?;
    let costs = format!(
        "  at the most {} REST requests, about {} GraphQL requests, {} points; {time}",
        cost.rest, cost.graphql, cost.points
    );
    line(out, &costs, "    ")?;
    if !each_item.is_empty() {
        line(out, &format!("  besides, a request or more for each {}", each_item.join(", ")), "    ")?;
    }
    let who = if introduction.login.is_empty() { "somebody" } else { &introduction.login };
    let role = match introduction.owner {
        Some(true) => ", an owner of the organization",
        Some(false) => ", no owner of the organization",
        None => "",
    };
    line(out, &format!("  asked by {who}{role}, with {}", introduction.rights), "    ")?;
    let (partly, never): (Vec<&Blind>, Vec<&Blind>) = blind.iter().partition(|b| b.partly);
    let seen = wanted - never.len();
    writeln!(out, "  {seen} of {wanted} settings can be seen")?;
    list(out, "cannot be seen with it:", &never)?;
    list(out, "seen only of repositories that it administers:", &partly)
}

/// A GitLab group: what it costs, who asks, and what cannot be seen.
fn group(out: &mut dyn Write, address: &str, preflight: &Result<GitlabPreflight, String>) -> io::Result<()> {
    let GitlabPreflight { introduction, standing, projects, cost, blind, wanted } = match preflight {
        Ok(preflight) => preflight,
        Err(why) => {
            writeln!(out)?;
            return line(out, &format!("{address}: cannot be read ({why})"), "  ");
        }
    };
    let size = projects.map_or("more than 10,000".to_owned(), |n| n.to_string());
    writeln!(out, "\n{address}: {size} projects")?;
    let costs = format!("  at the most {} REST requests, about {} GraphQL requests", cost.rest, cost.graphql);
    let each = match cost.each {
        0 => String::new(),
        each => format!("; {each} of each project that needs them"),
    };
    line(out, &format!("{costs}{each}; the groups themselves besides"), "    ")?;
    let who = if standing.username.is_empty() { "somebody" } else { &standing.username };
    let version = introduction.version.map_or("not told".to_owned(), |v| v.to_string());
    let scopes = introduction.scopes.as_ref().map_or("not told".to_owned(), |s| s.join(", "));
    let ends = introduction.expires.as_ref().map(|day| format!(", which ends on {day}")).unwrap_or_default();
    let role = standing.role();
    line(out, &format!("  asked by {who}, {role}, with a token of the scopes {scopes}{ends}"), "    ")?;
    line(out, &format!("  the server's version is {version}"), "    ")?;
    let (partly, never): (Vec<&Blind>, Vec<&Blind>) = blind.iter().partition(|b| b.partly);
    let seen = wanted - never.len();
    writeln!(out, "  {seen} of {wanted} settings can be seen")?;
    list(out, "cannot be seen with it:", &never)?;
    list(out, "seen only of projects in which its role is stronger:", &partly)
}

/// A sentence, folded for the terminal.
fn line(out: &mut dyn Write, text: &str, indent: &str) -> io::Result<()> {
    let options = textwrap::Options::new(terminal::width()).subsequent_indent(indent);
    textwrap::wrap(text, options).iter().try_for_each(|folded| writeln!(out, "{folded}"))
}

/// Settings by the permission that they take.
fn list(out: &mut dyn Write, title: &str, blind: &[&Blind]) -> io::Result<()> {
    if blind.is_empty() {
        return Ok(());
    }
    writeln!(out, "  {title}")?;
    let mut permissions: Vec<&str> = blind.iter().map(|b| b.permission.as_str()).collect();
    permissions.sort_unstable();
    permissions.dedup();
    for permission in permissions {
        line(out, &format!("    needs {permission}"), "      ")?;
        for Blind { key, .. } in blind.iter().filter(|b| b.permission == permission) {
            writeln!(out, "      {key}")?;
        }
    }
    Ok(())
}

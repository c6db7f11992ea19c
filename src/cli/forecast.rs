//! `audit --explain-reads`: what would be read, before it is.

use std::io::{self, Write};
use std::sync::Arc;

use miette::Result;

use super::exit::Exit;
use super::reading::Reading;
use super::terminal;
use crate::catalog::{Catalog, Demand};
use crate::model::Observed;
use crate::run::{Place, forecast};

/// Prints the forecast of every place. The size of each organization is asked for, and nothing else.
pub(super) fn show(places: &[Place], catalog: &Catalog, demand: &Demand) -> Result<Exit> {
    let sizes = sizes(places, catalog, demand)?;
    terminal::show(|out| {
        let keyed: usize = demand.kinds.values().map(|k| k.settings.len()).sum();
        let (settings, kinds) = (demand.settings.len() + keyed, demand.kinds.len());
        writeln!(out, "The policy needs {settings} settings, {kinds} collections among them.\n")?;
        for place in places {
            match place {
                Place::Snapshot { path, .. } => {
                    writeln!(out, "{}: a file, read once; no requests", path.display())?
                }
                Place::Gitlab { name, .. } => {
                    writeln!(out, "forge {name}: GitLab is read from snapshots in this release")?
                }
                Place::Github { name, organizations, .. } => {
                    for organization in organizations {
                        let address = format!("{name}:{organization}");
                        let size = sizes.iter().find(|(a, _)| *a == address).map(|(_, s)| s);
                        one(out, catalog, demand, &address, size)?;
                    }
                }
            }
        }
        Ok(())
    })?;
    Ok(Exit::AsWanted)
}

fn one(
    out: &mut dyn Write,
    catalog: &Catalog,
    demand: &Demand,
    address: &str,
    size: Option<&Result<u64, String>>,
) -> io::Result<()> {
    let (count, said) = match size {
        Some(Ok(count)) => (*count, format!("{count} repositories")),
        Some(Err(why)) => (100, format!("its size is unknown ({why}); for each hundred repositories")),
        None => (100, "for each hundred repositories".to_owned()),
    };
    let cost = match forecast(catalog, demand, count) {
        Ok(cost) => cost,
        Err(clash) => return writeln!(out, "{address}: {clash}"),
    };
    // An hour allows 5,000 of each; what is over that waits for the next.
    let hours = (cost.rest / 5000).max(cost.points / 5000);
    let time = if hours == 0 {
        "within one hour's budget".to_owned()
    } else {
        format!("about {} hours at 5,000 an hour", hours + 1)
    };
    writeln!(
        out,
        "{address}: {said}: about {} REST requests, {} GraphQL requests, {} points; {time}",
        cost.rest, cost.graphql, cost.points
    )
}

/// The number of repositories of each organization, or why it is not known.
fn sizes(places: &[Place], catalog: &Catalog, demand: &Demand) -> Result<Vec<(String, Result<u64, String>)>> {
    let reading = Reading::plain()?;
    let whole = Arc::new(demand.clone());
    let narrow = |_: &Observed| Arc::clone(&whole);
    let live = reading.live(catalog, demand, &narrow);
    let mut sizes = Vec::new();
    for place in places {
        if let Place::Github { name, url, organizations } = place {
            let counted = reading.wait(live.sizes(url.as_deref(), organizations));
            for (organization, size) in organizations.iter().zip(counted) {
                sizes.push((format!("{name}:{organization}"), size));
            }
        }
    }
    Ok(sizes)
}

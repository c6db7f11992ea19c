//! `audit --shard`: one part of a run, kept in a file; and `report merge`, which tells what all parts come to.

use std::fs::File;
use std::io::{BufWriter, Write};
use std::path::{Path, PathBuf};

use miette::{IntoDiagnostic, Result, WrapErr, miette};
use sha2::{Digest, Sha256};

use super::audit::{Audit, servers};
use super::exit::Exit;
use super::keeping::{Keeper, Keeping};
use super::manner::Asks;
use super::reading::Reading;
use super::task::{Task, Telling, known_team};
use super::{opening, terminal, whole_file};
use crate::catalog::Catalog;
use crate::forge::snapshot::Header;
use crate::model::Observed;
use crate::run::{
    Auditor, Outcome, Place, Shard, ShardHeader, ShardWriter, Shards, Unread, wanted, wanted_for_a_portal,
    wanted_for_journeys, wanted_of_snapshot,
};

/// Reads one shard into its file.
///
/// # Errors
/// When something cannot be used, read or written.
pub(super) fn read(audit: &Audit, shard: Shard, out: &Path) -> Result<Exit> {
    if audit.telling.is_any() {
        let help = "leave reports, --baseline and --fail-on to `ispo-scm report merge`, which has all shards";
        return Err(miette!(code = "shard::report", help = help, "a shard is not told by itself"));
    }
    whole_file::check(out)?;
    let mut catalog = Catalog::built_in().into_diagnostic()?;
    let Some(policy) = opening::policy(&audit.path, &mut catalog) else { return Ok(Exit::Error) };
    let Some(only) = opening::only(audit.only.as_deref(), &catalog) else { return Ok(Exit::Error) };
    let Some(portal) = opening::only(Some(&audit.portal), &catalog) else { return Ok(Exit::Error) };
    let team = audit.team.as_deref().map(|team| known_team(&policy, team)).transpose()?;
    let places = audit.places(&policy)?;
    // Whatever will be told of all shards has to be read now.
    let mut demand = wanted_for_journeys(wanted(&policy, &catalog, only.as_ref()), &catalog);
    if let Some(portal) = &portal {
        demand = wanted_for_a_portal(demand, portal, &catalog);
    }
    let auditor = Auditor::new(&policy, &catalog, audit.today(), true, only.as_ref()).of_shard(shard);
    let auditor = match team {
        Some(team) => auditor.of_team(team),
        None => auditor,
    };
    let mut header = ShardHeader::new(shard, policy.digest.clone(), audit.today());
    header.policy = audit.path.display().to_string();
    header.all = audit.all;
    header.only.clone_from(&audit.only);
    header.team.clone_from(&audit.team);
    header.portal.clone_from(&audit.portal);
    header.replaces = audit.from.replaces();
    header.places = places.iter().map(place).collect();
    header.servers = servers(&places);
    // What was there before stays until the new one is whole.
    let unfinished = PathBuf::from(format!("{}.unfinished", out.display()));
    let cannot = || format!("{} cannot be written", out.display());
    let file = File::create(&unfinished).into_diagnostic().wrap_err_with(cannot)?;
    let begun = ShardWriter::begin(BufWriter::new(file), &catalog, &header);
    let mut writer = begun.into_diagnostic().wrap_err_with(cannot)?;
    let asks = Asks { verb: "shard", policy: &policy.digest, what: &(&header, &demand) };
    let reading = Reading::new(&audit.manner, &asks)?;
    let mut outcome = Outcome::default();
    let of_snapshots = wanted_of_snapshot(&demand, &catalog);
    let narrow = |observed: &Observed| auditor.narrow(observed);
    let live = reading.live(&catalog, &demand, &narrow);
    let keeping = Keeping { places: &places, of_snapshots: &of_snapshots, live: &live, taken: None };
    let read = keeping.by(&mut writer, &reading, &mut outcome);
    drop(live);
    let stopped = reading.end();
    if read.is_err() || stopped.is_some() {
        // It would be taken for a whole one.
        let _ = std::fs::remove_file(&unfinished);
        return read.map(|()| stopped.unwrap_or(Exit::Error));
    }
    let subjects = writer.end(&outcome).into_diagnostic().wrap_err_with(cannot)?;
    std::fs::rename(&unfinished, out).into_diagnostic().wrap_err_with(cannot)?;
    for Unread { address, why } in &outcome.unread {
        terminal::warn(&format!("{address} was not read: {why}"));
    }
    terminal::say(&format!("{}: shard {shard}, {subjects} subjects", out.display()))?;
    Ok(Exit::AsWanted)
}

/// Whether a place is live, and a digest of where it is.
fn place(place: &Place) -> (bool, String) {
    let digest = format!("{:x}", Sha256::digest(format!("{place:?}")));
    (!matches!(place, Place::Snapshot { .. }), digest)
}

impl<W: Write> Keeper for ShardWriter<'_, W> {
    fn next_place(&mut self, place: usize) {
        self.next_place(place);
    }

    fn forge(&mut self, header: &Header) {
        self.forge(header);
    }

    fn subject(&mut self, observed: &Observed) {
        self.subject(observed);
    }
}

/// Arguments of `report`.
#[derive(Debug, clap::Args)]
pub(super) struct Report {
    #[command(subcommand)]
    verb: Verb,
}

#[derive(Debug, clap::Subcommand)]
enum Verb {
    /// Tell what all shards of a run come to, as one run would
    Merge(Merge),
}

/// Arguments of `report merge`.
#[derive(Debug, clap::Args)]
struct Merge {
    /// The files of all shards, in any order
    #[arg(required = true, value_name = "FILE")]
    shards: Vec<PathBuf>,
    /// The policy, where it is not at the path that the shards were read with
    #[arg(long, value_name = "PATH")]
    policy: Option<PathBuf>,
    #[command(flatten)]
    telling: Telling,
}

impl Report {
    pub(super) fn run(self) -> Result<Exit> {
        let Verb::Merge(merge) = self.verb;
        let shards = Shards::read(&merge.shards)?;
        let header = &shards.header;
        let path = merge.policy.unwrap_or_else(|| PathBuf::from(&header.policy));
        let task = Task {
            path: &path,
            team: header.team.as_deref(),
            portal: &header.portal,
            all: header.all,
            only: header.only.as_deref(),
            today: header.today,
            replaces: header.replaces,
            telling: &merge.telling,
        };
        task.run(
            |policy| {
                if policy.digest != header.policy_digest {
                    let help = "put back the policy that the shards were read with, or read them again";
                    let what =
                        format!("the policy {} is not what it was when the shards were read", path.display());
                    return Err(miette!(code = "shard::policy", help = help, "{what}"));
                }
                Ok(header.servers.clone())
            },
            |asked, outcome| {
                shards.judge(asked.auditor, asked.catalog, asked.demand, outcome)?;
                Ok(None)
            },
        )
    }
}

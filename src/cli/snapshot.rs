//! `snapshot`: what a forge says, kept in a file.

use std::fs::File;
use std::io::{BufWriter, Write};
use std::path::PathBuf;
use std::sync::Arc;

use miette::{IntoDiagnostic, Result, WrapErr};

use super::audit::From;
use super::exit::Exit;
use super::keeping::{Keeper, Keeping};
use super::manner::{Asks, Manner};
use super::reading::Reading;
use super::{opening, terminal, whole_file};
use crate::catalog::Catalog;
use crate::forge::snapshot::{Gap, Header, write_gap, write_header, write_subject};
use crate::model::Observed;
use crate::run::{
    Outcome, Unread, everything, serves_openness, sources, wanted, wanted_for_journeys, wanted_to_plan,
};

/// Arguments of `snapshot`.
#[derive(Debug, clap::Args)]
pub(super) struct Snapshot {
    /// The policy file, or a folder with a policy.toml: it says what to read
    #[arg(default_value = ".")]
    path: PathBuf,
    #[command(flatten)]
    from: From,
    /// The file to write
    #[arg(long, value_name = "FILE")]
    out: PathBuf,
    /// Read everything that comes in bulk, not only what the policy asks
    #[arg(long)]
    everything: bool,
    #[command(flatten)]
    manner: Manner,
}

impl Snapshot {
    pub(super) fn run(self) -> Result<Exit> {
        whole_file::check(&self.out)?;
        let mut catalog = Catalog::built_in().into_diagnostic()?;
        let Some(policy) = opening::policy(&self.path, &mut catalog) else { return Ok(Exit::Error) };
        let places = sources(&policy, &self.from.sources())?;
        // Whoever has the file may plan from it.
        let mut demand = wanted_to_plan(wanted(&policy, &catalog, None), &catalog);
        if serves_openness(&policy, &catalog) {
            demand = wanted_for_journeys(demand, &catalog);
        }
        if self.everything {
            demand.extend(everything(&catalog));
        }
        // What is there already stays whole until the new one is.
        let unfinished = self.out.with_extension("unfinished");
        let cannot = || format!("{} cannot be written", self.out.display());
        let file = File::create(&unfinished).into_diagnostic().wrap_err_with(cannot)?;
        let out = BufWriter::new(file);
        let mut writer = Writer { out, catalog: &catalog, forge: None, subjects: 0, failed: None };
        let asks = Asks { verb: "snapshot", policy: &policy.digest, what: &(&places, self.everything) };
        let reading = Reading::new(&self.manner, &asks)?;
        let whole = Arc::new(demand.clone());
        let narrow = |_: &Observed| Arc::clone(&whole);
        let live = reading.live(&catalog, &demand, &narrow);
        let taken = Some(chrono::Local::now().date_naive().to_string());
        let keeping = Keeping { places: &places, of_snapshots: &demand, live: &live, taken };
        let mut outcome = Outcome::default();
        keeping.by(&mut writer, &reading, &mut outcome)?;
        drop(live);
        let unread = outcome.unread;
        if let Some(stopped) = reading.end() {
            drop(writer);
            // It would be taken for a whole one; what it lacks nobody could tell.
            let _ = std::fs::remove_file(&unfinished);
            return Ok(stopped);
        }
        unread.iter().for_each(|u| writer.gap(u));
        if let Some(error) = writer.failed.take() {
            return Err(error).into_diagnostic().wrap_err_with(cannot);
        }
        writer.out.flush().into_diagnostic().wrap_err_with(cannot)?;
        let subjects = writer.subjects;
        std::fs::rename(&unfinished, &self.out).into_diagnostic().wrap_err_with(cannot)?;
        for Unread { address, why } in &unread {
            terminal::say(&format!("{address} was not read: {why}"))?;
        }
        terminal::say(&format!("{}: {subjects} subjects", self.out.display()))?;
        Ok(match (subjects, unread.is_empty()) {
            (0, false) => Exit::Error,
            (_, false) => Exit::Unknown,
            (_, true) => Exit::AsWanted,
        })
    }
}

struct Writer<'c> {
    out: BufWriter<File>,
    catalog: &'c Catalog,
    /// The forge that subjects are of.
    forge: Option<Header>,
    subjects: u64,
    failed: Option<std::io::Error>,
}

impl Keeper for Writer<'_> {
    fn next_place(&mut self, _: usize) {
        self.forge = None;
    }

    fn forge(&mut self, header: &Header) {
        if self.failed.is_none() && self.forge.as_ref() != Some(header) {
            self.forge = Some(header.clone());
            self.failed = write_header(&mut self.out, header).err();
        }
    }

    fn subject(&mut self, observed: &Observed) {
        if self.failed.is_none() {
            self.subjects += 1;
            self.failed = write_subject(&mut self.out, self.catalog, observed).err();
        }
    }
}

impl Writer<'_> {
    fn gap(&mut self, Unread { address, why }: &Unread) {
        if self.failed.is_none() {
            let gap = Gap { address: address.clone(), why: why.clone() };
            self.failed = write_gap(&mut self.out, &gap).err();
        }
    }
}

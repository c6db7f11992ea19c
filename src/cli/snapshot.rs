//! `snapshot`: what a forge says, kept in a file.

use std::fs::File;
use std::io::{BufWriter, Write};
use std::path::PathBuf;
use std::sync::Arc;

use miette::{IntoDiagnostic, Result, WrapErr};

use super::audit::From;
use super::exit::Exit;
use super::manner::{Asks, Manner};
use super::reading::Reading;
use super::{opening, terminal};
use crate::catalog::{Catalog, Demand, ForgeKind};
use crate::forge::snapshot::{Gap, Header, LineReader, for_each, write_gap, write_header, write_subject};
use crate::model::Observed;
use crate::run::{
    Outcome, Place, Unread, everything, serves_openness, sources, wanted, wanted_for_journeys, wanted_to_plan,
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
        let cannot = || format!("{} cannot be written", unfinished.display());
        let file = File::create(&unfinished).into_diagnostic().wrap_err_with(cannot)?;
        let mut writer = Writer { out: BufWriter::new(file), catalog: &catalog, subjects: 0, failed: None };
        let asks = Asks { verb: "snapshot", policy: &policy.digest, what: &(&places, self.everything) };
        let reading = Reading::new(&self.manner, &asks)?;
        let unread = writer.all(&places, &demand, &reading)?;
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
        std::fs::rename(&unfinished, &self.out)
            .into_diagnostic()
            .wrap_err_with(|| format!("{} cannot be written", self.out.display()))?;
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
    subjects: u64,
    failed: Option<std::io::Error>,
}

impl Writer<'_> {
    fn subject(&mut self, observed: &Observed) {
        if self.failed.is_none() {
            self.subjects += 1;
            self.failed = write_subject(&mut self.out, self.catalog, observed).err();
        }
    }

    fn gap(&mut self, Unread { address, why }: &Unread) {
        if self.failed.is_none() {
            let gap = Gap { address: address.clone(), why: why.clone() };
            self.failed = write_gap(&mut self.out, &gap).err();
        }
    }

    fn header(&mut self, forge: &Arc<str>, kind: ForgeKind, taken: Option<String>) {
        if self.failed.is_none() {
            self.failed = write_header(&mut self.out, &Header::new(Arc::clone(forge), kind, taken)).err();
        }
    }

    fn all(&mut self, places: &[Place], demand: &Demand, reading: &Reading) -> Result<Vec<Unread>> {
        let whole = Arc::new(demand.clone());
        let narrow = |_: &Observed| Arc::clone(&whole);
        let live = reading.live(self.catalog, demand, &narrow);
        let mut outcome = Outcome::default();
        let today = chrono::Local::now().date_naive().to_string();
        for place in places {
            match place {
                Place::Snapshot { name, path } => {
                    let reader = LineReader::new(self.catalog, Some(demand));
                    let mut last: Option<Header> = None;
                    let gaps = for_each(
                        path,
                        &reader,
                        name.as_ref(),
                        |context, subjects| (Arc::clone(&context.header), subjects),
                        |(header, subjects)| {
                            if last.as_ref() != Some(&*header) {
                                self.header(&header.forge, header.forge_kind(), header.taken.clone());
                                last = Some(Header::clone(&header));
                            }
                            subjects.iter().for_each(|s| self.subject(s));
                        },
                    )
                    .into_diagnostic()?;
                    outcome.unread.extend(gaps.into_iter().map(Unread::from));
                }
                Place::Github { name, .. } | Place::Gitlab { name, .. } => {
                    let github = matches!(place, Place::Github { .. });
                    let kind = if github { ForgeKind::Github } else { ForgeKind::Gitlab };
                    self.header(name, kind, Some(today.clone()));
                    reading.wait(live.read(place, &mut outcome, |observed, _, _| self.subject(observed)));
                }
            }
        }
        Ok(outcome.unread)
    }
}

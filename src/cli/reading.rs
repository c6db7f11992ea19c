//! What every verb that reads live forges needs: threads to wait on, and a line that says how far it is.

use std::future::Future;

use miette::{IntoDiagnostic, Result};
use tokio::runtime::{Builder, Runtime};

use super::exit::Exit;
use super::manner::{Asks, Manner, Writing};
use super::progress::Progress;
use super::{signals, terminal};
use crate::catalog::{Catalog, Demand};
use crate::forge::Narrow;
use crate::forge::Terms;
use crate::run::{Live, Step};

/// The surroundings of a live reading.
pub(super) struct Reading {
    runtime: Runtime,
    watch: Progress,
    terms: Terms,
}

impl Reading {
    /// A reading that remembers nothing and lasts as long as it lasts.
    pub(super) fn plain() -> Result<Self> {
        let runtime = Builder::new_multi_thread().enable_all().build().into_diagnostic()?;
        let watch = Progress::new();
        let terms = Terms::plain(watch.voice());
        Ok(Self { runtime, watch, terms })
    }

    /// A reading that goes with writing: it remembers nothing, and ends in order when it is told to.
    pub(super) fn to_write(writing: &Writing) -> Result<Self> {
        let mut reading = Self::plain()?;
        reading.terms = writing.terms(reading.watch.voice());
        signals::hear(reading.terms.stop.clone(), reading.watch.voice());
        Ok(reading)
    }

    /// A reading in the manner that the user wants.
    pub(super) fn new(manner: &Manner, asks: &Asks<'_>) -> Result<Self> {
        let mut reading = Self::plain()?;
        let voice = reading.watch.voice();
        reading.terms = manner.terms(asks, voice.clone());
        signals::hear(reading.terms.stop.clone(), voice);
        Ok(reading)
    }

    /// A reading of what is demanded; `narrow` says what of it one subject needs.
    pub(super) fn live<'a>(
        &'a self,
        catalog: &'a Catalog,
        demand: &'a Demand,
        narrow: &'a Narrow<'a>,
    ) -> Live<'a> {
        Live {
            catalog,
            demand,
            narrow,
            environment: &terminal::environment,
            terms: self.terms.clone(),
            progress: Box::new(|what, done| self.watch.at(what, done)),
        }
    }

    /// Waits for a reading to be done.
    pub(super) fn wait<T>(&self, reading: impl Future<Output = T>) -> T {
        self.runtime.block_on(reading)
    }

    /// On which terms forges are asked.
    pub(super) fn terms(&self) -> Terms {
        self.terms.clone()
    }

    /// Says how far carrying out a plan is.
    pub(super) fn step(&self, step: Step) {
        self.watch.step(step);
    }

    /// Whether answers never came that a run which resumes this one would ask for again.
    pub(super) fn lacks_answers(&self) -> bool {
        self.terms.memory.as_ref().is_some_and(|memory| memory.lacks_answers())
    }

    /// Says no more how far it is.
    pub(super) fn quiet(&self) {
        self.watch.done();
    }

    /// Ends the reading. Somebody may have stopped it: then it is said how to go on, and the run is
    /// to end with what is returned. Otherwise what was kept to resume it is removed, unless some of
    /// it is still missing.
    pub(super) fn end(self) -> Option<Exit> {
        self.watch.done();
        let memory = self.terms.memory.as_ref();
        if !self.terms.stop.is_told() {
            if let Some(memory) = memory {
                memory.ended();
            }
            return None;
        }
        let further = memory.is_some_and(|memory| memory.is_kept());
        terminal::warn(if further { "stopped: `--resume` goes on where this run was" } else { "stopped" });
        Some(Exit::Stopped)
    }
}

impl Drop for Reading {
    fn drop(&mut self) {
        self.watch.done();
        // Nothing is left to end in order: the next signal ends the program.
        self.terms.stop.tell();
    }
}

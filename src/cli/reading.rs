//! What every verb that reads live forges needs: threads to wait on, and a line that says how far it is.

use std::future::Future;

use miette::{IntoDiagnostic, Result};
use tokio::runtime::{Builder, Runtime};

use super::progress::Progress;
use super::terminal;
use crate::catalog::{Catalog, Demand};
use crate::forge::github::Narrow;
use crate::run::Live;

/// The surroundings of a live reading.
pub(super) struct Reading {
    runtime: Runtime,
    watch: Progress,
}

impl Reading {
    pub(super) fn new() -> Result<Self> {
        let runtime = Builder::new_multi_thread().enable_all().build().into_diagnostic()?;
        Ok(Self { runtime, watch: Progress::new() })
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
            voice: self.watch.voice(),
            progress: Box::new(|what, done| self.watch.at(what, done)),
        }
    }

    /// Waits for a reading to be done.
    pub(super) fn wait<T>(&self, reading: impl Future<Output = T>) -> T {
        self.runtime.block_on(reading)
    }

    /// Hears what is waited for.
    pub(super) fn voice(&self) -> crate::forge::Voice {
        self.watch.voice()
    }
}

impl Drop for Reading {
    fn drop(&mut self) {
        self.watch.done();
    }
}

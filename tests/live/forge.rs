//! A simulated GitHub for one test.

use tokio::runtime::Runtime;

use crate::run::{Desk, Run};
use crate::sim::server::{Recorded, Stats};
use crate::sim::{self, Options, Simulator, World};

/// A simulator with threads of its own, so that tests need not be asynchronous.
pub struct Forge {
    simulator: Simulator,
    // After the simulator: it ends what the simulator started.
    runtime: Runtime,
}

impl Forge {
    pub fn of(world: World) -> Self {
        Self::with(world, Options::default())
    }

    pub fn with(world: World, options: Options) -> Self {
        let runtime =
            tokio::runtime::Builder::new_multi_thread().worker_threads(1).enable_all().build().unwrap();
        let simulator = runtime.block_on(sim::serve(world, options)).unwrap();
        Self { simulator, runtime }
    }

    pub fn url(&self) -> String {
        self.simulator.url()
    }

    pub fn runtime(&self) -> &Runtime {
        &self.runtime
    }

    pub fn stats(&self) -> Stats {
        self.simulator.stats()
    }

    /// The organization as it is now.
    pub fn world(&self) -> World {
        self.simulator.world().clone()
    }

    /// Changes the organization behind the back of whoever reads it.
    pub fn world_mut(&self, change: impl FnOnce(&mut World)) {
        change(&mut self.simulator.world_mut());
    }

    /// What arrived, where the options asked to keep it.
    pub fn recorded(&self) -> Vec<Recorded> {
        self.simulator.recorded()
    }

    /// Begins to count anew.
    pub fn forget(&self) {
        self.simulator.reset_stats();
    }

    /// Runs the program from that desk; whatever it does, it must not change anything.
    #[track_caller]
    pub fn at(&self, desk: &Desk, arguments: &[&str]) -> Run {
        let run = desk.run(arguments);
        assert_eq!(self.stats().mutating, 0, "{arguments:?} sent requests that change things");
        run
    }

    /// Audits organization `acme`.
    #[track_caller]
    pub fn audit(&self, policy: &str, arguments: &[&str]) -> Run {
        let all = [&["audit", "policy.toml", "--github", "acme"], arguments].concat();
        self.at(&Desk::before(&self.url(), policy), &all)
    }

    /// Audits organization `acme` for machines, keeping what conforms.
    #[track_caller]
    pub fn report(&self, policy: &str) -> crate::run::Report {
        self.audit(policy, &["--format", "json", "--all"]).json()
    }
}

//! What all connections share.

use std::sync::{Mutex, MutexGuard, PoisonError, RwLock, RwLockReadGuard, RwLockWriteGuard};

use super::options::Options;
use crate::sim::gitlab::world::World;
use crate::sim::graphql::Engine;
use crate::sim::server::{Recorded, Stats};

pub struct State {
    pub options: Options,
    pub engine: Engine,
    world: RwLock<World>,
    ledger: Mutex<Ledger>,
}

/// Everything that is counted.
#[derive(Default)]
pub struct Ledger {
    pub stats: Stats,
    pub recorded: Vec<Recorded>,
    /// Requests since the start, which no reset takes back: faults count by it.
    requests: u64,
    /// Those of them that write, in the same way.
    pub writes: u64,
    in_flight: u64,
}

impl State {
    pub fn new(world: World, options: Options, engine: Engine) -> Self {
        Self { options, engine, world: RwLock::new(world), ledger: Mutex::default() }
    }

    // A handler that panicked left a world some test may still want to look at: poison is ignored.

    pub fn world(&self) -> RwLockReadGuard<'_, World> {
        self.world.read().unwrap_or_else(PoisonError::into_inner)
    }

    pub fn world_mut(&self) -> RwLockWriteGuard<'_, World> {
        self.world.write().unwrap_or_else(PoisonError::into_inner)
    }

    pub fn ledger(&self) -> MutexGuard<'_, Ledger> {
        self.ledger.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Counts a request in until the guard is dropped, also when its client gives up waiting.
    pub fn enter(&self) -> InFlight<'_> {
        let mut ledger = self.ledger();
        ledger.requests += 1;
        ledger.in_flight += 1;
        ledger.stats.total += 1;
        ledger.stats.max_concurrent = ledger.stats.max_concurrent.max(ledger.in_flight);
        InFlight { state: self, number: ledger.requests }
    }

    pub fn reset_stats(&self) {
        self.ledger().stats = Stats::default();
    }
}

pub struct InFlight<'s> {
    state: &'s State,
    /// Which request this is, counted from one.
    pub number: u64,
}

impl Drop for InFlight<'_> {
    fn drop(&mut self) {
        self.state.ledger().in_flight -= 1;
    }
}

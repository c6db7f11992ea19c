//! What all connections share.

use std::sync::{Mutex, MutexGuard, PoisonError, RwLock, RwLockReadGuard, RwLockWriteGuard};

use super::budget::Rate;
use super::options::Options;
use super::stats::Stats;
use crate::sim::graphql::Engine;
use crate::sim::world::World;

pub struct State {
    pub options: Options,
    pub engine: Engine,
    world: RwLock<World>,
    ledger: Mutex<Ledger>,
}

/// Everything that is counted.
pub struct Ledger {
    pub stats: Stats,
    pub core: Rate,
    pub graphql: Rate,
    /// Requests since the start, which no reset takes back: faults count by it.
    pub requests: u64,
    in_flight: u64,
}

impl State {
    pub fn new(world: World, options: Options, engine: Engine) -> Self {
        let rate = Rate::new(options.rate_limit, options.reset_at);
        let ledger = Ledger { stats: Stats::default(), core: rate, graphql: rate, requests: 0, in_flight: 0 };
        Self { options, engine, world: RwLock::new(world), ledger: Mutex::new(ledger) }
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

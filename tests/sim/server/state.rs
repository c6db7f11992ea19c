//! What all connections share.

use std::collections::HashMap;
use std::sync::{Mutex, MutexGuard, PoisonError, RwLock, RwLockReadGuard, RwLockWriteGuard};

use super::budget::Rate;
use super::options::Options;
use super::record::Recorded;
use super::seen::{Seen, Views};
use super::stats::Stats;
use crate::sim::graphql::Engine;
use crate::sim::rest::Request;
use crate::sim::rest::documents::{self, Row};
use crate::sim::world::{Identity, World};

pub struct State {
    pub options: Options,
    pub engine: Engine,
    world: RwLock<World>,
    views: Views,
    ledger: Mutex<Ledger>,
    /// What is done in the forge's own time, and how many looks that still takes.
    later: Mutex<Vec<(u64, Request, &'static Row)>>,
}

/// Everything that is counted.
pub struct Ledger {
    pub stats: Stats,
    pub core: Rate,
    pub graphql: Rate,
    /// Requests since the start, which no reset takes back: faults count by it.
    pub requests: u64,
    /// Those of them that write, in the same way.
    pub writes: u64,
    in_flight: u64,
    /// How often each token of an installation was used.
    pub uses: HashMap<String, u64>,
    pub recorded: Vec<Recorded>,
}

impl State {
    pub fn new(world: World, options: Options, engine: Engine) -> Self {
        let limit = if options.rate_limits { options.rate_limit } else { u64::MAX };
        let rate = Rate::new(limit, options.reset_at);
        let ledger = Ledger {
            stats: Stats::default(),
            core: rate,
            graphql: rate,
            requests: 0,
            writes: 0,
            in_flight: 0,
            uses: HashMap::new(),
            recorded: Vec::new(),
        };
        Self {
            options,
            engine,
            world: RwLock::new(world),
            views: Views::default(),
            ledger: Mutex::new(ledger),
            later: Mutex::default(),
        }
    }

    // A handler that panicked left a world some test may still want to look at: poison is ignored.

    pub fn world(&self) -> RwLockReadGuard<'_, World> {
        self.world.read().unwrap_or_else(PoisonError::into_inner)
    }

    pub fn world_mut(&self) -> RwLockWriteGuard<'_, World> {
        let world = self.world.write().unwrap_or_else(PoisonError::into_inner);
        // Whoever makes a view holds the world, so that none is made before the change is done.
        self.views.forget();
        world
    }

    /// The world as that identity sees it.
    pub fn seen(&self, identity: Option<&Identity>) -> Seen<'_> {
        self.views.of(self.world(), identity)
    }

    /// Puts off what a request asks for.
    pub fn put_off(&self, request: Request, row: &'static Row) {
        let mut later = self.later.lock().unwrap_or_else(PoisonError::into_inner);
        later.push((self.options.looks, request, row));
    }

    /// Somebody looks at a path: what was put off there may be due.
    pub fn looked_at(&self, path: &str) {
        let mut later = self.later.lock().unwrap_or_else(PoisonError::into_inner);
        let mut due = Vec::new();
        for (left, request, row) in std::mem::take(&mut *later) {
            match left {
                0 if request.url == path => due.push((request, row)),
                left if request.url == path => later.push((left - 1, request, row)),
                left => later.push((left, request, row)),
            }
        }
        drop(later);
        for (request, row) in due {
            // Refusals were told when it was asked for.
            drop(documents::change(&mut self.world_mut(), &request, row));
        }
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

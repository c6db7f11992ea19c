//! How the simulated forge behaves, apart from what it holds.

use std::time::Duration;

use super::faults::Fault;

#[derive(Debug, Clone)]
pub struct Options {
    /// 0 picks a free port.
    pub port: u16,
    /// Each answer waits this long.
    pub latency: Duration,
    /// A query that may return more nodes than this ends in a 502, as GitHub's time limit does.
    pub max_weight: u64,
    /// REST requests, and GraphQL points, until the limit is reached.
    pub rate_limit: u64,
    /// The moment at which the limits are said to be reset, in seconds since 1970.
    pub reset_at: u64,
    /// GraphQL fields, as `Type.field`, that an older server does not know yet.
    pub without_fields: Vec<String>,
    pub faults: Vec<Fault>,
}

pub const DEFAULT_MAX_WEIGHT: u64 = 120_000;
pub const DEFAULT_RATE_LIMIT: u64 = 5_000;
/// The first second of 2040: later than any test, so that nobody takes the limit for reset.
pub const DEFAULT_RESET_AT: u64 = 2_208_988_800;

impl Default for Options {
    fn default() -> Self {
        Self {
            port: 0,
            latency: Duration::ZERO,
            max_weight: DEFAULT_MAX_WEIGHT,
            rate_limit: DEFAULT_RATE_LIMIT,
            reset_at: DEFAULT_RESET_AT,
            without_fields: Vec::new(),
            faults: Vec::new(),
        }
    }
}

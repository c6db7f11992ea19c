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
    /// Whether the server limits anybody; an Enterprise Server does not unless told to.
    pub rate_limits: bool,
    /// After so many requests a token of an installation is worth nothing any more.
    pub token_lifetime: Option<u64>,
    /// When tokens of installations are said to expire.
    pub token_expires_at: String,
    /// How many looks what is done in the forge's own time takes: at the look after those it is there.
    pub looks: u64,
    /// Whether requests are kept for [`Simulator::recorded`](super::Simulator::recorded).
    pub record: bool,
}

pub const DEFAULT_MAX_WEIGHT: u64 = 120_000;
pub const DEFAULT_RATE_LIMIT: u64 = 5_000;
/// The first second of 2040: later than any test, so that nobody takes the limit for reset.
pub const DEFAULT_RESET_AT: u64 = 2_208_988_800;

/// An hour in a world without a clock: far enough ahead that no test outlives it.
pub const DEFAULT_TOKEN_EXPIRES_AT: &str = "2099-01-01T00:00:00Z";

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
            rate_limits: true,
            token_lifetime: None,
            token_expires_at: DEFAULT_TOKEN_EXPIRES_AT.to_owned(),
            looks: 0,
            record: false,
        }
    }
}

//! How the simulated GitLab behaves, apart from what it holds.

use std::time::Duration;

use crate::sim::server::Fault;

#[derive(Debug, Clone)]
pub struct Options {
    /// 0 picks a free port.
    pub port: u16,
    /// Each answer waits this long.
    pub latency: Duration,
    /// A GraphQL query that scores more is refused.
    pub max_complexity: u64,
    /// GraphQL fields, as `Type.field`, that this server does not know, besides those that its version
    /// is too old for.
    pub without_fields: Vec<String>,
    /// Limits are answered 429 with `Retry-After`, in REST and in GraphQL.
    pub faults: Vec<Fault>,
    /// Whether requests are kept for [`Simulator::recorded`](super::Simulator::recorded).
    pub record: bool,
}

/// What GitLab allows a query whose caller is known.
pub const DEFAULT_MAX_COMPLEXITY: u64 = 250;

impl Default for Options {
    fn default() -> Self {
        Self {
            port: 0,
            latency: Duration::ZERO,
            max_complexity: DEFAULT_MAX_COMPLEXITY,
            without_fields: Vec::new(),
            faults: Vec::new(),
            record: false,
        }
    }
}

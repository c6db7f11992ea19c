//! What the reading of an organization is told, and what comes of it.

use std::sync::Arc;

use crate::catalog::Demand;
use crate::model::Observed;

/// How the reading of an organization went.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Collected {
    /// Repositories that were read.
    pub repositories: u64,
    /// Repositories that the forge says there are.
    pub total: u64,
}

/// Of one subject that was read in bulk: what else has to be read of it.
pub type Narrow<'a> = dyn Fn(&Observed) -> Arc<Demand> + 'a;

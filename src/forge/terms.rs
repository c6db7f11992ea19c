//! On which terms a run asks forges.

use std::num::NonZeroU32;
use std::sync::Arc;

use super::gate::Voice;
use super::stop::Stop;
use super::store::Memory;

/// What a run remembers of earlier ones, until when it asks, and how fast.
#[derive(Clone)]
pub struct Terms {
    /// Hears what is waited for.
    pub voice: Voice,
    /// Until when requests are sent.
    pub stop: Arc<Stop>,
    /// Requests a minute, of REST and of GraphQL each, in place of those that the forge allows.
    pub a_minute: Option<NonZeroU32>,
    /// What is kept between runs; none where nothing is.
    pub memory: Option<Arc<Memory>>,
}

impl Terms {
    /// Nothing is remembered, there is no deadline, and the pace is the forge's.
    pub fn plain(voice: Voice) -> Self {
        Self { voice, stop: Arc::default(), a_minute: None, memory: None }
    }
}

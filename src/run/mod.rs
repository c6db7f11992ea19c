//! Drives the road: policy and forges in, an outcome out. Between the layers that decide or read
//! and those that show.

mod audit;
mod live;
mod outcome;
mod sources;
mod wants;

pub use audit::{Auditor, RunError, only};
pub use live::{Live, forecast};
pub use outcome::{Outcome, Requests, Unread};
pub use sources::{Place, SourceError, Sources, sources};
pub use wants::{everything, wanted, wanted_of_snapshot};

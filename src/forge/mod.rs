//! The edges: reading from a forge or a snapshot file, and writing to them.
//!
//! What may be found here: transports, limits, documents, and how answers become observations. What
//! may not: anything that judges what was observed.

mod audit_log;
mod error;
mod gate;
pub mod github;
pub mod gitlab;
mod given;
mod host;
mod pace;
mod pace_of_writes;
mod reading;
pub mod snapshot;
mod stop;
mod store;
mod terms;
mod transport;
mod writing;

pub use audit_log::{Between, Event, EventLog};
pub use error::ForgeError;
pub use gate::Voice;
pub use host::{HostError, Token, token_for};
pub use pace_of_writes::WritePace;
pub use reading::{Collected, Lack, Narrow, ServerAge, Version};
pub use stop::Stop;
pub use store::{Memory, default_folder, grouped};
pub use terms::Terms;
pub use transport::{Counts, Transport, TransportError};
pub use writing::Written;

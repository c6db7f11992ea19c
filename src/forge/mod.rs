//! The edges: reading from a forge or a snapshot file, and writing to them.
//!
//! What may be found here: transports, limits, documents, and how answers become observations. What
//! may not: anything that judges what was observed.

mod gate;
pub mod github;
mod host;
mod pace;
pub mod snapshot;
mod stop;
mod store;
mod terms;
mod transport;

pub use gate::Voice;
pub use host::{HostError, Token, token_for};
pub use stop::Stop;
pub use store::{Memory, default_folder, grouped};
pub use terms::Terms;
pub use transport::{Counts, Transport, TransportError};

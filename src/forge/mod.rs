//! The edges: reading from a forge or a snapshot file, and writing to them.
//!
//! What may be found here: transports, limits, documents, and how answers become observations. What
//! may not: anything that judges what was observed.

pub mod snapshot;

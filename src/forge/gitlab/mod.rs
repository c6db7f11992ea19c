//! GitLab: the list of a group's projects carries most, composed queries what it lacks, and documents the
//! rest. Endpoints are built by the `gitlab` crate and sent by the one transport.

mod above;
mod audit_events;
mod client;
mod collect;
mod forecast;
mod groups;
mod introduction;
mod objects;
mod paid;
mod rates;
mod server;
mod standing;
mod write;

pub use above::demand_above;
pub use client::Reader;
pub use collect::{Collecting, collect, instance};
pub use forecast::Cost;
pub use introduction::Introduction;
pub use server::Server;
pub use standing::{Sees, Standing};
pub use write::Writer;

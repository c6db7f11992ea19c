//! GitHub, read through one composed query and a few lists, and written by exact requests.

mod apps;
mod audit_log;
mod client;
mod collect;
mod conversation;
mod grants;
mod introduction;
mod lists;
mod objects;
mod organization;
mod pages;
mod plan;
mod rights;
mod server;
mod session;
mod write;

pub use client::Reader;
pub use collect::{Collecting, collect};
pub use conversation::{Conversation, Said};
pub use introduction::Introduction;
pub use plan::{Forecast, ReadPlan};
pub use rights::{Rights, Sight};
pub use server::Server;
pub use write::Writer;

//! GitHub, read through one composed query and a few lists, and written by exact requests.

mod client;
mod collect;
mod grants;
mod lists;
mod observe;
mod organization;
mod pages;
mod plan;
mod server;
mod write;

pub use client::{GithubError, Reader};
pub use collect::{Collected, collect};
pub use plan::{Forecast, ReadPlan};
pub use server::Server;
pub use write::Writer;

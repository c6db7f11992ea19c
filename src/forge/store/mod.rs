//! What is kept between runs, in one SQLite file of the user's own: answers that a forge need not
//! send again while they hold, and how far a run came that did not end.
//!
//! What may not be found here: credentials, and what a run made of the answers.

mod answer;
mod cache;
mod checkpoint;
mod file;
mod memory;
mod remembered;
mod schema;
mod withheld;

pub use memory::{Memory, default_folder, grouped};
pub(super) use remembered::{Question, Remembered, Sent};

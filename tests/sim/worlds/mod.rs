//! Where worlds come from: a conforming one, a random one, a file.

mod conforming;
mod described;
mod random;
mod state_file;
mod synthetic;

pub use random::Random;
pub use state_file::{StateError, dump, load};

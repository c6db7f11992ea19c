//! Worlds to begin with.

mod conforming;
mod synthetic;

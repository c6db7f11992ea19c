//! Between a forge's spelling of a value and ours, where a path alone does not do.
//!
//! Each file holds one codec: a pair of functions that undo each other. A row names it; a test
//! proves that every name resolves and that none is unused.

mod any;
mod day;
mod enabled;
mod file_text;
mod grants;
mod hash_color;
mod interaction_limit;
mod inverted;
mod names;
mod or_false;
mod or_zero;
mod present;
mod properties;
mod reviewers;

use serde_json::Value as Json;

use crate::model::Value;

/// A named pair of functions.
#[derive(Debug)]
pub struct Codec {
    /// The name that rows use.
    pub name: &'static str,
    /// From the forge's JSON (never `null`); `None` where the JSON is not what the codec reads.
    pub read: fn(&Json) -> Option<Value>,
    /// What an absence means, where it means a value.
    pub absent: Option<Value>,
    /// To the JSON that the forge takes.
    pub write: fn(&Value) -> Json,
}

/// All codecs.
pub static CODECS: &[Codec] = &[
    any::CODEC,
    day::CODEC,
    enabled::CODEC,
    file_text::CODEC,
    grants::CODEC,
    hash_color::CODEC,
    interaction_limit::CODEC,
    inverted::CODEC,
    names::CODEC,
    or_false::CODEC,
    or_zero::CODEC,
    present::CODEC,
    properties::CODEC,
    reviewers::CODEC,
];

/// The codec of that name.
pub fn codec(name: &str) -> Option<&'static Codec> {
    CODECS.iter().find(|c| c.name == name)
}

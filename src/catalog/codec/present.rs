//! Whether something is there at all, whatever it holds.

use serde_json::Value as Json;

use super::Codec;
use crate::model::Value;

pub(super) const CODEC: Codec =
    Codec { name: "present", read, absent: Some(Value::Bool(false)), write: Value::to_json };

// The signature is the codec's: a path that led to something has found it.
#[allow(clippy::unnecessary_wraps)]
fn read(_: &Json) -> Option<Value> {
    Some(Value::Bool(true))
}

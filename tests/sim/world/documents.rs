//! What a forge tells of a subject that is plain data, kept under the rest of its REST path.

use std::collections::{BTreeMap, BTreeSet};

use serde::{Deserialize, Serialize};
use serde_json::Value;

/// Keys are what follows the subject's own path, such as `/actions/permissions`.
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub struct Documents {
    stated: BTreeMap<String, Value>,
    /// Keys that the answer leaves out though there is a default.
    without: BTreeMap<String, BTreeSet<String>>,
    refused: BTreeMap<String, Refused>,
}

/// An answer that is no document.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Refused {
    pub status: u16,
    pub message: String,
}

impl Documents {
    pub fn is_empty(&self) -> bool {
        self.stated.is_empty() && self.without.is_empty() && self.refused.is_empty()
    }

    pub fn state(&mut self, suffix: &str, document: Value) {
        self.stated.insert(suffix.to_owned(), document);
    }

    pub fn leave_out(&mut self, suffix: &str, key: &str) {
        self.without.entry(suffix.to_owned()).or_default().insert(key.to_owned());
    }

    pub fn refuse(&mut self, suffix: &str, status: u16, message: &str) {
        self.refused.insert(suffix.to_owned(), Refused { status, message: message.to_owned() });
    }

    /// What somebody stated; null says that there is none.
    pub fn stated(&self, suffix: &str) -> Option<&Value> {
        self.stated.get(suffix)
    }

    pub fn left_out(&self, suffix: &str) -> impl Iterator<Item = &str> {
        self.without.get(suffix).into_iter().flatten().map(String::as_str)
    }

    pub fn refusal(&self, suffix: &str) -> Option<&Refused> {
        self.refused.get(suffix)
    }
}

/// The words with which a test says what plain data a subject has.
macro_rules! documented {
    ($subject:ty) => {
        impl $subject {
            /// States what is at this path beneath the subject. An object completes the default, an
            /// array is the list (its items are completed), null says that there is nothing.
            pub fn document(&mut self, suffix: &str, document: impl Into<serde_json::Value>) -> &mut Self {
                self.documents.state(suffix, document.into());
                self
            }

            /// The document lacks this key of its default.
            pub fn document_without(&mut self, suffix: &str, key: &str) -> &mut Self {
                self.documents.leave_out(suffix, key);
                self
            }

            /// Reading this path, whatever serves it, ends in this status.
            pub fn refuse(&mut self, suffix: &str, status: u16, message: &str) -> &mut Self {
                self.documents.refuse(suffix, status, message);
                self
            }
        }
    };
}
pub(crate) use documented;

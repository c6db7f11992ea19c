//! A row of the table: what an endpoint answers, and whom.

use std::str::FromStr;

use serde::{Deserialize, Deserializer};
use serde_json::Value;

use crate::sim::rest::Method;
use crate::sim::rest::page::Pages;
use crate::sim::world::Plan;

#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Row {
    pub path: String,
    /// How the document is changed, where what is written has the keys that are read.
    pub write: Option<Write>,
    /// What a write is made of and refused for.
    #[serde(default)]
    pub takes: Takes,
    /// An array where it is empty, else the key of the array in an object with a total.
    pub list: Option<String>,
    /// The key of that total; none where it is empty.
    #[serde(default = "total_count")]
    pub total: String,
    /// What stands beside the array.
    #[serde(default, deserialize_with = "json")]
    pub beside: Option<Value>,
    #[serde(default = "yes")]
    pub paged: bool,
    #[serde(default)]
    pub pages: Size,
    #[serde(default)]
    pub cursor: bool,
    /// The field of an item that a parameter of the same name chooses by, as words between commas.
    pub chosen_by: Option<String>,
    /// An item of the list that the path names without its last segment.
    #[serde(default)]
    pub one: bool,
    /// What is answered where nothing is stated; what is stated completes it.
    #[serde(default, deserialize_with = "json")]
    pub default: Option<Value>,
    /// The same where nothing is there unless it is stated.
    #[serde(default, deserialize_with = "json")]
    pub fill: Option<Value>,
    /// What completes an item of a list.
    #[serde(default, deserialize_with = "json")]
    pub item: Option<Value>,
    /// What a word in the list stands for: `repository`, `user`, `team` or `organization`.
    pub of: Option<String>,
    /// The same for keys of an item.
    #[serde(default)]
    pub inside: Vec<Inside>,
    /// What is told only where another key has a value.
    #[serde(default)]
    pub also: Vec<Also>,
    pub absent: Option<Told>,
    pub unless: Option<Unless>,
    pub only: Option<Only>,
    pub plan: Option<Plan>,
    /// One of [`LICENCES`](crate::sim::world::LICENCES).
    pub licence: Option<String>,
    pub unlicensed: Option<Told>,
    /// Whether public repositories need neither plan nor licence.
    #[serde(default)]
    pub public_is_free: bool,
    /// Since which Enterprise Server; all have it where nothing is said.
    #[serde(default)]
    pub ghes: Version,
    /// What a person must be.
    pub role: String,
    /// Of which a classic token must have one.
    #[serde(default)]
    pub scopes: Vec<String>,
    /// Of which a fine-grained token or an App must have one.
    pub permissions: Vec<String>,
    /// Whether a person without the role is answered 404 rather than 403.
    pub hidden: Option<bool>,
}

#[derive(Debug, Clone, Copy, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Size {
    size: usize,
    largest: usize,
}

#[derive(Debug, Clone, Copy, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Write {
    pub method: Method,
    /// What is answered; 204 has no body.
    pub status: u16,
    /// Whether the body is an empty object, instead of the document as it is then.
    #[serde(default)]
    pub empty: bool,
    /// Whether it is the run that does it, instead.
    #[serde(default)]
    pub run: bool,
}

/// What a write is made of and refused for.
#[derive(Debug, Default, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub struct Takes {
    /// It replaces all that was stated.
    pub whole: bool,
    /// What it has to name.
    pub required: Vec<String>,
    /// What is neither taken nor told while another key has a value.
    pub apart: Vec<Apart>,
    /// Keys that a level above may forbid to be wider than there.
    pub held_by: Option<HeldBy>,
}

#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Apart {
    pub key: String,
    /// JSON in a string.
    pub is: String,
    pub field: String,
}

/// The organization's document that decides, and the values of a key from the narrowest on.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct HeldBy {
    pub document: String,
    pub key: String,
    pub narrowest_first: Vec<String>,
}

#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Inside {
    pub key: String,
    pub of: String,
    pub default: Option<String>,
}

#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Also {
    pub key: String,
    pub is: String,
    #[serde(deserialize_with = "json")]
    pub add: Option<Value>,
}

#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Told {
    pub status: u16,
    pub message: String,
}

/// Refused unless another document of the same subject has this value.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Unless {
    pub document: String,
    pub key: String,
    pub is: String,
    pub status: u16,
    pub message: String,
}

/// Refused unless the repository is `public`, or `private` in the sense of not public.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Only {
    pub visibility: String,
    pub status: u16,
    pub message: String,
}

/// Since which Enterprise Server something is there.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Default)]
pub enum Version {
    #[default]
    Always,
    Since(u32, u32),
    Never,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct File {
    get: Vec<Row>,
}

pub fn read(text: &str) -> Result<Vec<Row>, toml::de::Error> {
    Ok(toml::from_str::<File>(text)?.get)
}

impl Row {
    pub fn pages(&self) -> Pages {
        if self.paged {
            Pages { size: self.pages.size, largest: self.pages.largest, cursor: self.cursor }
        } else {
            Pages { size: usize::MAX, largest: usize::MAX, cursor: false }
        }
    }
}

impl Default for Size {
    fn default() -> Self {
        let pages = Pages::default();
        Self { size: pages.size, largest: pages.largest }
    }
}

impl Version {
    /// Whether the server of that version, such as `3.18.2`, has it.
    pub fn is_on(self, installed: &str) -> bool {
        match self {
            Self::Always => true,
            Self::Never => false,
            Self::Since(major, minor) => parsed(installed).is_some_and(|server| server >= (major, minor)),
        }
    }
}

fn parsed(version: &str) -> Option<(u32, u32)> {
    let mut numbers = version.split('.').map(u32::from_str);
    Some((numbers.next()?.ok()?, numbers.next()?.ok()?))
}

impl<'de> Deserialize<'de> for Version {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        let word = String::deserialize(deserializer)?;
        let wrong = || serde::de::Error::custom("ghes is \"never\" or a version such as \"3.18\"");
        match word.as_str() {
            "never" => Ok(Self::Never),
            version => parsed(version).map(|(major, minor)| Self::Since(major, minor)).ok_or_else(wrong),
        }
    }
}

fn json<'de, D: Deserializer<'de>>(deserializer: D) -> Result<Option<Value>, D::Error> {
    let text = String::deserialize(deserializer)?;
    serde_json::from_str(&text).map(Some).map_err(serde::de::Error::custom)
}

fn total_count() -> String {
    "total_count".to_owned()
}

fn yes() -> bool {
    true
}

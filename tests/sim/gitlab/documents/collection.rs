//! Lists that can be written: a table says what each takes, and no code knows one by name.

use std::collections::BTreeMap;
use std::sync::OnceLock;

use serde::Deserialize;

use super::row::Role;
use crate::sim::gitlab::world::Tier;

#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Collection {
    /// The paths of an item, each with the role that writing takes.
    items: BTreeMap<String, Role>,
    /// The key by which a path names an item.
    #[serde(default = "id")]
    pub by: String,
    /// The method that makes one; empty where nothing does.
    #[serde(default = "post")]
    pub create: String,
    /// The method that changes one; empty where nothing does.
    #[serde(default = "put")]
    pub update: String,
    /// Whether changing one that is not there makes it.
    #[serde(default)]
    pub makes: bool,
    #[serde(default)]
    pub tier: Tier,
    /// Without which none is made.
    #[serde(default)]
    pub required: Vec<String>,
    /// Keys which are taken only when one is made.
    #[serde(default)]
    pub fixed: Vec<String>,
    /// Keys that no two items share all of.
    #[serde(default)]
    pub unique: Vec<String>,
    /// Status and words of the refusal of a second one.
    pub taken: Option<String>,
    /// Keys that are kept as they are; what is named nowhere is taken in silence.
    #[serde(default)]
    pub takes: Vec<String>,
    /// Keys that are read by another name.
    #[serde(default)]
    pub reads: BTreeMap<String, String>,
    /// Keys that lower tiers take in silence.
    #[serde(default)]
    pub premium: Vec<String>,
    #[serde(default)]
    pub ultimate: Vec<String>,
    /// The words of keys that take no others.
    #[serde(default)]
    pub words: BTreeMap<String, Vec<String>>,
    /// Who may do something, by several keys.
    #[serde(default)]
    pub access: Vec<Access>,
    /// Whether keys name people, groups, projects or branches by number.
    #[serde(default)]
    pub people: bool,
    /// A secret that is told when one is made, and never again.
    pub once: Option<String>,
    /// Whether one is removed only once it was stopped.
    #[serde(default)]
    pub stops: bool,
}

#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Access {
    /// The key that reads them.
    pub reads: String,
    /// The key that writes several.
    pub many: String,
    /// The key that writes one role.
    pub one: Option<String>,
    /// The role where nothing is said.
    pub otherwise: Option<u64>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct File {
    list: Vec<Collection>,
    document: Vec<Fields>,
}

/// A document of which fields are written.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Fields {
    path: String,
    pub method: String,
    pub role: Role,
    /// Keys that are read by another name.
    #[serde(default)]
    pub reads: BTreeMap<String, String>,
    #[serde(default = "ok")]
    pub status: u16,
}

/// A list that can be written, at one of its paths.
#[derive(Clone, Copy)]
pub struct Written {
    pub collection: &'static Collection,
    /// The path of an item, such as `/projects/{id}/hooks/{hook_id}`.
    pub item: &'static str,
    pub role: u64,
}

impl Written {
    pub fn list(&self) -> &'static str {
        self.item.rsplit_once('/').map_or(self.item, |(list, _)| list)
    }
}

impl Collection {
    /// The least tier that keeps what is written to a key.
    pub fn tier_of(&self, key: &str) -> Tier {
        let names = |keys: &[String]| keys.iter().any(|named| named == key);
        match (names(&self.ultimate), names(&self.premium)) {
            (true, _) => Tier::Ultimate,
            (_, true) => Tier::Premium,
            _ => Tier::Free,
        }
    }
}

/// All of them.
pub fn lists() -> impl Iterator<Item = Written> {
    let each = |collection: &'static Collection| {
        let items = collection.items.iter();
        items.map(move |(item, role)| Written { collection, item, role: role.0 })
    };
    table().list.iter().flat_map(each)
}

/// The list that a path is, or is an item of.
pub fn written(path: &str) -> Option<Written> {
    lists().find(|written| path == written.item || path == written.list())
}

/// The item that a path names whose segments are decoded.
pub fn item(segments: &[String]) -> Option<Written> {
    lists().find(|written| {
        let parts: Vec<&str> = written.item.split('/').skip(1).collect();
        let fits = |(part, segment): (&&str, &String)| part.starts_with('{') || part == segment;
        parts.len() == segments.len() && parts.iter().zip(segments).all(fits)
    })
}

/// How fields of that document are written.
pub fn fields(path: &str) -> Option<&'static Fields> {
    table().document.iter().find(|fields| fields.path == path)
}

#[allow(clippy::panic, reason = "a broken table should stop whatever uses it at once")]
fn table() -> &'static File {
    static TABLE: OnceLock<File> = OnceLock::new();
    TABLE.get_or_init(|| match toml::from_str::<File>(include_str!("writes.toml")) {
        Ok(file) => file,
        Err(error) => panic!("writes.toml: {error}"),
    })
}

fn id() -> String {
    "id".to_owned()
}

fn post() -> String {
    "POST".to_owned()
}

fn put() -> String {
    "PUT".to_owned()
}

fn ok() -> u16 {
    200
}

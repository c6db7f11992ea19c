//! A row of the table: what an endpoint answers, and whom.

use serde::{Deserialize, Deserializer};
use serde_json::Value;

use crate::sim::gitlab::world::{Tier, level_named};

#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Row {
    pub path: String,
    #[serde(default)]
    pub list: bool,
    /// An item of the list that the path names without its last segment, found by this key.
    pub one: Option<String>,
    /// What is answered where nothing is stated; what is stated completes it.
    #[serde(default, deserialize_with = "json")]
    pub default: Option<Value>,
    /// The same where nothing is there unless it is stated.
    #[serde(default, deserialize_with = "json")]
    pub fill: Option<Value>,
    /// What completes an item of a list.
    #[serde(default, deserialize_with = "json")]
    pub item: Option<Value>,
    /// What completes the items of lists inside an item.
    #[serde(default)]
    pub inside: Vec<Inside>,
    /// Whether nothing stated is the answer `null` instead of 404.
    #[serde(default)]
    pub null: bool,
    /// Items of the groups above are in the list too, with these keys.
    #[serde(default, deserialize_with = "json")]
    pub inherits: Option<Value>,
    /// From which tier on they are.
    #[serde(default)]
    pub inherits_from: Tier,
    /// The parameter that, being `false`, asks for none of those.
    pub unless: Option<String>,
    /// Keys that the tiers below Premium do not tell.
    #[serde(default)]
    pub premium: Vec<String>,
    #[serde(default)]
    pub tier: Tier,
    /// Whether only gitlab.com has it, or only other servers.
    pub gitlab_com: Option<bool>,
    /// Whether only a group that is in no other has it.
    #[serde(default)]
    pub top: bool,
    pub since: Option<String>,
    pub role: Role,
    /// Of which a token must have one.
    #[serde(default = "reading")]
    pub scopes: Vec<String>,
    /// What is answered without the role.
    #[serde(default = "forbidden")]
    pub denied: u16,
    #[serde(default = "yes")]
    pub paged: bool,
}

#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Inside {
    pub key: String,
    #[serde(default, deserialize_with = "json")]
    pub item: Option<Value>,
}

/// The least access level.
#[derive(Debug, Clone, Copy)]
pub struct Role(pub u64);

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct File {
    get: Vec<Row>,
}

pub fn read(text: &str) -> Result<Vec<Row>, toml::de::Error> {
    Ok(toml::from_str::<File>(text)?.get)
}

impl Row {
    /// The row of the list of which this answers an item.
    pub fn list_path(&self) -> &str {
        self.path.rsplit_once('/').map_or(self.path.as_str(), |(list, _)| list)
    }
}

impl<'de> Deserialize<'de> for Role {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        let role = String::deserialize(deserializer)?;
        level_named(&role).map(Self).ok_or_else(|| serde::de::Error::custom(format!("no role {role}")))
    }
}

fn json<'de, D: Deserializer<'de>>(deserializer: D) -> Result<Option<Value>, D::Error> {
    let text = String::deserialize(deserializer)?;
    serde_json::from_str(&text).map(Some).map_err(serde::de::Error::custom)
}

fn reading() -> Vec<String> {
    ["api", "read_api"].map(str::to_owned).to_vec()
}

fn forbidden() -> u16 {
    403
}

fn yes() -> bool {
    true
}

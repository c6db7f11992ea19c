//! The grammar of a row, as it stands in the catalogue's files and in a user's `[[setting]]`.
//!
//! This is the wire format; [`Setting`](super::Setting) is what becomes of it.

use serde::Deserialize;

use super::decision::DecisionRow;
use super::sharing::SharingRow;

/// One file of the catalogue.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct File {
    /// Texts that paths name with `@`.
    #[serde(default)]
    pub shape: indexmap::IndexMap<String, String>,
    /// What a row of this file has where it does not say otherwise.
    #[serde(default)]
    pub defaults: Defaults,
    #[serde(default)]
    pub document: Vec<DocumentRow>,
    #[serde(default)]
    pub kind: Vec<KindRow>,
    #[serde(default)]
    pub setting: Vec<SettingRow>,
}

/// One `[[document]]`: what holds of a REST document, whichever setting is read from it.
#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct DocumentRow {
    /// The path template below the API root.
    pub path: String,
    /// What an identity needs to read it; rows that read it need not repeat it.
    pub permission: Option<String>,
    /// `absent`: a 404 says that there is none, to an identity that would see one.
    pub not_found: Option<String>,
    /// `absent`: a 204 says that there is none.
    pub no_content: Option<String>,
    /// Why its settings do not apply where the server answers 409 or 422.
    pub conflict: Option<String>,
    /// The visibilities of the repositories that have it.
    #[serde(default)]
    pub only: Vec<String>,
    /// A write replaces all of it: what it does not name is reset.
    #[serde(default)]
    pub replaced_whole: bool,
    /// A setting that comes in bulk: where it is off, there is no such document.
    #[serde(rename = "where")]
    pub only_where: Option<String>,
    /// The plan from which it is there.
    pub tier: Option<String>,
    /// The first server version that has it.
    pub since: Option<String>,
}

#[derive(Debug, Default, Clone, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub(super) struct Defaults {
    pub severity: Option<String>,
    pub lenses: Option<Vec<String>>,
    pub stage: Option<String>,
    pub risk: Option<String>,
    pub github: Option<BindingRow>,
    pub gitlab: Option<BindingRow>,
}

impl Defaults {
    /// A user need not place a setting of their own on our scales.
    pub(super) fn of_users_own() -> Self {
        Self {
            severity: Some("medium".into()),
            lenses: Some(vec!["openness".into()]),
            stage: Some("trust".into()),
            risk: Some("routine".into()),
            github: None,
            gitlab: None,
        }
    }
}

/// One `[[setting]]`.
#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct SettingRow {
    /// `scope.name` or `kind.name`, in lower case with dots and underscores.
    pub key: String,
    /// One sentence in our own words: what it does for people.
    pub doc: String,
    /// `boolean`, `integer`, `text`, `choice`, `set`, `list` or `map`.
    #[serde(rename = "type")]
    pub ty: String,
    /// The words of a choice, or of the members of a set.
    #[serde(default)]
    pub values: Vec<String>,
    /// `low` to `critical`.
    pub severity: Option<String>,
    /// `openness`, `security`, or both.
    pub lenses: Option<Vec<String>>,
    /// The step of the contributor's journey.
    pub stage: Option<String>,
    /// `routine` to `destructive`.
    pub risk: Option<String>,
    /// Where GitHub has it.
    pub github: Option<BindingRow>,
    /// Where GitLab has it.
    pub gitlab: Option<BindingRow>,
    /// For what a branch really has: how the rules that apply to it combine.
    pub effective: Option<EffectiveRow>,
    /// Of an organization: what it makes of settings of its repositories.
    #[serde(default)]
    pub decides: Vec<DecisionRow>,
    /// Of an item above repositories: what it makes of settings of those that it holds for.
    pub shares: Option<SharingRow>,
}

/// How rules that apply to one branch together amount to one value.
#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct EffectiveRow {
    /// `most`, `any`, `all` or `union`.
    pub combine: String,
    /// The value of a branch that nothing protects; none where there is then nothing to speak of.
    pub unprotected: Option<toml::Value>,
    /// The setting of a classic rule that says it.
    pub classic: Option<String>,
    /// The setting of a ruleset that says it.
    pub ruleset: Option<String>,
    /// The flag of a ruleset whose presence forbids it.
    pub forbidden_by: Option<String>,
}

/// Where one forge has a setting.
#[derive(Debug, Clone, Default, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub struct BindingRow {
    /// Path from the subject's, or the item's, GraphQL object.
    pub graphql: Option<String>,
    /// `GET /path/of/one :: pointer`.
    pub rest: Option<String>,
    /// `GET /path/of/many :: [].pointer`: a list that carries it for every subject of a page.
    pub list: Option<String>,
    /// A named reading that no single document gives.
    pub via: Option<String>,
    /// `PATCH /path :: body.field`, or `PUT|DELETE /path` for a switch.
    pub write: Option<String>,
    /// The field of the request that makes an item, where `write` does not tell it.
    pub create: Option<String>,
    /// `GET /path :: field` of the number by which the write takes each text, which stands in place of `{}`.
    pub number: Option<String>,
    /// A named pair of functions between the forge's spelling and ours.
    pub codec: Option<String>,
    /// The forge answers `null`, or less than there is, to an identity that may not see it: an
    /// absence, and what the codec does not read, is then unknown.
    pub absent_is_unknown: bool,
    /// Path from the subject to a flag: where it is true, a null on the way to the setting says that
    /// there is none; else it may as well be hidden.
    pub believed_for: Option<String>,
    /// The forge leaves the field out of the document where there is nothing to say.
    pub left_out_is_absent: bool,
    /// What an identity needs to read it.
    pub permission: Option<String>,
    /// What an identity needs to write it.
    pub write_permission: Option<String>,
    /// The plan from which it is there: `free`, `team`, `enterprise`; `free`, `premium`, `ultimate`.
    pub tier: Option<String>,
    /// The first server version that has it.
    pub since: Option<String>,
    /// Why it cannot be written.
    pub unwritable: Option<String>,
    /// Why this forge does not have it at all.
    pub unsupported: Option<String>,
}

impl BindingRow {
    /// Fills what is not said from `defaults`, except where the setting is read and written.
    pub(super) fn filled(mut self, defaults: Option<&Self>) -> Self {
        if let Some(d) = defaults {
            self.permission = self.permission.or_else(|| d.permission.clone());
            self.write_permission = self.write_permission.or_else(|| d.write_permission.clone());
            self.tier = self.tier.or_else(|| d.tier.clone());
            self.since = self.since.or_else(|| d.since.clone());
        }
        self
    }
}

/// One `[[kind]]`: a keyed collection of a subject.
#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct KindRow {
    pub name: String,
    /// The scope that has it: `repository`, `organization`.
    pub of: String,
    pub doc: String,
    /// What its key is, for people: `the branch name pattern`.
    pub key: String,
    /// Put together from other kinds by this named function, and not read by itself.
    pub derived: Option<String>,
    pub github: Option<KindBindingRow>,
    pub gitlab: Option<KindBindingRow>,
}

#[derive(Debug, Clone, Default, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub(super) struct KindBindingRow {
    /// Path to the collection; with `{key}`, to one item.
    pub graphql: Option<String>,
    /// Path from an item to its key.
    pub identity: Option<String>,
    /// The same of an item of the query, where it is called otherwise there.
    pub graphql_identity: Option<String>,
    /// Path from the subject to a flag: an empty collection is believed only where it is true, since
    /// to others the forge shows an empty one whatever there is.
    pub complete_for: Option<String>,
    /// Whether the forge takes names for one that differ in upper and lower case alone.
    #[serde(default)]
    pub any_case: bool,
    /// `GET /path`, or `GET /path :: wrapper[]`.
    pub list: Option<String>,
    /// `GET /path/of/{one}`: an item's own document, for what the collection does not carry.
    pub one: Option<String>,
    pub create: Option<String>,
    pub update: Option<String>,
    pub delete: Option<String>,
    /// The field that holds an item's key in the request that makes it, and in the list; `identity` where
    /// it is not given.
    pub named: Option<String>,
    /// What the request that makes an item carries besides.
    pub also: toml::Table,
    /// The field of that request which takes the value that an item holds, and that nobody reads again.
    pub value: Option<String>,
    /// `GET /path` of the public key that such a value is sealed with.
    pub sealed: Option<String>,
    /// The names of settings without which the forge makes no item.
    pub required: Vec<String>,
    /// Why none is made by us.
    pub unmade: Option<String>,
    /// Whether keys are patterns themselves, so that one is made under a name with a star in it.
    pub patterns: bool,
    /// The setting that tells of an item that it comes from a level above: a switch, or the word `group`.
    pub from_above: Option<String>,
    /// The request without which an item is not removed.
    pub stop: Option<String>,
    pub permission: Option<String>,
}

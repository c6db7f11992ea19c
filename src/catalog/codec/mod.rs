//! Between a forge's spelling of a value and ours, where a path alone does not do.
//!
//! Each file holds one codec: a pair of functions that undo each other. A row names it; a test
//! proves that every name resolves and that none is unused.

mod access_levels;
mod access_sources;
mod actors;
mod address;
mod any;
mod approvals;
mod branch_access;
mod branch_policy;
mod by_actions;
mod bypass;
mod commas;
mod commit_by_commit;
mod contact;
mod day;
mod enabled;
mod endless;
mod file_text;
mod for_readers;
mod given;
mod grants;
mod hash_color;
mod interaction_limit;
mod inverted;
mod largest_share;
mod license_text;
mod maintainers;
mod may_squash;
mod membership;
mod merge_commits;
mod names;
mod newcomer_topics;
mod nobody;
mod not_disabled;
mod not_public;
mod of_group;
mod one_or_many;
mod or_false;
mod or_zero;
mod owners;
mod owners_without_access;
mod pairs;
mod people_of_owners;
mod people_or_groups;
mod pipeline;
mod present;
mod privacy;
mod properties;
mod reviewers;
mod roles_by_name;
mod shown;
mod spdx;
mod tagged;
mod templates;
mod untagged;
mod without_two_factor;
mod zero_or_one;

pub use address::without_credentials;
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
    access_levels::CODEC,
    access_sources::CODEC,
    actors::CODEC,
    address::CODEC,
    any::CODEC,
    approvals::CODEC,
    branch_access::CODEC,
    branch_policy::CODEC,
    by_actions::CODEC,
    bypass::CODEC,
    commas::CODEC,
    commit_by_commit::CODEC,
    contact::CODEC,
    day::CODEC,
    enabled::CODEC,
    endless::CODEC,
    file_text::CODEC,
    for_readers::CODEC,
    given::CODEC,
    grants::CODEC,
    hash_color::CODEC,
    interaction_limit::CODEC,
    inverted::CODEC,
    largest_share::CODEC,
    license_text::CODEC,
    maintainers::CODEC,
    may_squash::CODEC,
    membership::CODEC,
    merge_commits::CODEC,
    names::CODEC,
    newcomer_topics::CODEC,
    nobody::CODEC,
    not_disabled::CODEC,
    not_public::CODEC,
    of_group::CODEC,
    one_or_many::CODEC,
    or_false::CODEC,
    or_zero::CODEC,
    owners::CODEC,
    owners_without_access::CODEC,
    pairs::CODEC,
    people_of_owners::CODEC,
    people_or_groups::CODEC,
    pipeline::CODEC,
    present::CODEC,
    privacy::CODEC,
    properties::CODEC,
    reviewers::CODEC,
    roles_by_name::CODEC,
    shown::CODEC,
    tagged::CODEC,
    templates::CODEC,
    untagged::CODEC,
    without_two_factor::CODEC,
    zero_or_one::CODEC,
];

/// The codec of that name.
pub(super) fn codec(name: &str) -> Option<&'static Codec> {
    CODECS.iter().find(|c| c.name == name)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::catalog::{Catalog, ForgeKind};

    #[test]
    fn every_codec_is_used_by_a_row() {
        let catalog = Catalog::built_in().unwrap();
        for codec in CODECS {
            let uses = |forge| {
                catalog.settings().any(|s| {
                    s.on(forge).binding().and_then(|b| b.codec).is_some_and(|c| c.name == codec.name)
                })
            };
            assert!(uses(ForgeKind::Github) || uses(ForgeKind::Gitlab), "`{}` is used by no row", codec.name);
        }
    }

    /// A snapshot that holds an empty list in the place of a map could not be read back.
    #[test]
    fn what_a_codec_makes_of_an_empty_list_is_of_the_rows_type() {
        let catalog = Catalog::built_in().unwrap();
        for setting in catalog.settings().filter(|s| s.ty == crate::catalog::Type::Map) {
            for codec in [ForgeKind::Github, ForgeKind::Gitlab].map(|f| setting.on(f).binding()?.codec) {
                let made = codec.and_then(|codec| (codec.read)(&serde_json::json!([])));
                assert!(!matches!(made, Some(Value::List(_))), "{}", setting.key);
            }
        }
    }
}

//! Shards: a run split between several, each of which reads its own repositories, and put together again.
//!
//! A shard judges nothing. It keeps what its own subjects were seen to have, in the order of the whole run;
//! what they come to is worked out once, when all shards are there.

mod file;
mod merge;

use std::fmt;
use std::str::FromStr;

use sha2::{Digest, Sha256};

use crate::model::Subject;

pub use file::{ShardHeader, ShardWriter};
pub use merge::{MergeError, Shards};

/// One of several parts of a run.
#[derive(Debug, Clone, Copy, PartialEq, Eq, serde::Serialize, serde::Deserialize)]
pub struct Shard {
    /// Which one, the first being 1.
    #[serde(rename = "shard")]
    pub number: u32,
    /// Of how many.
    pub of: u32,
}

impl Shard {
    /// Whether a subject is of this shard. It goes by the address alone, so that every run and every release
    /// splits alike.
    pub fn owns(self, subject: &Subject) -> bool {
        let digest = Sha256::digest(subject.to_string().to_lowercase());
        let mut first = [0; 8];
        first.copy_from_slice(&digest[..8]);
        u64::from_be_bytes(first) % u64::from(self.of.max(1)) + 1 == u64::from(self.number)
    }
}

impl FromStr for Shard {
    type Err = String;

    fn from_str(text: &str) -> Result<Self, String> {
        let wrong = || format!("`{text}` is no shard: write 3/16 for the third of sixteen");
        let (number, of) = text.split_once('/').ok_or_else(wrong)?;
        let (number, of) = (number.parse().map_err(|_| wrong())?, of.parse().map_err(|_| wrong())?);
        if number == 0 || number > of {
            return Err(format!(
                "there is no shard {number} of {of}: the first is 1/{of}, the last {of}/{of}"
            ));
        }
        Ok(Self { number, of })
    }
}

impl fmt::Display for Shard {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}/{}", self.number, self.of)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::model::SubjectKind;

    #[test]
    fn every_subject_is_of_one_shard_whatever_the_case_of_its_name() {
        let of = 7;
        for name in ["acme", "acme/widgets", "acme/gadgets", "acme/apps/one"] {
            let owners = |name: &str| -> Vec<u32> {
                let subject = Subject::new(SubjectKind::Repository, "f", name);
                (1..=of).filter(|number| Shard { number: *number, of }.owns(&subject)).collect()
            };
            assert_eq!(owners(name).len(), 1);
            assert_eq!(owners(name), owners(&name.to_uppercase()));
        }
    }

    #[test]
    fn the_split_never_changes() {
        let subject = Subject::new(SubjectKind::Repository, "ghec", "acme/widgets");
        assert!(Shard { number: SHARD_OF_WIDGETS, of: 16 }.owns(&subject));
    }

    /// As the first release split it.
    const SHARD_OF_WIDGETS: u32 = 15;
}

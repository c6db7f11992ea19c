//! What an instance, or on gitlab.com a top-level group, has been paid for.

use std::str::FromStr;

use serde::{Deserialize, Serialize};

#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Tier {
    #[default]
    Free,
    Premium,
    Ultimate,
}

impl Tier {
    pub fn word(self) -> &'static str {
        match self {
            Self::Free => "free",
            Self::Premium => "premium",
            Self::Ultimate => "ultimate",
        }
    }
}

#[derive(Debug, thiserror::Error, PartialEq, Eq)]
#[error("no tier `{0}`: there are free, premium and ultimate")]
pub struct TierError(String);

impl FromStr for Tier {
    type Err = TierError;

    fn from_str(text: &str) -> Result<Self, TierError> {
        [Self::Free, Self::Premium, Self::Ultimate]
            .into_iter()
            .find(|tier| tier.word() == text)
            .ok_or_else(|| TierError(text.to_owned()))
    }
}

/// Whether a version such as `18.6.1-ee` is that one, such as `18.2`, or a later one.
pub fn at_least(version: &str, since: &str) -> bool {
    let numbers = |text: &str| {
        let mut numbers = text.split(['.', '-']).map_while(|part| part.parse::<u32>().ok());
        (numbers.next().unwrap_or(0), numbers.next().unwrap_or(0))
    };
    numbers(version) >= numbers(since)
}

//! The options of every verb that reads live forges: what is remembered, until when, how fast.

use std::num::NonZeroU32;
use std::path::PathBuf;
use std::sync::Arc;
use std::time::Duration;

use chrono::{DateTime, Utc};
use sha2::{Digest, Sha256};

use super::terminal;
use crate::forge::{Memory, Stop, Terms, Voice, default_folder};

/// How many megabytes of answers are kept for later runs, unless the environment says otherwise.
const MOST_MEGABYTES: u64 = 512;

/// How live forges are read.
#[derive(Debug, Clone, clap::Args)]
#[command(next_help_heading = "Reading live forges")]
pub(super) struct Manner {
    /// Go on where the last run that asked for the same did not end
    #[arg(long)]
    resume: bool,
    /// Send no further request after so long, and report what was read: 90s, 10m, 2h
    #[arg(long, value_name = "TIME", value_parser = Length::parse)]
    deadline: Option<Length>,
    /// Send at most so many requests a minute, of REST and of GraphQL each
    ///
    /// Without it, the pace is the forge's: 900 of REST and 2,000 of GraphQL on GitHub, and none on a
    /// server that has no limits.
    #[arg(long, value_name = "NUMBER")]
    requests_per_minute: Option<NonZeroU32>,
    /// Keep answers for later runs in this folder
    ///
    /// Without it, ISPO_SCM_CACHE_DIR says which; without that, it is `ispo-scm` in the user's cache
    /// folder.
    #[arg(long, value_name = "FOLDER")]
    cache_dir: Option<PathBuf>,
    /// Keep nothing, and use nothing that was kept
    #[arg(long, conflicts_with = "resume")]
    no_cache: bool,
}

/// A length of time, and how it was written.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Length {
    time: Duration,
    text: String,
}

impl Length {
    pub(super) fn parse(text: &str) -> Result<Self, String> {
        let unit = text.trim_start_matches(|c: char| c.is_ascii_digit());
        let seconds = match unit {
            "" | "s" => 1,
            "m" => 60,
            "h" => 3_600,
            _ => return Err("write 90s, 10m or 2h".to_owned()),
        };
        let number = text[..text.len() - unit.len()].parse::<u64>().ok();
        let seconds = number.and_then(|n| n.checked_mul(seconds)).ok_or("write 90s, 10m or 2h")?;
        let text = if unit.is_empty() { format!("{text}s") } else { text.to_owned() };
        Ok(Self { time: Duration::from_secs(seconds), text })
    }
}

/// How a plan is carried out on live forges.
#[derive(Debug, Clone, clap::Args)]
#[command(next_help_heading = "Writing to live forges")]
pub(super) struct Writing {
    /// Wait so many seconds for what a forge says it will do in its own time; 0 waits for nothing
    #[arg(long = "await", value_name = "SECONDS", default_value_t = 60)]
    patience: u64,
    /// Send no further request after so long, and say what was done: 90s, 10m, 2h
    #[arg(long, value_name = "TIME", value_parser = Length::parse)]
    deadline: Option<Length>,
    /// Send at most so many requests a minute, of REST and of GraphQL each
    #[arg(long, value_name = "NUMBER")]
    requests_per_minute: Option<NonZeroU32>,
}

impl Writing {
    /// How long what a forge does in its own time is waited for.
    pub(super) fn patience(&self) -> Duration {
        Duration::from_secs(self.patience)
    }

    /// The terms of a run that asks for this, which remembers nothing. Its deadline counts from now.
    pub(super) fn terms(&self, voice: Voice) -> Terms {
        let stop = self.deadline.as_ref().map(|d| Stop::after(d.time, &d.text)).unwrap_or_default();
        Terms { stop: Arc::new(stop), a_minute: self.requests_per_minute, ..Terms::plain(voice) }
    }
}

/// What decides which requests a run sends; only a run of which all of it is the same can be resumed.
pub(super) struct Asks<'a> {
    pub verb: &'a str,
    pub policy: &'a str,
    /// The places, and what else narrows or widens the reading.
    pub what: &'a dyn std::fmt::Debug,
}

impl Asks<'_> {
    fn digest(&self) -> String {
        let Self { verb, policy, what } = self;
        let all = format!("{} {verb} {policy} {what:?}", env!("CARGO_PKG_VERSION"));
        format!("{:x}", Sha256::digest(all))
    }
}

/// What a run that goes on with another one may have been told, in hours: an older one is not gone on with.
const OLDEST: i64 = 24;

impl Manner {
    /// The earliest time of an answer of a run that begins now.
    pub(super) fn oldest(&self, now: DateTime<Utc>) -> DateTime<Utc> {
        if self.resume { now - chrono::Duration::hours(OLDEST) } else { now }
    }

    /// The terms of a run that asks for this. Its deadline counts from now.
    pub(super) fn terms(&self, asks: &Asks<'_>, voice: Voice) -> Terms {
        let stop = self.deadline.as_ref().map(|d| Stop::after(d.time, &d.text)).unwrap_or_default();
        let memory = if self.no_cache { None } else { self.memory(asks, &voice) };
        Terms { memory, stop: Arc::new(stop), a_minute: self.requests_per_minute, voice }
    }

    fn memory(&self, asks: &Asks<'_>, voice: &Voice) -> Option<Arc<Memory>> {
        let set = || terminal::environment("ISPO_SCM_CACHE_DIR").filter(|f| !f.is_empty()).map(PathBuf::from);
        let named = self.cache_dir.clone().or_else(set);
        let Some(folder) = named.or_else(default_folder) else {
            voice("there is no cache folder, since the user has no home: nothing is kept for later runs");
            return None;
        };
        let variable = "ISPO_SCM_CACHE_MAX_MB";
        let megabytes = match terminal::environment(variable).filter(|text| !text.is_empty()) {
            None => MOST_MEGABYTES,
            Some(text) => text.trim().parse().unwrap_or_else(|_| {
                voice(&format!("{variable} is not a number: {MOST_MEGABYTES} is used"));
                MOST_MEGABYTES
            }),
        };
        let most = megabytes.saturating_mul(1024 * 1024);
        Some(Arc::new(Memory::new(folder, most, &asks.digest(), self.resume, Voice::clone(voice))))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_length_of_time_is_a_number_and_a_unit() {
        let of = |text: &str| Length::parse(text).map(|l| (l.time.as_secs(), l.text));
        assert_eq!(of("90s"), Ok((90, "90s".into())));
        assert_eq!(of("10m"), Ok((600, "10m".into())));
        assert_eq!(of("2h"), Ok((7_200, "2h".into())));
        assert_eq!(of("45"), Ok((45, "45s".into())));
        for wrong in [
            "",
            "m",
            "10 m",
            "1.5h",
            "-1s",
            "10d",
            "99999999999999999999s",
            "18446744073709551615h",
            "5mm",
            "٣m",
        ] {
            assert!(of(wrong).is_err(), "{wrong}");
        }
    }
}

//! What goes wrong on purpose. Faults count all requests, whatever they ask, but for those of a list.

use std::str::FromStr;

use super::quirks::Quirk;
use super::write_faults::{WriteFault, WriteFaultKind};

#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Fault {
    /// After so many requests the primary limit is reached.
    RateLimitAfter(u64),
    /// Every so many requests the secondary limit asks to wait so many seconds.
    SecondaryEvery { every: u64, seconds: u64 },
    /// Every so many requests end in a 502 with a page of HTML.
    BadGatewayEvery(u64),
    /// Every so many answers break off in the middle of the body.
    TruncateEvery(u64),
    /// A list does not come as it should.
    List(Quirk),
    /// Requests that write do not go as they should; only those are counted.
    Write(WriteFault),
}

#[derive(Debug, thiserror::Error, PartialEq, Eq)]
#[error(
    "no fault `{0}`: there are rate-limit-after=N, secondary-every=N:SECONDS, 502-every=N, truncate-every=N, \
     short-pages=PATH, shifting-list=PATH, overstated-total=PATH=N and writes=FROM-TO=KIND"
)]
pub struct FaultError(String);

impl FromStr for Fault {
    type Err = FaultError;

    fn from_str(text: &str) -> Result<Self, FaultError> {
        let unknown = || FaultError(text.to_owned());
        let positive = |text: &str| text.parse().ok().filter(|number: &u64| *number > 0).ok_or_else(unknown);
        match text.split_once('=').ok_or_else(unknown)? {
            ("rate-limit-after", count) => Ok(Self::RateLimitAfter(count.parse().map_err(|_| unknown())?)),
            ("secondary-every", rest) => {
                let (every, seconds) = rest.split_once(':').ok_or_else(unknown)?;
                Ok(Self::SecondaryEvery {
                    every: positive(every)?,
                    seconds: seconds.parse().map_err(|_| unknown())?,
                })
            }
            ("502-every", every) => Ok(Self::BadGatewayEvery(positive(every)?)),
            ("truncate-every", every) => Ok(Self::TruncateEvery(positive(every)?)),
            ("writes", rest) => WriteFault::parse(rest).map(Self::Write).ok_or_else(unknown),
            (word, rest) => Quirk::parse(word, rest).map(Self::List).ok_or_else(unknown),
        }
    }
}

impl Fault {
    /// What strikes the write of this number, counted from one.
    pub fn of_write(all: &[Self], number: u64) -> Option<WriteFaultKind> {
        all.iter().find_map(|fault| match fault {
            Self::Write(fault) if fault.strikes(number) => Some(fault.kind),
            _ => None,
        })
    }

    /// Whether the request of this number, counted from one, meets the fault.
    pub fn strikes(&self, number: u64) -> bool {
        match *self {
            Self::RateLimitAfter(count) => number > count,
            Self::SecondaryEvery { every, .. }
            | Self::BadGatewayEvery(every)
            | Self::TruncateEvery(every) => number.is_multiple_of(every),
            Self::List(_) | Self::Write(_) => false,
        }
    }
}

//! A baseline: the findings of an agreed day, which later runs count instead of telling them again.

mod compare;
mod entry;
mod file;

pub use compare::{Agreed, baseline_of};
pub use entry::Entry;
pub use file::{BaselineError, parse_baseline, read_baseline, write_baseline};

use std::collections::BTreeMap;

use chrono::NaiveDate;

use entry::{Key, Seen};

/// The findings of an agreed day.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Baseline {
    /// The day that they were found on.
    pub agreed: NaiveDate,
    /// In the order of their subjects, settings and items.
    entries: BTreeMap<Key, Seen>,
}

impl Baseline {
    /// How many findings are in it.
    pub fn len(&self) -> usize {
        self.entries.len()
    }

    /// Whether nothing is in it.
    pub fn is_empty(&self) -> bool {
        self.entries.is_empty()
    }

    /// The same without what is gone.
    #[must_use]
    pub fn without(mut self, gone: &[Entry]) -> Self {
        for entry in gone {
            self.entries.remove(&entry.key());
        }
        self
    }
}

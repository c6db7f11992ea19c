//! What a request repeats of its item has to be as it was seen, or it would undo what somebody else did.

use std::collections::BTreeSet;

use super::super::apply::Seen;
use crate::model::{Change, Kept};

/// Something that is to stay as it is, told as a change of nothing, and the change whose request repeats it.
pub(super) struct Beside {
    pub stays: Change,
    pub of: usize,
}

/// What the requests of some changes repeat.
pub(super) fn beside(changes: &[(usize, &Change)]) -> Vec<Beside> {
    let stays = |change: &Change, kept: &Kept| Change {
        setting: kept.setting.clone(),
        before: kept.value.clone(),
        after: kept.value.clone(),
        requests: Vec::new(),
        undo: Vec::new(),
        kept: Vec::new(),
        ..change.clone()
    };
    let each =
        changes.iter().flat_map(|(of, change)| change.kept.iter().map(move |kept| (*of, *change, kept)));
    each.map(|(of, change, kept)| Beside { stays: stays(change, kept), of }).collect()
}

/// The changes of which something beside them has moved, or can no longer be seen. What is beside them is
/// numbered from `first` on.
pub(super) fn moved(beside: &[Beside], first: usize, seen: &Seen) -> BTreeSet<usize> {
    let is_moved = |(at, one): &(usize, &Beside)| !matches!(seen.get(&(first + at)), Some(Ok(now)) if *now == one.stays.before);
    beside.iter().enumerate().filter(is_moved).map(|(_, one)| one.of).collect()
}

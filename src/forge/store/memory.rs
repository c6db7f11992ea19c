//! What is kept between runs, and the runs that are going on.

use std::collections::{HashMap, HashSet};
use std::path::PathBuf;
use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::{Arc, Mutex, OnceLock, PoisonError};

use etcetera::BaseStrategy;
use sha2::{Digest, Sha256};

use super::cache;
use super::checkpoint::{self, Begun};
use super::file::File;
use super::remembered::Remembered;
use crate::forge::gate::Voice;

/// Where things are kept unless somebody says otherwise; none where the user has no home.
pub fn default_folder() -> Option<PathBuf> {
    etcetera::choose_base_strategy().ok().map(|user| user.cache_dir().join("ispo-scm"))
}

/// What is kept between runs, and how far this one is. Nothing is opened before it is needed.
pub struct Memory {
    folder: PathBuf,
    /// Bytes of bodies that are kept for later runs.
    most: u64,
    /// A digest of everything that decides what the run asks.
    digest: String,
    resume: bool,
    voice: Voice,
    file: OnceLock<Option<File>>,
    /// Bytes of bodies, roughly.
    held: AtomicU64,
    runs: Mutex<HashMap<String, Arc<Run>>>,
}

/// A run on one host with one identity.
pub(super) struct Run {
    pub begun: Begun,
    requests: Mutex<Requests>,
}

/// The requests of a run, by their digests.
#[derive(Default)]
struct Requests {
    /// How often each was made.
    made: HashMap<[u8; 32], u32>,
    /// Those without an answer.
    lacking: HashSet<[u8; 32]>,
}

impl Run {
    /// Counts a request, and tells how often it was made before.
    pub(super) fn made(&self, key: [u8; 32]) -> u32 {
        let mut requests = self.requests.lock().unwrap_or_else(PoisonError::into_inner);
        let made = requests.made.entry(key).or_default();
        *made += 1;
        *made - 1
    }

    /// Notes whether a request has an answer. One that has none, such as that of a token that was
    /// renewed too late, is as if it had not been made: the next of its like stands in for it.
    pub(super) fn answered(&self, key: [u8; 32], answered: bool) {
        let mut requests = self.requests.lock().unwrap_or_else(PoisonError::into_inner);
        if answered {
            requests.lacking.remove(&key);
        } else {
            requests.lacking.insert(key);
            requests.made.entry(key).and_modify(|made| *made = made.saturating_sub(1));
        }
    }

    fn lacks_answers(&self) -> bool {
        !self.requests.lock().unwrap_or_else(PoisonError::into_inner).lacking.is_empty()
    }
}

impl Memory {
    /// A memory in that folder, for a run that asks what the digest stands for. It keeps answers of
    /// up to so many bytes for later runs. With `resume` it takes up a run that did not end.
    pub fn new(folder: PathBuf, most: u64, digest: &str, resume: bool, voice: Voice) -> Self {
        Self {
            folder,
            most,
            digest: digest.to_owned(),
            resume,
            voice,
            file: OnceLock::new(),
            held: AtomicU64::new(0),
            runs: Mutex::default(),
        }
    }

    /// The file; none where it cannot be used.
    pub(super) fn file(&self) -> Option<&File> {
        self.file.get_or_init(|| self.open()).as_ref()
    }

    fn open(&self) -> Option<File> {
        let file = File::open(&self.folder, &self.voice)?;
        let held = file.with(|connection| cache::shrink(connection, self.most))?;
        self.held.store(held, Ordering::Relaxed);
        Some(file)
    }

    /// What is remembered of a host and what it answered to an identity, which is no credential.
    pub(in crate::forge) fn of(self: &Arc<Self>, host: &str, identity: &str) -> Remembered {
        let run = self.run(host, identity);
        Remembered { memory: Arc::clone(self), host: host.to_owned(), identity: identity.to_owned(), run }
    }

    /// Whether a body is small enough to be kept for later runs: one may not drive out all others.
    pub(super) fn has_room_for(&self, bytes: u64) -> bool {
        bytes <= self.most / 4
    }

    /// Counts a body that was kept, and makes room where there are too many.
    pub(super) fn holds_more(&self, bytes: u64) {
        let held = self.held.fetch_add(bytes, Ordering::AcqRel) + bytes;
        if held > self.most
            && let Some(left) = self.file().and_then(|file| file.with(|c| cache::shrink(c, self.most)))
        {
            self.held.store(left, Ordering::Release);
        }
    }

    fn run(&self, host: &str, identity: &str) -> Option<Arc<Run>> {
        let fingerprint = digest([host.as_bytes(), identity.as_bytes(), self.digest.as_bytes()]);
        let fingerprint: String = fingerprint.iter().map(|byte| format!("{byte:02x}")).collect();
        let mut runs = self.runs.lock().unwrap_or_else(PoisonError::into_inner);
        if let Some(run) = runs.get(&fingerprint) {
            return Some(Arc::clone(run));
        }
        let now = chrono::Utc::now();
        let begin = |connection: &mut _| {
            checkpoint::begin(connection, &self.folder, &fingerprint, self.resume, now.timestamp())
        };
        let begun = self.file().and_then(|file| file.with(begin));
        if self.resume {
            match &begun {
                Some(Begun { since, answers: answers @ 1.., .. }) => {
                    let are = if *answers == 1 { "answer is" } else { "answers are" };
                    let (since, answers) = (clock(*since, now), grouped(*answers));
                    (self.voice)(&format!("resuming the run of {since}: {answers} {are} there already"));
                }
                // An App is somebody else in each organization: it may not have come to all of them.
                _ if runs.values().any(|run| run.begun.answers > 0) => {}
                _ => (self.voice)(&format!("there is no run of {host} to resume: beginning anew")),
            }
        }
        let run = Arc::new(Run { begun: begun?, requests: Mutex::default() });
        runs.insert(fingerprint, Arc::clone(&run));
        Some(run)
    }

    /// Whether a later run could go on where this one is.
    pub fn is_kept(&self) -> bool {
        let runs = self.runs.lock().unwrap_or_else(PoisonError::into_inner);
        !runs.is_empty() && self.file().is_some_and(|file| file.with(|_| Ok(())).is_some())
    }

    /// Whether some of what was asked was never answered, so that a later run could go on from here.
    pub fn lacks_answers(&self) -> bool {
        let runs = self.runs.lock().unwrap_or_else(PoisonError::into_inner);
        runs.values().any(|run| run.lacks_answers())
    }

    /// Removes the answers of a run that has all of them. Where some never came, they stay for
    /// whoever resumes it.
    pub fn ended(&self) {
        let runs = std::mem::take(&mut *self.runs.lock().unwrap_or_else(PoisonError::into_inner));
        // Either all forges are read anew or none.
        if runs.values().any(|run| run.lacks_answers()) {
            return;
        }
        let Some(file) = self.file.get().and_then(Option::as_ref) else { return };
        for run in runs.values() {
            file.with(|connection| checkpoint::end(connection, &self.folder, &run.begun.id));
        }
    }
}

/// A digest over parts, whose borders count.
pub(super) fn digest<const N: usize>(parts: [&[u8]; N]) -> [u8; 32] {
    let mut digest = Sha256::new();
    for part in parts {
        digest.update((part.len() as u64).to_be_bytes());
        digest.update(part);
    }
    digest.finalize().into()
}

/// A moment for people: the day only where it is another.
fn clock(since: i64, now: chrono::DateTime<chrono::Utc>) -> String {
    let since = chrono::DateTime::from_timestamp(since, 0).unwrap_or(now);
    let format = if since.date_naive() == now.date_naive() { "%H:%M UTC" } else { "%Y-%m-%d %H:%M UTC" };
    since.format(format).to_string()
}

/// A number with its thousands apart.
pub fn grouped(number: u64) -> String {
    let digits = number.to_string();
    let mut text = String::new();
    for (i, digit) in digits.chars().enumerate() {
        if i > 0 && (digits.len() - i).is_multiple_of(3) {
            text.push(',');
        }
        text.push(digit);
    }
    text
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn people_can_read_the_note() {
        let now = chrono::DateTime::from_timestamp(1_700_000_000, 0).unwrap();
        assert_eq!(clock(1_700_000_000 - 600, now), "22:03 UTC");
        assert_eq!(clock(1_700_000_000 - 85_000, now), "2023-11-13 22:36 UTC");
        assert_eq!([grouped(7), grouped(1_204), grouped(1_000_000)], ["7", "1,204", "1,000,000"]);
    }

    #[test]
    fn nothing_is_opened_before_it_is_needed() {
        let folder = tempfile::tempdir().unwrap();
        let cache = folder.path().join("cache");
        let memory = Memory::new(cache.clone(), 1_000, "d", false, Arc::new(|_: &str| {}));
        memory.ended();
        assert!(!cache.exists() && !memory.is_kept());
        let memory = Arc::new(memory);
        memory.of("h", "token:1");
        assert!(cache.join("http.sqlite").exists() && memory.is_kept());
    }
}

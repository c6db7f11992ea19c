//! Reads a snapshot once, on all processors, and hands the results on in the order of the file.

use std::collections::{BTreeMap, HashMap};
use std::fs::File;
use std::io::{BufRead, BufReader};
use std::path::Path;
use std::sync::mpsc::{Receiver, Sender, SyncSender, channel, sync_channel};
use std::sync::{Arc, Mutex, PoisonError};

use super::SnapshotError;
use super::header::{Gap, Header};
use super::line::LineReader;
use crate::model::{Observed, SubjectKind};

/// Lines that travel together, so that threads do not meet at every one.
const BATCH: usize = 128;

/// What surrounds the subjects of a batch.
#[derive(Debug, Clone)]
pub struct Context {
    /// Of which forge they are.
    pub header: Arc<Header>,
    /// The organizations that came before them, by name.
    pub organizations: Arc<HashMap<Arc<str>, Arc<Observed>>>,
}

impl Context {
    /// The organization that a repository is in, if it came before.
    pub fn organization_of(&self, observed: &Observed) -> Option<&Observed> {
        let inside = observed.subject.kind == SubjectKind::Repository;
        self.organizations.get(observed.subject.organization()).filter(|_| inside).map(|o| &**o)
    }
}

struct Batch {
    number: usize,
    first_line: usize,
    lines: Vec<String>,
    context: Context,
}

/// Calls `work` with every batch of subjects, from several threads, and `take` with what came of
/// each, from this one and in the order of the file. A header that names no forge leaves the
/// subjects to `fallback`.
///
/// Returns what could not be read when the file was written.
///
/// # Errors
/// The first thing wrong with the file.
pub fn for_each<R: Send>(
    path: &Path,
    reader: &LineReader<'_>,
    rename: Option<&Arc<str>>,
    work: impl Fn(&Context, Vec<Observed>) -> R + Sync,
    mut take: impl FnMut(R),
) -> Result<Vec<Gap>, SnapshotError> {
    let threads = std::thread::available_parallelism().map_or(1, std::num::NonZero::get);
    let (batches, waiting) = sync_channel::<Batch>(threads * 4);
    let waiting = Mutex::new(waiting);
    let (done, results) = channel::<(usize, Result<R, SnapshotError>)>();
    std::thread::scope(|scope| {
        for _ in 0..threads {
            let (done, waiting, work) = (done.clone(), &waiting, &work);
            scope.spawn(move || process(path, reader, waiting, &done, work));
        }
        drop(done);
        let feeder = scope.spawn(move || feed(path, reader, rename, &batches));
        let mut early: BTreeMap<usize, R> = BTreeMap::new();
        let (mut next, mut failure) = (0, None::<(usize, SnapshotError)>);
        for (number, result) in results {
            match result {
                Ok(result) => drop(early.insert(number, result)),
                Err(error) if failure.as_ref().is_none_or(|(n, _)| number < *n) => {
                    failure = Some((number, error))
                }
                Err(_) => {}
            }
            while let Some(result) = early.remove(&next) {
                take(result);
                next += 1;
            }
        }
        let fed = feeder.join().unwrap_or_else(|panic| std::panic::resume_unwind(panic));
        failure.map_or(fed, |(_, error)| Err(error))
    })
}

fn process<R>(
    path: &Path,
    reader: &LineReader<'_>,
    waiting: &Mutex<Receiver<Batch>>,
    done: &Sender<(usize, Result<R, SnapshotError>)>,
    work: &impl Fn(&Context, Vec<Observed>) -> R,
) {
    loop {
        let batch = waiting.lock().unwrap_or_else(PoisonError::into_inner).recv();
        let Ok(batch) = batch else { return };
        let subjects: Result<Vec<Observed>, SnapshotError> = batch
            .lines
            .iter()
            .enumerate()
            .map(|(i, line)| {
                reader
                    .read_below(&batch.context.header, line)
                    .map_err(|what| malformed(path, batch.first_line + i, what))
            })
            .collect();
        if done.send((batch.number, subjects.map(|s| work(&batch.context, s)))).is_err() {
            return;
        }
    }
}

fn malformed(path: &Path, line: usize, what: String) -> SnapshotError {
    SnapshotError::Malformed { path: path.to_owned(), line, what }
}

/// Reads the lines and sends them on. Organizations are read here and now: what comes after needs
/// them.
fn feed(
    path: &Path,
    reader: &LineReader<'_>,
    rename: Option<&Arc<str>>,
    batches: &SyncSender<Batch>,
) -> Result<Vec<Gap>, SnapshotError> {
    let unreadable = |source| SnapshotError::Unreadable { path: path.to_owned(), source };
    let mut file = BufReader::with_capacity(1 << 20, File::open(path).map_err(unreadable)?);
    let mut context: Option<Context> = None;
    let mut gaps = Vec::new();
    let (mut number, mut line_number) = (0, 0);
    let mut lines = Vec::with_capacity(BATCH);
    let mut first_line = 1;
    let mut send = |lines: &mut Vec<String>, first_line: usize, context: &Option<Context>| {
        if let (Some(context), false) = (context, lines.is_empty()) {
            let full = std::mem::replace(lines, Vec::with_capacity(BATCH));
            // The other side only goes away when it failed, and then says so itself.
            let _ = batches.send(Batch { number, first_line, lines: full, context: context.clone() });
            number += 1;
        }
    };
    loop {
        let mut line = String::new();
        if file.read_line(&mut line).map_err(unreadable)? == 0 {
            send(&mut lines, first_line, &context);
            return Ok(gaps);
        }
        line_number += 1;
        if line.trim().is_empty() {
            send(&mut lines, first_line, &context);
            continue;
        }
        if let Some(gap) = Gap::parse(&line) {
            gaps.push(gap.map_err(|what| malformed(path, line_number, what))?);
            send(&mut lines, first_line, &context);
            continue;
        }
        if let Some(header) = Header::parse(&line) {
            let mut header = header.map_err(|what| malformed(path, line_number, what))?;
            if let Some(name) = rename {
                header.forge = Arc::clone(name);
            }
            send(&mut lines, first_line, &context);
            context = Some(Context { header: Arc::new(header), organizations: Arc::default() });
            continue;
        }
        let Some(current) = &mut context else {
            let what = "a snapshot begins with {\"format\":\"ispo-scm-snapshot\",\"version\":1,…}".to_owned();
            return Err(malformed(path, line_number, what));
        };
        if line.starts_with("{\"organization\"") {
            let observed = reader
                .read_below(&current.header, &line)
                .map_err(|what| malformed(path, line_number, what))?;
            debug_assert_eq!(observed.subject.kind, SubjectKind::Organization);
            let mut all = HashMap::clone(&current.organizations);
            all.insert(Arc::clone(&observed.subject.name), Arc::new(observed));
            let next = Context { organizations: Arc::new(all), ..current.clone() };
            send(&mut lines, first_line, &context);
            context = Some(next);
        }
        if lines.is_empty() {
            first_line = line_number;
        }
        lines.push(line);
        if lines.len() == BATCH {
            send(&mut lines, first_line, &context);
        }
    }
}

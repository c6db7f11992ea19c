//! Runs that have not ended, and what they were answered.

use std::fs::{File, OpenOptions};
use std::path::{Path, PathBuf};

use bytes::Bytes;
use rusqlite::{Connection, OptionalExtension, Row, Transaction, TransactionBehavior, params};

use super::answer::Kept;

/// How old an unfinished run may be, in seconds: what it was told may no longer hold.
const OLDEST: i64 = 24 * 3600;

/// A request, told from its repetitions.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Asked {
    /// A digest of method, address and body.
    pub key: [u8; 32],
    pub nth: u32,
}

/// What a request was answered, and what that took.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Answered {
    pub kept: Kept,
    /// How often it was sent.
    pub sent: u64,
    /// How often the answer had not changed.
    pub not_modified: u64,
}

/// A run that is going on. As long as its file is locked, no other process takes it up or removes it.
#[derive(Debug)]
pub(super) struct Begun {
    pub id: String,
    /// Unix seconds.
    pub since: i64,
    /// How many answers are there already.
    pub answers: u64,
    // Held, never read: the lock ends with the process, however that ends.
    _lock: Option<File>,
}

fn lock_path(folder: &Path, id: &str) -> PathBuf {
    folder.join(format!("run-{id}.lock"))
}

/// Locks a run; nothing where another process has it.
fn lock(folder: &Path, id: &str) -> Option<File> {
    let file =
        OpenOptions::new().create(true).truncate(false).write(true).open(lock_path(folder, id)).ok()?;
    file.try_lock().ok().map(|()| file)
}

/// Takes up the newest unfinished run of that fingerprint, if that is wanted, or begins one. Other
/// unfinished runs of the fingerprint are removed, and those that are too old.
pub(super) fn begin(
    connection: &mut Connection,
    folder: &Path,
    fingerprint: &str,
    resume: bool,
    now: i64,
) -> rusqlite::Result<Begun> {
    let transaction = connection.transaction_with_behavior(TransactionBehavior::Immediate)?;
    let mut all: Vec<(String, String, i64)> = Vec::new();
    {
        let mut newest =
            transaction.prepare("SELECT id, fingerprint, begun FROM runs ORDER BY begun DESC")?;
        let mut rows = newest.query([])?;
        while let Some(row) = rows.next()? {
            all.push((row.get(0)?, row.get(1)?, row.get(2)?));
        }
    }
    let mut taken: Option<Begun> = None;
    for (id, of, since) in all {
        let too_old = now - since > OLDEST;
        if of != fingerprint && !too_old {
            continue;
        }
        // Whoever holds the lock is still at it.
        let Some(lock) = lock(folder, &id) else { continue };
        if resume && taken.is_none() && of == fingerprint && !too_old {
            let sql = "SELECT count(*) FROM run_answers WHERE run = ?1";
            let answers: i64 = transaction.query_row(sql, [&id], |row| row.get(0))?;
            if answers > 0 {
                let answers = u64::try_from(answers).unwrap_or_default();
                taken = Some(Begun { id, since, answers, _lock: Some(lock) });
                continue;
            }
        }
        remove(&transaction, folder, &id)?;
    }
    transaction.execute("DELETE FROM run_answers WHERE run NOT IN (SELECT id FROM runs)", [])?;
    let begun = match taken {
        Some(taken) => taken,
        None => {
            let id = fresh_id();
            let lock = lock(folder, &id);
            transaction.execute("INSERT INTO runs VALUES (?1, ?2, ?3)", params![id, fingerprint, now])?;
            Begun { id, since: now, answers: 0, _lock: lock }
        }
    };
    transaction.commit()?;
    Ok(begun)
}

/// Unlike any other: two processes do not have one number at one time.
fn fresh_id() -> String {
    let nanos = std::time::SystemTime::now().duration_since(std::time::UNIX_EPOCH).unwrap_or_default();
    format!("{:x}-{}", nanos.as_nanos(), std::process::id())
}

fn remove(transaction: &Transaction<'_>, folder: &Path, id: &str) -> rusqlite::Result<()> {
    transaction.execute("DELETE FROM run_answers WHERE run = ?1", [id])?;
    transaction.execute("DELETE FROM runs WHERE id = ?1", [id])?;
    // An empty file that stays harms nobody.
    let _ = std::fs::remove_file(lock_path(folder, id));
    Ok(())
}

/// Removes a run that has ended, and gives its room back.
pub(super) fn end(connection: &mut Connection, folder: &Path, id: &str) -> rusqlite::Result<()> {
    let transaction = connection.transaction_with_behavior(TransactionBehavior::Immediate)?;
    remove(&transaction, folder, id)?;
    transaction.commit()?;
    // It gives back a page a step.
    let mut vacuum = connection.prepare("PRAGMA incremental_vacuum")?;
    let mut steps = vacuum.query([])?;
    while steps.next()?.is_some() {}
    Ok(())
}

fn stored(row: &Row<'_>) -> rusqlite::Result<(Answered, Vec<u8>)> {
    let number = |name| row.get::<_, i64>(name).map(|n| u64::try_from(n).unwrap_or_default());
    let kept = Kept {
        status: row.get("status")?,
        headers: row.get("headers")?,
        body: Bytes::from(row.get::<_, Vec<u8>>("body")?),
    };
    let answered = Answered { kept, sent: number("sent")?, not_modified: number("not_modified")? };
    Ok((answered, row.get("digest")?))
}

fn digest(run: &str, asked: Asked, answered: &Answered) -> Vec<u8> {
    let Answered { kept, sent, not_modified } = answered;
    let (nth, sent, not_modified) = (asked.nth.to_be_bytes(), sent.to_be_bytes(), not_modified.to_be_bytes());
    kept.digest(&[run.as_bytes(), &asked.key, &nth, &sent, &not_modified])
}

/// What a request of a run was answered, if the row is what was written.
pub(super) fn find(connection: &Connection, run: &str, asked: Asked) -> rusqlite::Result<Option<Answered>> {
    let sql = "SELECT status, headers, body, digest, sent, not_modified FROM run_answers
               WHERE run = ?1 AND key = ?2 AND nth = ?3";
    let row = connection
        .query_row(sql, params![run, asked.key, asked.nth], |row| Ok(stored(row).ok()))
        .optional()?;
    let whole = row.flatten().filter(|(answered, written)| digest(run, asked, answered) == *written);
    Ok(whole.map(|(answered, _)| answered))
}

/// Keeps what a request of a run was answered.
pub(super) fn keep(
    transaction: &Transaction<'_>,
    run: &str,
    asked: Asked,
    answered: &Answered,
) -> rusqlite::Result<()> {
    let Answered { kept, sent, not_modified } = answered;
    let number = |n: u64| i64::try_from(n).unwrap_or(i64::MAX);
    let body: &[u8] = &kept.body;
    let digest = digest(run, asked, answered);
    let sql = "INSERT OR REPLACE INTO run_answers VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9)";
    let (sent, same) = (number(*sent), number(*not_modified));
    transaction.execute(
        sql,
        params![run, asked.key, asked.nth, kept.status, kept.headers, body, digest, sent, same],
    )?;
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::forge::store::schema;

    const ASKED: Asked = Asked { key: [7; 32], nth: 0 };

    struct Bench {
        folder: tempfile::TempDir,
        connection: Connection,
    }

    impl Bench {
        fn new() -> Self {
            let mut connection = Connection::open_in_memory().unwrap();
            schema::prepare(&mut connection).unwrap();
            Self { folder: tempfile::tempdir().unwrap(), connection }
        }

        fn begin(&mut self, fingerprint: &str, resume: bool, now: i64) -> Begun {
            begin(&mut self.connection, self.folder.path(), fingerprint, resume, now).unwrap()
        }

        fn keep(&mut self, run: &Begun) {
            let transaction = self.connection.transaction().unwrap();
            keep(&transaction, &run.id, ASKED, &answered()).unwrap();
            transaction.commit().unwrap();
        }

        fn find(&self, run: &Begun) -> Option<Answered> {
            find(&self.connection, &run.id, ASKED).unwrap()
        }

        fn rows(&self) -> i64 {
            self.connection.query_row("SELECT count(*) FROM run_answers", [], |r| r.get(0)).unwrap()
        }
    }

    fn answered() -> Answered {
        let kept = Kept { status: 404, headers: String::new(), body: Bytes::from_static(&[7; 40_000]) };
        Answered { kept, sent: 2, not_modified: 0 }
    }

    #[test]
    fn a_run_that_did_not_end_is_taken_up_by_its_like() {
        let mut bench = Bench::new();
        let first = bench.begin("a", false, 100);
        bench.keep(&first);
        // While it goes on it is nobody else's, and nobody removes it.
        assert_ne!(bench.begin("a", true, 110).id, first.id);
        assert_ne!(bench.begin("a", false, 110).id, first.id);
        let id = first.id.clone();
        drop(first);
        assert_ne!(bench.begin("b", true, 120).id, id);
        let second = bench.begin("a", true, 130);
        assert_eq!((second.id.as_str(), second.since, second.answers), (id.as_str(), 100, 1));
        assert_eq!(bench.find(&second), Some(answered()));
        assert_eq!(find(&bench.connection, &second.id, Asked { nth: 1, ..ASKED }).unwrap(), None);
        end(&mut bench.connection, bench.folder.path(), &second.id).unwrap();
        assert_eq!(bench.rows(), 0);
        let free = bench.connection.pragma_query_value(None, "freelist_count", |row| row.get::<_, i64>(0));
        assert_eq!(free.unwrap(), 0, "its room is given back");
    }

    #[test]
    fn what_nobody_will_take_up_is_removed() {
        let mut bench = Bench::new();
        for (fingerprint, resume, at) in
            [("a", false, 200), ("b", false, 100 + OLDEST + 1), ("a", true, 100 + OLDEST + 1)]
        {
            let run = bench.begin("a", false, 100);
            bench.keep(&run);
            drop(run);
            assert_eq!(bench.begin(fingerprint, resume, at).answers, 0);
            assert_eq!(bench.rows(), 0, "{fingerprint} {resume} {at}");
        }
        assert_eq!(
            std::fs::read_dir(bench.folder.path()).unwrap().count(),
            2,
            "locks of runs without answers"
        );
    }

    #[test]
    fn what_was_changed_in_the_file_is_as_good_as_none() {
        for damage in ["body = x'32'", "sent = 9", "status = 200", "nth = 1", "headers = 7", "body = 'text'"]
        {
            let mut bench = Bench::new();
            let run = bench.begin("a", false, 100);
            bench.keep(&run);
            bench.connection.execute(&format!("UPDATE run_answers SET {damage}"), []).unwrap();
            assert_eq!(bench.find(&run), None, "{damage}");
            let next = Asked { nth: 1, ..ASKED };
            assert_eq!(find(&bench.connection, &run.id, next).unwrap(), None, "{damage}");
        }
    }
}

//! The tables, and the version of their format.

use rusqlite::{Connection, TransactionBehavior};

/// The version of the tables. What another release made is not read: the tables are made anew.
const VERSION: i64 = 1;

const TABLES: &str = "
DROP TABLE IF EXISTS cache;
DROP TABLE IF EXISTS runs;
DROP TABLE IF EXISTS run_answers;
-- Answers with an ETag. `identity` is never a credential.
CREATE TABLE cache (
    id INTEGER PRIMARY KEY,
    host TEXT NOT NULL,
    identity TEXT NOT NULL,
    path TEXT NOT NULL,
    accept TEXT NOT NULL,
    etag TEXT NOT NULL,
    headers TEXT NOT NULL,
    body BLOB NOT NULL,
    digest BLOB NOT NULL,
    size INTEGER NOT NULL,
    used INTEGER NOT NULL
);
CREATE UNIQUE INDEX cache_key ON cache (host, identity, path, accept);
CREATE INDEX cache_used ON cache (used, size);
-- Runs that have not ended.
CREATE TABLE runs (
    id TEXT PRIMARY KEY,
    fingerprint TEXT NOT NULL,
    begun INTEGER NOT NULL
);
-- What they were answered. `key` is a digest of the request, `nth` counts its repetitions; status 0
-- is an answer that took too long.
CREATE TABLE run_answers (
    run TEXT NOT NULL,
    key BLOB NOT NULL,
    nth INTEGER NOT NULL,
    status INTEGER NOT NULL,
    headers TEXT NOT NULL,
    body BLOB NOT NULL,
    digest BLOB NOT NULL,
    sent INTEGER NOT NULL,
    not_modified INTEGER NOT NULL
);
CREATE UNIQUE INDEX run_answers_key ON run_answers (run, key, nth);
";

/// Sets a connection up, and makes the tables where they are not, or are another release's.
pub(super) fn prepare(connection: &mut Connection) -> rusqlite::Result<()> {
    connection.busy_timeout(std::time::Duration::from_secs(5))?;
    connection.pragma_update(None, "auto_vacuum", "INCREMENTAL")?;
    let mode: String = connection.pragma_update_and_check(None, "journal_mode", "WAL", |row| row.get(0))?;
    if !mode.eq_ignore_ascii_case("wal") {
        // Some network drives cannot; a plain journal is slower, and as safe.
        connection.pragma_update(None, "synchronous", "FULL")?;
    } else {
        connection.pragma_update(None, "synchronous", "NORMAL")?;
    }
    if version(connection)? == VERSION {
        return Ok(());
    }
    let tables = connection.transaction_with_behavior(TransactionBehavior::Immediate)?;
    // Another process may have been quicker.
    if version(&tables)? != VERSION {
        tables.execute_batch(TABLES)?;
        tables.pragma_update(None, "user_version", VERSION)?;
    }
    tables.commit()
}

fn version(connection: &Connection) -> rusqlite::Result<i64> {
    connection.pragma_query_value(None, "user_version", |row| row.get(0))
}

//! The tables of a history, and how those of an older release become today's.

use std::path::Path;
use std::time::Duration;

use rusqlite::{Connection, ErrorCode, TransactionBehavior};

use super::HistoryError;

/// What makes an SQLite file a history: `ISPO` in its header.
const APPLICATION: i64 = 0x4953_504f;

/// How long another process that writes is waited for.
const PATIENCE: Duration = Duration::from_secs(60);

/// What each version of the tables adds to the one before. None is ever changed.
const VERSIONS: [&str; 2] = [FIRST, SECOND];

const FIRST: &str = "
-- A run. Numbers that were not worked out are NULL.
CREATE TABLE runs (
    id INTEGER PRIMARY KEY AUTOINCREMENT,
    day TEXT NOT NULL,
    -- What it was limited to; empty where it was of everything.
    scope TEXT NOT NULL,
    -- Of what it said: a run that says the same on the same day is the same.
    digest TEXT NOT NULL,
    policy TEXT NOT NULL,
    release TEXT NOT NULL,
    unread INTEGER NOT NULL,
    subjects INTEGER NOT NULL,
    conforms INTEGER NOT NULL,
    drift INTEGER NOT NULL,
    waived INTEGER NOT NULL,
    unknown INTEGER NOT NULL,
    not_applicable INTEGER NOT NULL,
    repositories INTEGER,
    friction REAL,
    friction_p90 REAL,
    gated INTEGER,
    systemic REAL
);
CREATE INDEX runs_scope ON runs (scope, id);
-- A finding, for as long as the runs of its scope said the same of it: from run `first` until, and without, run
-- `until`; NULL where the last one still does.
CREATE TABLE findings (
    id INTEGER PRIMARY KEY,
    scope TEXT NOT NULL,
    subject TEXT NOT NULL,
    setting TEXT NOT NULL,
    key TEXT,
    verdict TEXT NOT NULL,
    severity TEXT NOT NULL,
    observed TEXT NOT NULL,
    first INTEGER NOT NULL REFERENCES runs (id),
    until INTEGER REFERENCES runs (id)
);
CREATE INDEX findings_open ON findings (scope, until);
";

const SECOND: &str = "
-- Between what times the forges were read, in UTC; NULL where what was judged came from files.
ALTER TABLE runs ADD COLUMN began TEXT;
ALTER TABLE runs ADD COLUMN ended TEXT;
";

/// Opens the file, and brings its tables up to date.
pub(super) fn open(path: &Path) -> Result<Connection, HistoryError> {
    let failed = |source: rusqlite::Error| match source.sqlite_error_code() {
        Some(ErrorCode::NotADatabase) => HistoryError::Other { path: path.to_owned() },
        _ => HistoryError::Sqlite { path: path.to_owned(), source },
    };
    let mut connection = Connection::open(path).map_err(failed)?;
    connection.busy_timeout(PATIENCE).map_err(failed)?;
    let tables = connection.transaction_with_behavior(TransactionBehavior::Immediate).map_err(failed)?;
    let number = |name: &str| tables.pragma_query_value(None, name, |row| row.get::<_, i64>(0));
    let (application, version) =
        (number("application_id").map_err(failed)?, number("user_version").map_err(failed)?);
    let sql = "SELECT count(*) FROM sqlite_schema";
    let things: i64 = tables.query_row(sql, [], |row| row.get(0)).map_err(failed)?;
    if application != APPLICATION && things > 0 {
        return Err(HistoryError::Other { path: path.to_owned() });
    }
    let known = i64::try_from(VERSIONS.len()).unwrap_or(i64::MAX);
    if version > known {
        return Err(HistoryError::Newer { path: path.to_owned(), version, known });
    }
    if version < known || application != APPLICATION {
        for step in VERSIONS.iter().skip(usize::try_from(version).unwrap_or_default()) {
            tables.execute_batch(step).map_err(failed)?;
        }
        tables.pragma_update(None, "application_id", APPLICATION).map_err(failed)?;
        tables.pragma_update(None, "user_version", known).map_err(failed)?;
    }
    tables.commit().map_err(failed)?;
    Ok(connection)
}

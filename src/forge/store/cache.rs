//! Answers with an ETag, which a forge confirms instead of sending them again.

use bytes::Bytes;
use rusqlite::{Connection, OptionalExtension, Row, Transaction, params};

use super::answer::Kept;

/// Which answer: only the same identity is ever given it again.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Key {
    pub host: String,
    pub identity: String,
    /// The path and the query.
    pub path: String,
    /// The media type and the version of the interface that were asked for.
    pub accept: String,
}

impl Key {
    fn asked(&self) -> [&[u8]; 4] {
        [self.host.as_bytes(), self.identity.as_bytes(), self.path.as_bytes(), self.accept.as_bytes()]
    }

    fn digest(&self, etag: &str, kept: &Kept) -> Vec<u8> {
        let [host, identity, path, accept] = self.asked();
        kept.digest(&[host, identity, path, accept, etag.as_bytes()])
    }
}

/// An answer and by what the forge recognises it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Known {
    pub etag: String,
    pub kept: Kept,
}

struct Stored {
    known: Known,
    digest: Vec<u8>,
}

fn stored(row: &Row<'_>) -> rusqlite::Result<Stored> {
    let kept =
        Kept { status: 200, headers: row.get("headers")?, body: Bytes::from(row.get::<_, Vec<u8>>("body")?) };
    Ok(Stored { known: Known { etag: row.get("etag")?, kept }, digest: row.get("digest")? })
}

/// The answer that is known to this question. A row that cannot be read, or is not what was
/// written, is removed and as good as none.
pub(super) fn find(connection: &Connection, key: &Key) -> rusqlite::Result<Option<Known>> {
    let sql = "SELECT id, etag, headers, body, digest FROM cache
               WHERE host = ?1 AND identity = ?2 AND path = ?3 AND accept = ?4";
    let row = connection
        .query_row(sql, params![key.host, key.identity, key.path, key.accept], |row| {
            Ok((row.get::<_, i64>("id")?, stored(row).ok()))
        })
        .optional()?;
    let Some((id, stored)) = row else { return Ok(None) };
    match stored {
        Some(stored) if stored.digest == key.digest(&stored.known.etag, &stored.known.kept) => {
            Ok(Some(stored.known))
        }
        _ => {
            connection.execute("DELETE FROM cache WHERE id = ?1", [id])?;
            Ok(None)
        }
    }
}

/// Keeps an answer in place of the one that was known.
pub(super) fn keep(
    transaction: &Transaction<'_>,
    key: &Key,
    known: &Known,
    now: i64,
) -> rusqlite::Result<()> {
    let Known { etag, kept } = known;
    let sql =
        "INSERT OR REPLACE INTO cache (host, identity, path, accept, etag, headers, body, digest, size, used)
               VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9, ?10)";
    let size = i64::try_from(kept.body.len()).unwrap_or(i64::MAX);
    let digest = key.digest(etag, kept);
    let body: &[u8] = &kept.body;
    transaction.execute(
        sql,
        params![key.host, key.identity, key.path, key.accept, etag, kept.headers, body, digest, size, now],
    )?;
    Ok(())
}

/// Notes that an answer was used. A minute more or less decides nothing.
pub(super) fn touch(transaction: &Transaction<'_>, key: &Key, now: i64) -> rusqlite::Result<()> {
    let sql = "UPDATE cache SET used = ?5
               WHERE host = ?1 AND identity = ?2 AND path = ?3 AND accept = ?4 AND used < ?5 - 60";
    transaction.execute(sql, params![key.host, key.identity, key.path, key.accept, now])?;
    Ok(())
}

/// Removes what was not used for longest until the bodies are well below so many bytes; returns how
/// many there are.
pub(super) fn shrink(connection: &mut Connection, most: u64) -> rusqlite::Result<u64> {
    let transaction = connection.transaction_with_behavior(rusqlite::TransactionBehavior::Immediate)?;
    let total: i64 = transaction.query_row("SELECT coalesce(sum(size), 0) FROM cache", [], |r| r.get(0))?;
    let mut total = u64::try_from(total).unwrap_or_default();
    if total > most {
        // A tenth is made free, so that this is not done for every answer.
        let enough = most - most / 10;
        let mut oldest = transaction.prepare("SELECT id, size FROM cache ORDER BY used, id")?;
        let mut rows = oldest.query([])?;
        let mut last = Vec::new();
        while total > enough
            && let Some(row) = rows.next()?
        {
            last.push(row.get::<_, i64>(0)?);
            total = total.saturating_sub(u64::try_from(row.get::<_, i64>(1)?).unwrap_or_default());
        }
        drop(rows);
        let mut remove = transaction.prepare("DELETE FROM cache WHERE id = ?1")?;
        for id in last {
            remove.execute([id])?;
        }
    }
    transaction.commit()?;
    Ok(total)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::forge::store::schema;

    fn key(path: &str) -> Key {
        let text = str::to_owned;
        Key { host: text("api.h"), identity: text("token:1"), path: text(path), accept: text("json; 1") }
    }

    fn known(body: &'static [u8]) -> Known {
        let kept = Kept { status: 200, headers: "link: <n>\n".into(), body: Bytes::from_static(body) };
        Known { etag: "\"e\"".into(), kept }
    }

    fn open() -> Connection {
        let mut connection = Connection::open_in_memory().unwrap();
        schema::prepare(&mut connection).unwrap();
        connection
    }

    fn put(connection: &mut Connection, path: &str, body: &'static [u8], now: i64) {
        let transaction = connection.transaction().unwrap();
        keep(&transaction, &key(path), &known(body), now).unwrap();
        transaction.commit().unwrap();
    }

    #[test]
    fn an_answer_is_known_to_its_own_question_only() {
        let mut connection = open();
        put(&mut connection, "/a", b"1", 1);
        assert_eq!(find(&connection, &key("/a")).unwrap(), Some(known(b"1")));
        for other in [
            key("/b"),
            Key { identity: "token:2".into(), ..key("/a") },
            Key { host: "api.i".into(), ..key("/a") },
            Key { accept: "json; 2".into(), ..key("/a") },
        ] {
            assert_eq!(find(&connection, &other).unwrap(), None);
        }
        put(&mut connection, "/a", b"2", 2);
        assert_eq!(find(&connection, &key("/a")).unwrap(), Some(known(b"2")));
    }

    #[test]
    fn what_was_changed_in_the_file_is_as_good_as_none() {
        for damage in [
            "UPDATE cache SET body = x'32'",
            "UPDATE cache SET body = 'text'",
            "UPDATE cache SET etag = '\"f\"'",
            "UPDATE cache SET headers = 7",
            "UPDATE cache SET identity = 'token:2'",
        ] {
            let mut connection = open();
            put(&mut connection, "/a", b"1", 1);
            connection.execute(damage, []).unwrap();
            assert_eq!(find(&connection, &key("/a")).unwrap(), None, "{damage}");
            let other = Key { identity: "token:2".into(), ..key("/a") };
            assert_eq!(find(&connection, &other).unwrap(), None, "{damage}");
            let left: i64 = connection.query_row("SELECT count(*) FROM cache", [], |r| r.get(0)).unwrap();
            assert_eq!(left, 0, "{damage}");
        }
    }

    #[test]
    fn what_was_not_used_for_longest_goes_first() {
        let mut connection = open();
        for (at, path) in (0..).zip(["/a", "/b", "/c", "/d"]) {
            put(&mut connection, path, b"0123456789", at * 100);
        }
        assert_eq!(shrink(&mut connection, 40).unwrap(), 40);
        let transaction = connection.transaction().unwrap();
        touch(&transaction, &key("/a"), 1_000).unwrap();
        transaction.commit().unwrap();
        assert_eq!(shrink(&mut connection, 35).unwrap(), 30);
        assert!(find(&connection, &key("/b")).unwrap().is_none());
        assert!(find(&connection, &key("/a")).unwrap().is_some());
    }

    #[test]
    fn tables_of_another_version_are_made_anew() {
        let mut connection = open();
        put(&mut connection, "/a", b"1", 1);
        schema::prepare(&mut connection).unwrap();
        assert!(find(&connection, &key("/a")).unwrap().is_some());
        connection.pragma_update(None, "user_version", 99).unwrap();
        schema::prepare(&mut connection).unwrap();
        assert!(find(&connection, &key("/a")).unwrap().is_none());
    }
}

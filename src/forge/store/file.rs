//! The file: opened once, given up at the first trouble that does not pass.

use std::ffi::OsString;
use std::fs::{DirBuilder, OpenOptions};
use std::io;
use std::path::{Path, PathBuf};
use std::sync::{Mutex, PoisonError};

use rusqlite::{Connection, ErrorCode};

use super::schema;
use crate::forge::gate::Voice;

/// The name of the file within the cache folder.
const NAME: &str = "http.sqlite";

/// An open store.
pub(super) struct File {
    path: PathBuf,
    /// None once it has been given up.
    connection: Mutex<Option<Connection>>,
    voice: Voice,
}

/// Why a store cannot be used.
#[derive(Debug, thiserror::Error)]
enum Trouble {
    #[error(transparent)]
    Folder(#[from] io::Error),
    #[error(transparent)]
    Sqlite(#[from] rusqlite::Error),
}

impl File {
    /// Opens the store in a folder, which is made where it is not there. A file that is damaged is
    /// deleted and made anew. What cannot be opened is said, and done without.
    pub(super) fn open(folder: &Path, voice: &Voice) -> Option<Self> {
        let path = folder.join(NAME);
        let opened = match connect(folder, &path) {
            Err(Trouble::Sqlite(error)) if is_damaged(&error) => {
                voice(&format!("the cache {} is damaged: it is made anew", path.display()));
                remove(&path).map_err(Trouble::Folder).and_then(|()| connect(folder, &path))
            }
            opened => opened,
        };
        match opened {
            Ok(connection) => {
                let connection = Mutex::new(Some(connection));
                Some(Self { path, connection, voice: Voice::clone(voice) })
            }
            Err(trouble) => {
                let why = trouble.to_string();
                voice(&format!("the cache {} cannot be used ({why}): going on without it", path.display()));
                None
            }
        }
    }

    /// Does something with the store. At the first error it is given up for the rest of the run,
    /// aloud; from then on there is nothing.
    pub(super) fn with<T>(&self, work: impl FnOnce(&mut Connection) -> rusqlite::Result<T>) -> Option<T> {
        let mut held = self.connection.lock().unwrap_or_else(PoisonError::into_inner);
        match work(held.as_mut()?) {
            Ok(done) => Some(done),
            Err(error) => {
                *held = None;
                let at = self.path.display();
                if is_damaged(&error) {
                    // Nowhere is left to say that it cannot be deleted either; the next run will.
                    let _ = remove(&self.path);
                    (self.voice)(&format!("the cache {at} is damaged: it was deleted, going on without it"));
                } else {
                    (self.voice)(&format!("the cache {at} cannot be used ({error}): going on without it"));
                }
                None
            }
        }
    }
}

fn connect(folder: &Path, path: &Path) -> Result<Connection, Trouble> {
    make_folder(folder)?;
    make_private(path)?;
    let mut connection = Connection::open(path)?;
    schema::prepare(&mut connection)?;
    Ok(connection)
}

#[cfg(unix)]
fn make_folder(folder: &Path) -> io::Result<()> {
    use std::os::unix::fs::DirBuilderExt;
    DirBuilder::new().recursive(true).mode(0o700).create(folder)
}

#[cfg(not(unix))]
fn make_folder(folder: &Path) -> io::Result<()> {
    DirBuilder::new().recursive(true).create(folder)
}

/// Makes the file before SQLite does, for its owner alone: bodies may be private. SQLite gives the
/// files beside it the same mode.
#[cfg(unix)]
fn make_private(path: &Path) -> io::Result<()> {
    use std::os::unix::fs::{OpenOptionsExt, PermissionsExt};
    let file = OpenOptions::new().create(true).truncate(false).write(true).mode(0o600).open(path)?;
    if file.metadata()?.permissions().mode() & 0o077 != 0 {
        // Of somebody else's file this fails: what is in there is not to be believed.
        file.set_permissions(std::fs::Permissions::from_mode(0o600))?;
    }
    Ok(())
}

#[cfg(not(unix))]
fn make_private(path: &Path) -> io::Result<()> {
    OpenOptions::new().create(true).truncate(false).write(true).open(path).map(drop)
}

fn is_damaged(error: &rusqlite::Error) -> bool {
    matches!(error.sqlite_error_code(), Some(ErrorCode::DatabaseCorrupt | ErrorCode::NotADatabase))
}

fn remove(path: &Path) -> io::Result<()> {
    for beside in ["", "-wal", "-shm"] {
        let mut name = OsString::from(path);
        name.push(beside);
        match std::fs::remove_file(&name) {
            Err(error) if error.kind() != io::ErrorKind::NotFound => return Err(error),
            _ => {}
        }
    }
    Ok(())
}

//! Files that are there whole, or as they were before.

use std::fs::File;
use std::io::{self, BufWriter, Write};
use std::path::{Path, PathBuf};

use miette::{IntoDiagnostic, Result, WrapErr, miette};

/// Says what cannot be written before anything is read.
///
/// # Errors
/// When the file's folder is not there, or it is a folder itself.
pub(super) fn check(file: &Path) -> Result<()> {
    let folder = file.parent().filter(|f| !f.as_os_str().is_empty()).unwrap_or(Path::new("."));
    if folder.is_dir() && !file.is_dir() {
        return Ok(());
    }
    let help = "make the folder first, or name another file";
    let what = format!("{} cannot be written: there is no such folder, or it is one", file.display());
    Err(miette!(code = "report::file", help = help, "{what}"))
}

/// Writes a file beside its place and moves it there when it is whole.
///
/// # Errors
/// When it cannot be written; what was there before then stays.
pub(super) fn write(file: &Path, what: impl FnOnce(&mut dyn Write) -> io::Result<()>) -> Result<()> {
    let mut unfinished = file.as_os_str().to_owned();
    unfinished.push(".unfinished");
    let unfinished = PathBuf::from(unfinished);
    let write = || -> io::Result<()> {
        let mut out = BufWriter::new(File::create(&unfinished)?);
        what(&mut out)?;
        out.flush()?;
        out.get_ref().sync_all()?;
        std::fs::rename(&unfinished, file)
    };
    let written = write();
    if written.is_err() {
        // What is left of it would help nobody.
        let _ = std::fs::remove_file(&unfinished);
    }
    written.into_diagnostic().wrap_err_with(|| format!("{} cannot be written", file.display()))
}

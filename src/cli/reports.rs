//! `--report FORMAT=FILE`: the reports of one run, each where it is wanted.

use std::path::{Path, PathBuf};

use miette::{Result, miette};

use super::{terminal, whole_file};
use crate::catalog::nearest;
use crate::report::{Audited, Format};

/// How reports are asked for.
#[derive(Debug, clap::Args)]
pub(super) struct Reports {
    /// How to show the outcome on standard output [default: human]
    #[arg(long, value_parser = format)]
    format: Option<Format>,
    /// Write a report to a file, or to standard output where that is `-` (repeatable): sarif=scm.sarif
    #[arg(long = "report", value_name = "FORMAT=FILE", value_parser = wanted)]
    reports: Vec<Wanted>,
}

/// A report that was asked for.
#[derive(Debug, Clone, PartialEq, Eq)]
struct Wanted {
    format: Format,
    /// None for standard output.
    file: Option<PathBuf>,
}

/// Reads the name of a format.
fn format(word: &str) -> Result<Format, String> {
    Format::from_word(word).ok_or_else(|| {
        let all: Vec<&str> = Format::ALL.iter().map(|(_, word, _)| *word).collect();
        match nearest(word, all.iter().copied()) {
            Some(near) => format!("there is no format `{word}`: did you mean `{near}`?"),
            None => format!("there is no format `{word}`: write one of {}", all.join(", ")),
        }
    })
}

/// Reads `FORMAT=FILE`.
fn wanted(text: &str) -> Result<Wanted, String> {
    let Some((word, file)) = text.split_once('=') else {
        let file = format(text).map_or("FORMAT=FILE".to_owned(), |f| format!("{}=FILE", f.word()));
        return Err(format!("it does not say where to: write {file}, or `-` in place of a file"));
    };
    let format = format(word)?;
    match file {
        "" => Err(format!("it names no file: write {word}=FILE, or {word}=- for standard output")),
        "-" => Ok(Wanted { format, file: None }),
        file => Ok(Wanted { format, file: Some(file.into()) }),
    }
}

impl Reports {
    /// Whether any report is asked for.
    pub(super) fn is_any(&self) -> bool {
        self.format.is_some() || !self.reports.is_empty()
    }

    /// Says what cannot be done before anything is read.
    ///
    /// # Errors
    /// When two reports would go to one place, or a file's folder is not there.
    pub(super) fn check(&self) -> Result<()> {
        let to_output = self.reports.iter().filter(|r| r.file.is_none()).count();
        if to_output > 1 || (to_output == 1 && self.format.is_some()) {
            let help = "give each of the others a file: --report FORMAT=FILE";
            return Err(miette!(code = "report::output", help = help, "standard output takes one report"));
        }
        let files: Vec<&Path> = self.reports.iter().filter_map(|r| r.file.as_deref()).collect();
        for (i, file) in files.iter().enumerate() {
            if files[..i].contains(file) {
                let help = "give each report a file of its own";
                let what = format!("two reports would be written to {}", file.display());
                return Err(miette!(code = "report::file", help = help, "{what}"));
            }
            whole_file::check(file)?;
        }
        Ok(())
    }

    /// What goes to standard output.
    fn shown(&self) -> Format {
        let shown = self.reports.iter().find(|r| r.file.is_none()).map(|r| r.format);
        shown.or(self.format).unwrap_or(Format::Human)
    }

    /// Every format that is asked for.
    pub(super) fn formats(&self) -> impl Iterator<Item = Format> {
        let files = self.reports.iter().filter(|r| r.file.is_some()).map(|r| r.format);
        std::iter::once(self.shown()).chain(files)
    }

    /// Where to find what a report has no room for.
    pub(super) fn elsewhere(&self, policy: &Path) -> String {
        let whole = self.reports.iter().filter(|r| r.format.is_whole());
        let files: Vec<String> =
            whole.filter_map(|r| r.file.as_ref()).map(|f| f.display().to_string()).collect();
        if files.is_empty() {
            let (policy, blank) = (policy.display().to_string(), |p: &str| p.contains(' '));
            let policy = if blank(&policy) { format!("'{policy}'") } else { policy };
            return format!("ispo-scm audit {policy} --all names every one");
        }
        format!("{} has every one", files.join(" and "))
    }

    /// Writes every report that was asked for. A file is there whole, or as it was before.
    ///
    /// # Errors
    /// The first file that cannot be written; the others are written all the same.
    pub(super) fn write(&self, audited: Audited<'_>) -> Result<()> {
        let mut failed = None;
        for Wanted { format, file } in &self.reports {
            let Some(file) = file else { continue };
            if let Err(error) = self.to_file(*format, file, audited) {
                failed = failed.or(Some(error));
            }
        }
        terminal::show(|out| self.shown().write(out, audited))?;
        failed.map_or(Ok(()), Err)
    }

    fn to_file(&self, format: Format, file: &Path, mut audited: Audited<'_>) -> Result<()> {
        // A file has no colours, and no terminal's width.
        (audited.style.color, audited.style.width) = (false, WIDTH);
        whole_file::write(file, |out| format.write(out, audited))
    }
}

/// How wide a report for people is in a file.
const WIDTH: usize = 100;

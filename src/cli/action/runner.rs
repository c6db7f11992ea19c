//! The runner: the files by which a step tells it things, and its log, in which some lines are commands.

use std::fs::{self, OpenOptions};
use std::io::Write;
use std::path::{Path, PathBuf};

use crypto_box::aead::OsRng;
use crypto_box::aead::rand_core::RngCore;
use miette::{IntoDiagnostic, Result, WrapErr, miette};

use crate::cli::terminal;
use crate::report::{self, Loudness};

/// The runner takes no more of one step's summary.
const SUMMARY: u64 = 1 << 20;

/// The runner, while a step is under way.
pub(super) struct Runner {
    /// Where this step keeps its files: a folder of its own, whatever other steps there are.
    folder: PathBuf,
    output: Option<PathBuf>,
    summary: Option<PathBuf>,
    /// Until this line, no line of the log is a command: names of others may look like some.
    resume: String,
    notes: Vec<String>,
    outputs: Vec<(String, String)>,
}

impl Runner {
    /// Begins a step, and tells the runner to take no line for a command.
    ///
    /// # Errors
    /// When no folder can be made.
    pub(super) fn begin(environment: &dyn Fn(&str) -> Option<String>) -> Result<Self> {
        let set = |name: &str| environment(name).filter(|value| !value.is_empty()).map(PathBuf::from);
        let mut bytes = [0_u8; 16];
        OsRng.try_fill_bytes(&mut bytes).map_err(|e| miette!("there is no randomness: {e}"))?;
        let word: String = bytes.iter().map(|byte| format!("{byte:02x}")).collect();
        terminal::say(&format!("::stop-commands::{word}"))?;
        let temporary = set("RUNNER_TEMP").unwrap_or_else(std::env::temp_dir);
        Ok(Self {
            folder: own_folder(&temporary)?,
            output: set("GITHUB_OUTPUT"),
            summary: set("GITHUB_STEP_SUMMARY"),
            resume: format!("::{word}::"),
            notes: Vec::new(),
            outputs: Vec::new(),
        })
    }

    /// A file of this step.
    pub(super) fn file(&self, name: &str) -> PathBuf {
        self.folder.join(name)
    }

    /// Gives an output its value, one line.
    pub(super) fn set(&mut self, name: &str, value: &str) {
        self.outputs.retain(|(known, _)| known != name);
        self.outputs.push((name.to_owned(), report::safe(value).into_owned()));
    }

    /// Adds to the summary of the job what has room there.
    ///
    /// # Errors
    /// When its file cannot be written.
    pub(super) fn summarize(&self, text: &str) -> Result<()> {
        let Some(file) = &self.summary else { return Ok(()) };
        let there = fs::metadata(file).map_or(0, |file| file.len());
        let text = format!("{text}\n");
        if there + text.len() as u64 <= SUMMARY {
            return append(file, &text);
        }
        let instead = "The summary has no room for this report: it is among the files of the step.\n";
        if there + (instead.len() as u64) < SUMMARY { append(file, instead) } else { Ok(()) }
    }

    /// Says something on the page of the run, and in the log.
    pub(super) fn note(&mut self, loudness: Loudness, text: &str) {
        terminal::warn(text);
        self.notes.push(report::annotation(loudness, text));
    }

    /// Says on the page of the run what stands in a file of this step.
    pub(super) fn annotate(&mut self, name: &str) {
        let text = fs::read_to_string(self.file(name)).unwrap_or_default();
        self.notes.extend(text.lines().map(str::to_owned));
    }

    /// Ends the step: outputs are written, and what is to be seen on the page of the run is said.
    ///
    /// # Errors
    /// When the outputs cannot be written.
    pub(super) fn end(&self) -> Result<()> {
        if let Some(file) = &self.output {
            let lines = self.outputs.iter().map(|(name, value)| format!("{name}={value}\n"));
            append(file, &lines.collect::<String>())?;
        }
        terminal::say(&self.resume)?;
        self.notes.iter().try_for_each(|note| terminal::say(note))
    }
}

/// Makes the folder of this step: a job may take several.
fn own_folder(beneath: &Path) -> Result<PathBuf> {
    let mut number = 1_u32;
    loop {
        let folder = beneath.join(format!("ispo-scm-{number}"));
        match fs::create_dir(&folder) {
            Ok(()) => return Ok(folder),
            Err(error) if error.kind() == std::io::ErrorKind::AlreadyExists => number += 1,
            Err(error) => {
                let what = format!("the folder {} cannot be made", folder.display());
                return Err(error).into_diagnostic().wrap_err(what);
            }
        }
    }
}

fn append(file: &Path, text: &str) -> Result<()> {
    let opened = OpenOptions::new().append(true).create(true).open(file);
    opened
        .and_then(|mut file| file.write_all(text.as_bytes()))
        .into_diagnostic()
        .wrap_err_with(|| format!("{} cannot be written", file.display()))
}

//! The binary as it is called here: 80 columns wide, without colours.

use std::process::Output;

use assert_cmd::Command;

/// Every form that a report can be written in.
pub(crate) const FORMATS: [&str; 14] = [
    "human",
    "json",
    "markdown",
    "comment",
    "issue",
    "sarif",
    "junit",
    "github",
    "code-quality",
    "csv",
    "badge",
    "repos",
    "digest",
    "html",
];

/// The binary, which says the same on every machine.
pub(crate) fn ispo_scm() -> Command {
    let mut command = Command::new(env!("CARGO_BIN_EXE_ispo-scm"));
    command.env("COLUMNS", "80").env("NO_COLOR", "1").env_remove("CLICOLOR_FORCE");
    command
}

/// Runs it with those arguments, however it ends.
pub(crate) fn program(arguments: &[&str]) -> Output {
    ispo_scm().args(arguments).output().unwrap()
}

/// What it said of what went wrong, on one line: where lines end is for the terminal to say.
pub(crate) fn said(done: &Output) -> String {
    let text = String::from_utf8_lossy(&done.stderr).replace(['|', '│'], " ");
    text.split_whitespace().collect::<Vec<_>>().join(" ")
}

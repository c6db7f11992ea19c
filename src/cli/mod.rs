//! The command line: one file per verb, which parses, calls, prints and says the exit code.

mod action;
mod allowing;
mod apply;
mod audit;
mod carry_out;
mod caused;
mod check;
mod diff;
mod exit;
mod explain;
mod fail_on;
mod forecast;
mod friction;
mod judging;
mod keeping;
mod manner;
mod opening;
mod packs;
mod plan;
mod progress;
mod reading;
mod reports;
mod schema;
mod settings;
mod shard;
mod signals;
mod since;
mod snapshot;
mod standing;
mod summary;
mod task;
mod terminal;
mod trend;
mod undo;
mod who;
mod whole_file;

use clap::{Parser, Subcommand};

use exit::Exit;

/// Audits how an enterprise has set up GitHub and GitLab.
///
/// A policy in TOML says how each kind of project and each team should be set up. `audit` holds it
/// against live organizations, or against a snapshot file, and says what drifts, what cannot be
/// seen, and which line of the policy asked.
#[derive(Debug, Parser)]
#[command(name = "ispo-scm", version, max_term_width = 100)]
#[command(
    after_help = "Exit codes: 0 as wanted, 1 error, 2 drift or changes, 3 unknown or unread, 130 stopped."
)]
struct Arguments {
    #[command(subcommand)]
    verb: Verb,
}

#[derive(Debug, Subcommand)]
enum Verb {
    /// Hold a policy against what there is
    Audit(audit::Audit),
    /// Check a policy without asking any forge
    Check(check::Check),
    /// Say what is wanted of one setting of one subject, who asked, and what is seen
    Explain(explain::Explain),
    /// Put together what several runs have read
    Report(shard::Report),
    /// Show how the runs of a history moved: friction, drift, coverage, what comes back
    Trend(trend::Trend),
    /// Show what changed between two snapshots, two JSON reports, or two runs of a history
    Diff(diff::Diff),
    /// Show how hard it is to contribute, step by step, and what would help most
    Friction(friction::Friction),
    /// Turn what drifts into exact changes, and make none of them
    Plan(plan::Plan),
    /// Carry out a plan
    Apply(apply::Apply),
    /// Take back what an apply did
    Undo(undo::Undo),
    /// List the packs that a policy can extend, show one, or find those that suit
    Packs(packs::Packs),
    /// Browse the settings that a policy can speak of
    Settings(settings::Settings),
    /// Print the JSON Schema of policies, by which editors complete and check them, or of the JSON report
    Schema(schema::Schema),
    /// Be the step of a GitHub workflow: what is wanted stands in the environment
    Action(action::Action),
    /// Keep what a forge says in a file that `audit --snapshot` reads
    Snapshot(snapshot::Snapshot),
}

/// Runs the program and returns its exit code.
pub fn run() -> std::process::ExitCode {
    terminal::prepare();
    let arguments = match Arguments::try_parse() {
        Ok(arguments) => arguments,
        // Help and version are an answer; any other usage error is an error: 2 would mean drift.
        Err(error) => {
            let code = if error.use_stderr() { Exit::Error } else { Exit::AsWanted };
            // Nowhere is left to say that the terminal is gone.
            let _ = error.print();
            return code.into();
        }
    };
    let done = match arguments.verb {
        Verb::Audit(verb) => verb.run(),
        Verb::Check(verb) => verb.run(),
        Verb::Explain(verb) => verb.run(),
        Verb::Report(verb) => verb.run(),
        Verb::Trend(verb) => verb.run(),
        Verb::Diff(verb) => verb.run(),
        Verb::Friction(verb) => verb.run(),
        Verb::Plan(verb) => verb.run(),
        Verb::Apply(verb) => verb.run(),
        Verb::Undo(verb) => verb.run(),
        Verb::Packs(verb) => verb.run(),
        Verb::Settings(verb) => verb.run(),
        Verb::Schema(verb) => verb.run(),
        Verb::Action(verb) => verb.run(),
        Verb::Snapshot(verb) => verb.run(),
    };
    done.unwrap_or_else(|report| {
        terminal::complain(&report);
        Exit::Error
    })
    .into()
}

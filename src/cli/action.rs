//! `action`: the step of a GitHub workflow. What is wanted stands in the environment, what came of it goes into
//! the files that the runner names, into one issue, and into one comment on the pull request.

mod event;
mod inputs;
mod outputs;
mod repository;
mod runner;

use std::path::PathBuf;

use clap::Parser;
use miette::{Result, miette};

use super::apply::Apply;
use super::audit::Audit;
use super::check::Check;
use super::exit::Exit;
use super::fail_on::{self, FailOn};
use super::plan::Plan;
use super::{summary, terminal};
use crate::report::{self, Loudness};
use crate::run::{Applied, journal_of};

use event::Event;
use inputs::{Inputs, Mode};
use repository::Repository;
use runner::Runner;

/// Arguments of `action`: none, because a workflow gives inputs.
#[derive(Debug, clap::Args)]
pub(super) struct Action {}

/// One verb's arguments by themselves.
#[derive(Debug, Parser)]
#[command(no_binary_name = true)]
struct Only<A: clap::Args> {
    #[command(flatten)]
    verb: A,
}

impl Action {
    pub(super) fn run(self) -> Result<Exit> {
        let mut runner = Runner::begin(&terminal::environment)?;
        let done = Step::new(&mut runner).and_then(|step| step.run(&mut runner));
        let ended = done.unwrap_or_else(|report| {
            terminal::complain(&report);
            runner.note(Loudness::Error, &report.to_string());
            Ended { exit: Exit::Error, result: "error" }
        });
        runner.set("result", ended.result);
        runner.set("exit-code", &ended.exit.code().to_string());
        runner.end()?;
        Ok(ended.exit)
    }
}

/// How a step ended: for the shell, and what there is, whatever `fail-on` makes of it.
struct Ended {
    exit: Exit,
    result: &'static str,
}

impl Ended {
    fn of(exit: Exit, found: Exit, departs: &'static str) -> Self {
        let result = match if exit == Exit::Error { exit } else { found } {
            Exit::AsWanted => "as-wanted",
            Exit::Error => "error",
            Exit::Drift => departs,
            Exit::Unknown => "unknown",
            Exit::Stopped => "stopped",
        };
        Self { exit, result }
    }
}

/// What a step works with.
struct Step {
    inputs: Inputs,
    event: Event,
    repository: Repository,
}

impl Step {
    fn new(runner: &mut Runner) -> Result<Self> {
        let environment = &terminal::environment;
        let inputs = Inputs::of(environment)?;
        let event = Event::of(environment)?;
        let repository = Repository::of(environment, inputs.name.as_deref());
        runner.set("mode", inputs.mode.word());
        Ok(Self { inputs, event, repository })
    }

    fn run(&self, runner: &mut Runner) -> Result<Ended> {
        if self.event.is_of_a_fork() && !self.inputs.secrets && self.inputs.snapshots.is_empty() {
            return self.check(runner);
        }
        match self.inputs.mode {
            Mode::Audit => self.audit(runner),
            Mode::Plan => Ok(self.plan(runner, true)?.0),
            Mode::Apply => self.apply(runner),
        }
    }

    /// A fork's pull request is given no secrets, so that there is nothing to read with.
    fn check(&self, runner: &mut Runner) -> Result<Ended> {
        let exit = verb::<Check>(vec!["--".into(), self.inputs.policy.clone()])?.run()?;
        let what = if exit == Exit::AsWanted { "has no mistakes" } else { "has mistakes: see the log" };
        let text = format!(
            "The policy {what}. This pull request is of a fork, which is given no secrets, so that nothing was \
             read and nothing was compared."
        );
        runner.note(Loudness::Notice, &text);
        runner.summarize(&format!("{text}\n"))?;
        Ok(Ended::of(exit, exit, "drift"))
    }

    fn audit(&self, runner: &mut Runner) -> Result<Ended> {
        let issue = self.inputs.issue && self.event.pull().is_none();
        if self.inputs.issue && !issue {
            runner.note(Loudness::Notice, "the issue is left as it is: this run is of a pull request");
        }
        let comment = self.event.pull().filter(|_| self.inputs.comment);
        let mut arguments: Vec<String> = self.inputs.audit_fails_on().into_iter().collect();
        let mut wanted = vec![("json", "report.json"), ("markdown", "summary.md"), ("github", ANNOTATIONS)];
        wanted.extend(self.inputs.sarif.then_some(("sarif", "report.sarif")));
        wanted.extend(issue.then_some(("issue", "issue.md")));
        wanted.extend(comment.map(|_| ("comment", "comment.md")));
        let files: Vec<(&str, PathBuf)> =
            wanted.into_iter().map(|(format, name)| (format, runner.file(name))).collect();
        arguments.extend(files.iter().map(|(format, file)| format!("--report={format}={}", file.display())));
        arguments.extend(self.inputs.reports.iter().map(|report| format!("--report={report}")));
        arguments.extend(self.inputs.reading());
        let (mut found, mut clean, mut counts) = (Exit::Error, false, Vec::new());
        let exit = verb::<Audit>(arguments)?.hearing(|audited| {
            let of =
                |list: &[FailOn]| fail_on::exit(audited.outcome, audited.waivers, audited.style.today, list);
            found = of(&[FailOn::Drift, FailOn::Unknown]);
            clean = of(&self.inputs.issue_on) == Exit::AsWanted;
            counts = outputs::of_audit(audited.outcome);
        })?;
        counts.iter().for_each(|(name, value)| runner.set(name, value));
        for (format, file) in files.iter().filter(|(format, file)| *format != "github" && file.is_file()) {
            runner.set(&format!("{format}-file"), &file.display().to_string());
        }
        let written = |format: &str| {
            let file = files.iter().find(|(f, _)| *f == format).map(|(_, file)| file);
            file.and_then(|file| std::fs::read_to_string(file).ok())
        };
        match written("markdown") {
            Some(text) => runner.summarize(&text)?,
            None => self.without_report(runner)?,
        }
        runner.annotate(ANNOTATIONS);
        let mut ended = Ended::of(exit, found, "drift");
        if let (Some(on), Some(text)) = (comment, written("comment")) {
            self.repository.comment(runner, "comment", &text, on);
        }
        let Some(text) = written("issue").filter(|_| issue) else { return Ok(ended) };
        if found == Exit::Error || exit == Exit::Stopped {
            runner.note(Loudness::Warning, "the issue is left as it is: this run judged nothing");
        } else if !self.repository.issue(runner, &self.inputs, &text, clean) {
            ended = Ended { exit: Exit::Error, result: "error" };
        }
        Ok(ended)
    }

    /// Plans; whether `apply` has anything to do, and the plan's file.
    fn plan(&self, runner: &mut Runner, tell: bool) -> Result<(Ended, bool, PathBuf)> {
        let file = self.inputs.plan_file.clone().filter(|_| tell).unwrap_or_else(|| runner.file("plan.json"));
        let (fails_on_changes, fails_on_unknown) = self.inputs.plan_fails_on()?;
        let mut arguments = vec![format!("--out={}", file.display())];
        arguments.extend(self.inputs.reading());
        let (mut text, mut changes) = (Vec::new(), 0);
        let mut written = Ok(());
        let found = verb::<Plan>(arguments)?.hearing(|plan, looked, refused| {
            changes = plan.changes.len();
            written = report::plan_markdown(&mut text, plan, looked, refused);
            let numbers = [("changes", changes), ("left", plan.deferred.len()), ("refused", refused.len())];
            numbers.iter().for_each(|(name, number)| runner.set(name, &number.to_string()));
        })?;
        written.map_err(|error| miette!("the plan cannot be shown: {error}"))?;
        let text = String::from_utf8_lossy(&text).into_owned();
        if text.is_empty() {
            self.without_report(runner)?;
        } else {
            let text = format!("## Plan\n\n{text}");
            runner.summarize(&text)?;
            if let Some(on) = self.event.pull().filter(|_| tell && self.inputs.comment) {
                self.repository.comment(runner, "plan", &text, on);
            }
        }
        if found != Exit::Error && file.is_file() {
            runner.set("plan-file", &file.display().to_string());
        }
        let exit = match found {
            Exit::Drift if !fails_on_changes => Exit::AsWanted,
            Exit::Unknown if !fails_on_unknown => Exit::AsWanted,
            other => other,
        };
        Ok((Ended::of(exit, found, "changes"), changes > 0, file))
    }

    fn apply(&self, runner: &mut Runner) -> Result<Ended> {
        if self.event.is_before_a_merge() {
            let help = "apply where the policy is merged: on push to the default branch";
            return Err(miette!(
                code = "action::unmerged",
                help = help,
                "a pull request that is not merged is not applied"
            ));
        }
        let file = match &self.inputs.plan_file {
            Some(file) => file.clone(),
            None => {
                let (ended, anything, file) = self.plan(runner, false)?;
                if !anything || matches!(ended.exit, Exit::Error | Exit::Stopped) {
                    return Ok(ended);
                }
                file
            }
        };
        let mut arguments = vec!["--auto-approve".to_owned()];
        arguments.extend(self.inputs.apply_arguments.iter().cloned());
        arguments.extend(["--".to_owned(), file.display().to_string()]);
        let (mut text, mut made, mut shown) = (Vec::new(), 0, Ok(()));
        let exit = verb::<Apply>(arguments)?.hearing(&mut |plan, applied| {
            made = applied.values().filter(|applied| Applied::is_made(applied)).count();
            shown = summary::summary(&mut text, plan, applied, 100);
        })?;
        shown.map_err(|error| miette!("the outcome cannot be shown: {error}"))?;
        let text = String::from_utf8_lossy(&text);
        match (text.is_empty(), exit) {
            (true, Exit::AsWanted) => runner.summarize("## Applied\n\nNo changes.\n")?,
            (true, _) => runner.summarize("## Applied\n\nNothing was changed: see the log of this job.\n")?,
            (false, _) => runner.summarize(&format!("## Applied\n\n{}", report::preformatted(&text)))?,
        }
        runner.set("applied", &made.to_string());
        let journal = journal_of(&file);
        if journal.is_file() {
            runner.set("journal-file", &journal.display().to_string());
        }
        Ok(Ended::of(exit, exit, "incomplete"))
    }

    fn without_report(&self, runner: &mut Runner) -> Result<()> {
        let text = "There is no report: the log of this job says why.";
        runner.note(Loudness::Error, text);
        runner.summarize(&format!("{text}\n"))
    }
}

/// Where annotations of the policy's lines are kept until they can be said.
const ANNOTATIONS: &str = "annotations.txt";

/// A verb with those arguments.
fn verb<A: clap::Args>(arguments: Vec<String>) -> Result<A> {
    let only = Only::<A>::try_parse_from(arguments).map_err(|error| {
        let help = "the inputs are told in docs/action.md";
        miette!(code = "action::inputs", help = help, "the inputs cannot be used: {}", error.render())
    })?;
    Ok(only.verb)
}

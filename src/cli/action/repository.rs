//! The repository that the workflow is of: its issue, and the comment on its pull request.

use miette::{IntoDiagnostic, Result, miette};

use super::inputs::Inputs;
use super::runner::Runner;
use crate::cli::reading::Reading;
use crate::cli::terminal;
use crate::forge::ForgeError;
use crate::forge::github::{Conversation, Server};
use crate::report::Loudness;
use crate::run::{Kept, Standing, keep_comment, keep_issue, reason};

/// Where the issue and the comment are kept, by the runner's environment.
pub(super) struct Repository {
    server: String,
    name: Option<String>,
    /// Tells this use of the action from others in the same repository.
    of: String,
    /// The page of this run.
    run: Option<String>,
}

impl Repository {
    pub(super) fn of(environment: &dyn Fn(&str) -> Option<String>, name: Option<&str>) -> Self {
        let set = |name: &str| environment(name).filter(|value| !value.is_empty());
        let server = set("GITHUB_SERVER_URL").unwrap_or_else(|| "https://github.com".to_owned());
        let repository = set("GITHUB_REPOSITORY");
        let run = set("GITHUB_RUN_ID").filter(|id| id.chars().all(|c| c.is_ascii_digit()));
        let run = repository.as_ref().zip(run).map(|(name, id)| format!("{server}/{name}/actions/runs/{id}"));
        Self { server, name: repository, of: name.map(|n| format!(" {n}")).unwrap_or_default(), run }
    }

    /// Keeps the comment on that pull request. Where that is not possible it is said, and no more: the summary of
    /// the job has the same.
    pub(super) fn comment(&self, runner: &mut Runner, kind: &str, text: &str, on: u64) {
        let kept = self.speak(|reading, conversation| {
            let (mark, text) = self.standing(kind, text);
            reading.wait(keep_comment(conversation, Standing { mark: &mark, text: &text }, on))
        });
        match kept {
            Ok(kept) => self.tell(runner, "comment", &kept),
            Err(error) => runner.note(
                Loudness::Warning,
                &format!(
                    "the pull request has no comment of this run, the summary of the job has the same: {error}. \
                     A job writes comments with `permissions: pull-requests: write`, and never for a fork"
                ),
            ),
        }
    }

    /// Keeps the issue; whether that was possible.
    pub(super) fn issue(&self, runner: &mut Runner, inputs: &Inputs, text: &str, clean: bool) -> bool {
        let kept = self.speak(|reading, conversation| {
            let (mark, text) = self.standing("issue", text);
            let about = (&*inputs.issue_title, &*inputs.issue_labels);
            reading.wait(keep_issue(conversation, Standing { mark: &mark, text: &text }, about, clean))
        });
        match &kept {
            Ok(kept) => self.tell(runner, "issue", kept),
            Err(error) => runner.note(
                Loudness::Error,
                &format!(
                    "the issue could not be kept up to date: {error}. A job writes issues with `permissions: \
                     issues: write`, or with another `repository-token`"
                ),
            ),
        }
        kept.is_ok()
    }

    fn tell(&self, runner: &mut Runner, what: &str, kept: &Kept) {
        let page = kept.page().unwrap_or_default();
        terminal::warn(format!("the {what} {} {page}", kept.word()).trim_end());
        runner.set(what, page);
    }

    /// The first line, and the rest of a text whose own first line it takes the place of.
    fn standing(&self, kind: &str, text: &str) -> (String, String) {
        let text = match text.strip_prefix("<!-- ispo-scm:") {
            Some(rest) => rest.split_once('\n').map_or("", |(_, rest)| rest),
            None => text,
        };
        let run = self.run.as_ref().map(|run| format!("\n[The run that wrote this]({run})\n"));
        (format!("<!-- ispo-scm:{kind}{} -->", self.of), format!("{text}{}", run.unwrap_or_default()))
    }

    fn speak(
        &self,
        say: impl FnOnce(&Reading, &Conversation) -> std::result::Result<Kept, ForgeError>,
    ) -> Result<Kept> {
        let Some(name) = &self.name else {
            return Err(miette!("GITHUB_REPOSITORY does not say of which repository this job is"));
        };
        let said = |error: ForgeError| miette!("{}", reason(&error));
        let server = Server::at(Some(&self.server)).into_diagnostic()?;
        let reading = Reading::plain()?;
        let terms = reading.terms();
        let conversation = reading.wait(Conversation::new(name, &server, &terms, &own)).map_err(said)?;
        say(&reading, &conversation).map_err(said)
    }
}

/// The environment of whoever writes in the repository: not that of whoever reads the organizations.
fn own(name: &str) -> Option<String> {
    let set = |name: &str| terminal::environment(name).filter(|value| !value.is_empty());
    match name {
        "GITHUB_TOKEN" => set("INPUT_REPOSITORY_TOKEN").or_else(|| set("GITHUB_TOKEN")),
        "GITHUB_SERVER_URL" | "GITHUB_ACTIONS" => set(name),
        _ => None,
    }
}

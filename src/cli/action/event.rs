//! What set the workflow off.

use miette::{IntoDiagnostic, Result, WrapErr};
use serde_json::Value as Json;

/// What set the workflow off, as far as it matters here.
#[derive(Debug, Default)]
pub(super) struct Event {
    pull: Option<Pull>,
}

#[derive(Debug)]
struct Pull {
    number: u64,
    fork: bool,
    merged: bool,
}

impl Event {
    /// The event that the runner keeps in a file.
    ///
    /// # Errors
    /// When that file is named and cannot be read.
    pub(super) fn of(environment: &dyn Fn(&str) -> Option<String>) -> Result<Self> {
        let set = |name: &str| environment(name).filter(|value| !value.is_empty());
        let Some(path) = set("GITHUB_EVENT_PATH") else { return Ok(Self::default()) };
        let text = std::fs::read_to_string(&path)
            .into_diagnostic()
            .wrap_err_with(|| format!("the event {path} cannot be read"))?;
        let event: Json = serde_json::from_str(&text)
            .into_diagnostic()
            .wrap_err_with(|| format!("the event {path} is not JSON"))?;
        Ok(Self::from_json(&event, set("GITHUB_REPOSITORY").as_deref()))
    }

    fn from_json(event: &Json, repository: Option<&str>) -> Self {
        let pull = &event["pull_request"];
        let Some(number) = pull["number"].as_u64() else { return Self::default() };
        let head = pull["head"]["repo"]["full_name"].as_str();
        let own = event["repository"]["full_name"].as_str().or(repository);
        let pull = Pull {
            number,
            // A head that is gone was a fork's: a repository's own is there.
            fork: head.is_none() || head != own,
            merged: pull["merged"] == true,
        };
        Self { pull: Some(pull) }
    }

    /// The number of the pull request that it is about.
    pub(super) fn pull(&self) -> Option<u64> {
        self.pull.as_ref().map(|pull| pull.number)
    }

    /// Whether it is about a pull request of a fork.
    pub(super) fn is_of_a_fork(&self) -> bool {
        self.pull.as_ref().is_some_and(|pull| pull.fork)
    }

    /// Whether it is about a pull request that nobody has merged.
    pub(super) fn is_before_a_merge(&self) -> bool {
        self.pull.as_ref().is_some_and(|pull| !pull.merged)
    }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::Event;

    #[test]
    fn what_matters_of_an_event() {
        let of = |head: serde_json::Value, merged: bool| {
            let event =
                json!({ "pull_request": { "number": 7, "merged": merged, "head": { "repo": head } } });
            let event = Event::from_json(&event, Some("acme/policy"));
            (event.pull(), event.is_of_a_fork(), event.is_before_a_merge())
        };
        assert_eq!(of(json!({ "full_name": "acme/policy" }), false), (Some(7), false, true));
        assert_eq!(of(json!({ "full_name": "zoe/policy" }), false), (Some(7), true, true));
        assert_eq!(of(json!(null), true), (Some(7), true, false));
        let push = Event::from_json(&json!({ "ref": "refs/heads/main" }), Some("acme/policy"));
        assert_eq!((push.pull(), push.is_of_a_fork(), push.is_before_a_merge()), (None, false, false));
    }
}

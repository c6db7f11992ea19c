//! Files: proposed as a pull or merge request on a branch of ours, never pushed to the default branch. All
//! missing files of a repository travel in one request, which is brought up to date while it is open.

use indexmap::IndexMap;

use super::draft::{Draft, Subject};
use super::proposal::{Proposal, Text};
use super::{proposal_github, proposal_gitlab, template};
use crate::catalog::{ForgeKind, alternatives};
use crate::model::{Action, Finding, Value};

/// The branch that files are proposed on.
pub(super) const BRANCH: &str = "ispo-scm/files";

/// What is to be sent for a proposal, and what takes it back.
#[derive(Debug, Default)]
pub(super) struct Sending {
    /// Which requests of the plan.
    pub requests: Vec<usize>,
    /// Which of its requests of `undo`.
    pub undo: Vec<usize>,
    /// Why it cannot be taken back.
    pub irreversible: Option<String>,
    /// Files that need nothing, by their paths, and why.
    pub left: Vec<(String, String)>,
}

/// What the branch of an open proposal needs for one file.
pub(super) enum Needs<T> {
    /// This.
    Change(T),
    /// Nothing: it says what is wanted.
    Nothing,
    /// Nothing of ours: people changed it.
    Edited,
}

/// Plans one request for the missing files whose text is known.
pub(super) fn plan(draft: &mut Draft, subject: Subject<'_>, findings: &[&Finding]) {
    let mut keys: IndexMap<&str, Vec<&Finding>> = IndexMap::new();
    for finding in findings {
        keys.entry(finding.expectation.key.as_deref().unwrap_or_default()).or_default().push(finding);
    }
    let mut wanted: Vec<(Text, Vec<&Finding>)> = Vec::new();
    for (key, findings) in keys {
        match text(subject, key, &findings) {
            Ok(text) => {
                let (proposed, left): (Vec<&Finding>, Vec<&Finding>) =
                    findings.into_iter().partition(|f| after(subject, f, &text).is_some());
                for finding in left {
                    draft.defer(subject, finding, "it follows from the text that is proposed");
                }
                wanted.push((text, proposed));
            }
            Err(why) => findings.iter().for_each(|finding| draft.defer(subject, finding, &why)),
        }
    }
    let left = |draft: &mut Draft, wanted: &[(Text, Vec<&Finding>)], why: &str| {
        wanted.iter().flat_map(|(_, findings)| findings).for_each(|f| draft.defer(subject, f, why));
    };
    if wanted.is_empty() {
        return;
    }
    let Some(base) = subject.text("repository.default_branch") else {
        let why = "the repository is empty, and there is no branch to propose a file for: somebody has to \
                   make its first commit";
        return left(draft, &wanted, why);
    };
    let texts: Vec<&Text> = wanted.iter().map(|(text, _)| text).collect();
    let proposal = Proposal::of(base, &texts);
    let sending = match subject.forge {
        ForgeKind::Github => proposal_github::plan(draft, subject, &proposal),
        ForgeKind::Gitlab => proposal_gitlab::plan(draft, subject, &proposal),
    };
    match sending {
        Err(why) => left(draft, &wanted, &why),
        Ok(sending) => {
            for (text, findings) in &wanted {
                if let Some((_, why)) = sending.left.iter().find(|(path, _)| *path == text.path) {
                    findings.iter().for_each(|finding| draft.defer(subject, finding, why));
                    continue;
                }
                propose(draft, subject, text, findings, &sending);
            }
        }
    }
}

/// Adds the changes of one file. What the file will say is always among them, so that people see it.
fn propose(draft: &mut Draft, subject: Subject<'_>, text: &Text, findings: &[&Finding], sending: &Sending) {
    let id = subject.catalog.id("file.text");
    let all = findings.iter().filter_map(|f| Some((f.expectation.setting, *f, after(subject, f, text)?)));
    let mut all: Vec<_> = all.collect();
    if let Some(id) = id
        && let Some(finding) = findings.first()
        && !all.iter().any(|(setting, ..)| *setting == id)
    {
        all.push((id, finding, Value::text(&text.text)));
    }
    for (setting, finding, after) in all {
        let setting = subject.catalog.get(setting);
        let change = draft.change(subject, setting, finding, &after, sending.requests.clone());
        if setting.name() == "text" {
            (change.before, change.action) = (serde_json::Value::Null, Action::Create);
        }
        change.proposed = true;
        change.undo.clone_from(&sending.undo);
        change.irreversible.clone_from(&sending.irreversible);
    }
}

/// What a setting of a file is once the text is merged; none where that is not what is wanted of it.
fn after(subject: Subject<'_>, finding: &Finding, text: &Text) -> Option<Value> {
    let after = match subject.catalog.get(finding.expectation.setting).name() {
        "text" => Value::text(&text.text),
        "present" => Value::Bool(true),
        _ => return None,
    };
    finding.expectation.constraint.accepts(Some(&after)).then_some(after)
}

/// The text to propose for a file, at the plainest of its places.
///
/// # Errors
/// Why there is none, and who can write it.
fn text(subject: Subject<'_>, key: &str, findings: &[&Finding]) -> Result<Text, String> {
    let name = |finding: &Finding| subject.catalog.get(finding.expectation.setting).name().to_owned();
    let there = findings.iter().any(|f| match (&*name(f), f.observed.value()) {
        ("present", Some(Value::Bool(false))) | (_, None) => false,
        (_, Some(_)) => true,
    });
    if there {
        return Err("a file that says something already is left to its people".into());
    }
    // Of several places the last is the plainest: `{.github/,}CONTRIBUTING.md`.
    let path = alternatives(key).pop().unwrap_or_else(|| key.to_owned());
    if path.contains(['*', '?']) {
        return Err("which files of that pattern there are to be is for people to say".into());
    }
    let because = findings.iter().find_map(|f| f.expectation.why.as_deref()).map(str::to_owned);
    let told = findings.iter().filter(|f| name(f) == "text").find_map(|f| {
        let exactly = f.expectation.fix.as_ref().or(f.expectation.constraint.exactly.as_ref());
        exactly.and_then(Value::as_text).map(str::to_owned)
    });
    let text = match told {
        Some(text) => Some(text),
        None => template::text(subject, &path)?,
    };
    let text = text.ok_or_else(|| {
        format!(
            "what it should say is for people to write: with `[file.\"{key}\"] text = \"…\"` in the policy, or a \
             `fix` beside the `text` that it asks for, it is proposed"
        )
    })?;
    Ok(Text { path, text, because })
}

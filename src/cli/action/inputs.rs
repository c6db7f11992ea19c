//! What a workflow gives to the step: `INPUT_…` in the environment.

use std::path::PathBuf;

use miette::{Result, miette};

use crate::cli::fail_on::{self, FailOn};

/// What the step is to do.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Mode {
    /// Report.
    Audit,
    /// Turn what drifts into a plan.
    Plan,
    /// Carry a plan out.
    Apply,
}

impl Mode {
    pub(super) fn word(self) -> &'static str {
        match self {
            Self::Audit => "audit",
            Self::Plan => "plan",
            Self::Apply => "apply",
        }
    }
}

/// The inputs. None of them ever reaches a shell.
#[derive(Debug)]
pub(super) struct Inputs {
    pub mode: Mode,
    pub policy: String,
    /// Tells this use of the action from others in the same repository.
    pub name: Option<String>,
    /// Whether the workflow gave a token or an App of its own.
    pub secrets: bool,
    organizations: Vec<String>,
    enterprise: Option<String>,
    groups: Vec<String>,
    pub snapshots: Vec<String>,
    fail_on: Option<String>,
    /// `FORMAT=FILE`.
    pub reports: Vec<String>,
    arguments: Vec<String>,
    pub apply_arguments: Vec<String>,
    pub plan_file: Option<PathBuf>,
    pub sarif: bool,
    pub comment: bool,
    pub issue: bool,
    /// What keeps the issue open.
    pub issue_on: Vec<FailOn>,
    pub issue_title: String,
    pub issue_labels: Vec<String>,
}

/// A name longer than this would take the room of a report.
const LONGEST_NAME: usize = 64;

impl Inputs {
    /// Reads them.
    ///
    /// # Errors
    /// The first that cannot be meant.
    pub(super) fn of(environment: &dyn Fn(&str) -> Option<String>) -> Result<Self> {
        let text = |name: &str| {
            let value = environment(&format!("INPUT_{name}"));
            value.map(|v| v.trim().to_owned()).filter(|v| !v.is_empty())
        };
        let lines = |name: &str| -> Vec<String> {
            let text = text(name).unwrap_or_default();
            text.lines().map(|l| l.trim().to_owned()).filter(|l| !l.is_empty()).collect()
        };
        let words = |name: &str| -> Vec<String> {
            let text = text(name).unwrap_or_default();
            text.split([',', ' ', '\t', '\n', '\r']).filter(|w| !w.is_empty()).map(str::to_owned).collect()
        };
        let flag = |name: &str, usual: bool| match text(name).as_deref() {
            None => Ok(usual),
            Some("true") => Ok(true),
            Some("false") => Ok(false),
            Some(_) => Err(wrong(name, "write true or false")),
        };
        let mode = match text("MODE").as_deref() {
            None | Some("audit") => Mode::Audit,
            Some("plan") => Mode::Plan,
            Some("apply") => Mode::Apply,
            Some(_) => return Err(wrong("MODE", "write audit, plan or apply")),
        };
        let name = text("NAME");
        let plain = |c: char| c.is_ascii_alphanumeric() || matches!(c, '-' | '_' | '.');
        if name.as_ref().is_some_and(|n| n.len() > LONGEST_NAME || !n.chars().all(plain) || n.contains("--"))
        {
            return Err(wrong("NAME", "write up to 64 letters, digits, dots, and single - or _"));
        }
        let issue_on =
            words("ISSUE_ON").iter().map(|word| fail_on::parse(word)).collect::<Result<Vec<_>, _>>();
        let mut issue_on = issue_on.map_err(|why| wrong("ISSUE_ON", &why))?;
        if issue_on.contains(&FailOn::Never) {
            return Err(wrong(
                "ISSUE_ON",
                "an issue that nothing keeps open is not needed: write issue: false",
            ));
        }
        if issue_on.is_empty() {
            issue_on = vec![FailOn::Drift, FailOn::Unknown];
        }
        let labels = text("ISSUE_LABELS").unwrap_or_default();
        let title = || match &name {
            Some(name) => format!("What departs from the policy: {name}"),
            None => "What departs from the policy".to_owned(),
        };
        Ok(Self {
            mode,
            policy: text("POLICY").unwrap_or_else(|| ".".to_owned()),
            secrets: flag("SECRETS", true)?,
            organizations: words("ORGANIZATIONS"),
            enterprise: text("ENTERPRISE"),
            groups: words("GROUPS"),
            snapshots: lines("SNAPSHOTS"),
            fail_on: text("FAIL_ON"),
            reports: lines("REPORTS"),
            arguments: lines("ARGUMENTS"),
            apply_arguments: lines("APPLY_ARGUMENTS"),
            plan_file: text("PLAN_FILE").map(PathBuf::from),
            sarif: flag("SARIF", false)?,
            comment: flag("COMMENT", true)?,
            issue: flag("ISSUE", false)?,
            issue_on,
            issue_title: text("ISSUE_TITLE").unwrap_or_else(title),
            issue_labels: labels.split(',').map(|l| l.trim().to_owned()).filter(|l| !l.is_empty()).collect(),
            name,
        })
    }

    /// The arguments that say what is read and held against what, the policy last.
    pub(super) fn reading(&self) -> Vec<String> {
        let mut arguments: Vec<String> = Vec::new();
        arguments.extend(self.organizations.iter().map(|name| format!("--github={name}")));
        arguments.extend(self.enterprise.iter().map(|slug| format!("--enterprise={slug}")));
        arguments.extend(self.groups.iter().map(|path| format!("--gitlab={path}")));
        arguments.extend(self.snapshots.iter().map(|file| format!("--snapshot={file}")));
        arguments.extend(self.arguments.iter().cloned());
        arguments.extend(["--".to_owned(), self.policy.clone()]);
        arguments
    }

    /// What an audit fails on, as an argument; the verb knows the words and what is usual.
    pub(super) fn audit_fails_on(&self) -> Option<String> {
        let words = self.fails_on();
        (!words.is_empty()).then(|| format!("--fail-on={}", words.join(",")))
    }

    /// Whether a plan fails on changes, and on what is unknown: on neither, unless that is asked for.
    ///
    /// # Errors
    /// When it is to fail on something that a plan does not know.
    pub(super) fn plan_fails_on(&self) -> Result<(bool, bool)> {
        let words = self.fails_on();
        if words.iter().any(|word| !matches!(*word, "drift" | "unknown" | "never")) {
            return Err(wrong("FAIL_ON", "of a plan, write a list of drift, unknown, never"));
        }
        Ok((words.contains(&"drift"), words.contains(&"unknown")))
    }

    fn fails_on(&self) -> Vec<&str> {
        let list = self.fail_on.as_deref().unwrap_or_default();
        list.split([',', ' ', '\t', '\n', '\r']).filter(|word| !word.is_empty()).collect()
    }
}

fn wrong(name: &str, help: &str) -> miette::Report {
    let name = name.to_ascii_lowercase().replace('_', "-");
    miette!(code = "action::inputs", help = help, "the input `{name}` cannot be used: {help}")
}

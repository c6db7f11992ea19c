//! What is wrong with a policy, as a person needs to hear it: what, where, why, and what to do.

use std::fmt;
use std::ops::Range;
use std::sync::Arc;

use miette::{Diagnostic, LabeledSpan, Severity, SourceCode};

use super::excerpt::{Excerpt, told};
use super::source::Source;
use crate::model::Origin;

/// A place that a problem points at.
#[derive(Debug, Clone, PartialEq, Eq)]
struct Mark {
    source: Arc<Source>,
    span: Range<usize>,
    says: String,
}

/// One mistake in a policy, or one thing worth a second look.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Problem {
    /// Stable name of the mistake: `policy::unknown_setting`.
    pub code: &'static str,
    message: String,
    marks: Vec<Mark>,
    help: Option<String>,
    warning: bool,
    /// It only goes with another problem.
    note: bool,
}

impl Problem {
    /// A mistake that keeps the policy from being used.
    pub fn new(code: &'static str, message: impl Into<String>) -> Self {
        Self {
            code,
            message: told(message.into()),
            marks: Vec::new(),
            help: None,
            warning: false,
            note: false,
        }
    }

    /// Something worth a second look that keeps nothing from running.
    pub fn warning(code: &'static str, message: impl Into<String>) -> Self {
        Self { warning: true, ..Self::new(code, message) }
    }

    /// Points at a place.
    #[must_use]
    pub fn at(mut self, source: &Arc<Source>, span: &Range<usize>, says: impl Into<String>) -> Self {
        self.marks.push(Mark { source: Arc::clone(source), span: span.clone(), says: told(says.into()) });
        self
    }

    /// Points at the place of a wish; does nothing when its file is not among the sources.
    #[must_use]
    pub fn at_origin(self, sources: &[Arc<Source>], origin: &Origin, says: impl Into<String>) -> Self {
        match sources.iter().find(|s| s.name == origin.file) {
            Some(source) => {
                self.at(&Arc::clone(source), &(origin.offset..origin.offset + origin.length), says)
            }
            None => self,
        }
    }

    /// Says what to do next.
    #[must_use]
    pub fn help(mut self, help: impl Into<String>) -> Self {
        self.help = Some(told(help.into()));
        self
    }

    /// Whether the policy can be used all the same.
    pub fn is_warning(&self) -> bool {
        self.warning
    }

    /// Where it begins, to sort by.
    pub(super) fn place(&self) -> (Arc<str>, usize) {
        self.marks.first().map_or_else(|| ("".into(), 0), |m| (Arc::clone(&m.source.name), m.span.start))
    }
}

impl fmt::Display for Problem {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.message)
    }
}

impl std::error::Error for Problem {}

impl Diagnostic for Problem {
    fn code(&self) -> Option<Box<dyn fmt::Display + '_>> {
        (!self.note).then(|| Box::new(self.code) as _)
    }

    fn severity(&self) -> Option<Severity> {
        Some(match (self.note, self.warning) {
            (true, _) => Severity::Advice,
            (false, true) => Severity::Warning,
            (false, false) => Severity::Error,
        })
    }

    fn help(&self) -> Option<Box<dyn fmt::Display + '_>> {
        self.help.as_ref().map(|h| Box::new(h) as _)
    }

    fn labels(&self) -> Option<Box<dyn Iterator<Item = LabeledSpan> + '_>> {
        let first = self.marks.first()?;
        let here = self.marks.iter().filter(|m| m.source == first.source);
        Some(Box::new(
            here.map(|m| {
                LabeledSpan::new_with_span(Some(m.says.clone()), Excerpt::marked(&m.source, &m.span))
            }),
        ))
    }
}

/// A problem with the text of its file, as miette wants to have it; marks in other files follow.
#[derive(Debug)]
pub struct Shown {
    problem: Problem,
    text: Option<Excerpt>,
    elsewhere: Vec<Shown>,
}

impl Shown {
    /// The problem, ready to be rendered.
    pub fn new(problem: Problem) -> Self {
        let first = problem.marks.first().map(|m| Arc::clone(&m.source));
        let (here, there): (Vec<_>, Vec<_>) =
            problem.marks.iter().cloned().partition(|m| Some(&m.source) == first.as_ref());
        let elsewhere = there
            .into_iter()
            .map(|mark| {
                let message = format!("the other line is in {}", mark.source.name);
                Self::new(Problem { marks: vec![mark], note: true, ..Problem::warning("", message) })
            })
            .collect();
        Self { problem: Problem { marks: here, ..problem }, text: first.map(Excerpt), elsewhere }
    }
}

impl fmt::Display for Shown {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.problem.fmt(f)
    }
}

impl std::error::Error for Shown {}

impl Diagnostic for Shown {
    fn code(&self) -> Option<Box<dyn fmt::Display + '_>> {
        self.problem.code()
    }
    fn severity(&self) -> Option<Severity> {
        self.problem.severity()
    }
    fn help(&self) -> Option<Box<dyn fmt::Display + '_>> {
        Diagnostic::help(&self.problem)
    }
    fn labels(&self) -> Option<Box<dyn Iterator<Item = LabeledSpan> + '_>> {
        self.problem.labels()
    }
    fn source_code(&self) -> Option<&dyn SourceCode> {
        self.text.as_ref().map(|t| t as _)
    }
    fn related<'a>(&'a self) -> Option<Box<dyn Iterator<Item = &'a dyn Diagnostic> + 'a>> {
        let notes = self.elsewhere.iter().map(|s| s as &dyn Diagnostic);
        (!self.elsewhere.is_empty()).then(|| Box::new(notes) as _)
    }
}

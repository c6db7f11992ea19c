//! Errors that say what caused them in the same sentence: "plan.json cannot be written: Is a directory".

use std::fmt;

use miette::{Diagnostic, LabeledSpan, Report, SourceCode};

/// An error that says what caused it, too.
#[derive(Debug)]
pub(super) struct Caused<'r> {
    text: String,
    report: &'r Report,
}

impl<'r> Caused<'r> {
    /// None where the error says it itself.
    pub(super) fn by(report: &'r Report) -> Option<Self> {
        let own = report.to_string();
        let mut text = own.clone();
        for cause in report.chain().skip(1).map(ToString::to_string) {
            if !text.contains(&cause) {
                text.push_str(": ");
                text.push_str(&cause);
            }
        }
        (text != own).then_some(Self { text, report })
    }
}

impl fmt::Display for Caused<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.text)
    }
}

impl std::error::Error for Caused<'_> {}

impl Diagnostic for Caused<'_> {
    fn code<'a>(&'a self) -> Option<Box<dyn fmt::Display + 'a>> {
        self.report.code()
    }

    fn help<'a>(&'a self) -> Option<Box<dyn fmt::Display + 'a>> {
        self.report.help()
    }

    fn labels(&self) -> Option<Box<dyn Iterator<Item = LabeledSpan> + '_>> {
        self.report.labels()
    }

    fn source_code(&self) -> Option<&dyn SourceCode> {
        self.report.source_code()
    }
}

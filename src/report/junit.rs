//! JUnit's XML, for what shows the results of tests: a suite for each subject, a case for each expectation.

use std::io::{self, Write};

use super::audited::{Audited, is_text};
use super::safe_markup::xml;
use super::since::since;
use crate::model::{Finding, Verdict};

/// What becomes of cases.
#[derive(Default)]
struct Counts {
    tests: usize,
    failures: usize,
    errors: usize,
    skipped: usize,
}

impl Counts {
    fn of<'f>(findings: impl Iterator<Item = &'f Finding>) -> Self {
        let mut counts = Self::default();
        for finding in findings {
            counts.tests += 1;
            match finding.verdict {
                Verdict::Drift => counts.failures += 1,
                Verdict::Unknown => counts.errors += 1,
                Verdict::Waived | Verdict::NotApplicable => counts.skipped += 1,
                Verdict::Conforms => {}
            }
        }
        counts
    }

    fn attributes(&self) -> String {
        let Self { tests, failures, errors, skipped } = self;
        format!(
            "tests=\"{tests}\" failures=\"{failures}\" errors=\"{errors}\" skipped=\"{skipped}\" time=\"0\""
        )
    }
}

/// Writes findings as test cases: drift fails, what is unknown is in error, what is waived is skipped.
///
/// # Errors
/// Those of the writer.
pub(super) fn junit(out: &mut dyn Write, audited: Audited<'_>) -> io::Result<()> {
    let unread = &audited.outcome.unread;
    let mut all = Counts::of(audited.findings());
    all.tests += unread.len();
    all.errors += unread.len();
    writeln!(out, "<?xml version=\"1.0\" encoding=\"UTF-8\"?>")?;
    writeln!(out, "<testsuites name=\"ispo-scm\" {}>", all.attributes())?;
    if let Some(since) = since(audited) {
        // A comment holds no two dashes in a row; these are our own words.
        writeln!(out, "  <!-- {} -->", xml(&since))?;
    }
    if !unread.is_empty() {
        let counts = Counts { tests: unread.len(), errors: unread.len(), ..Counts::default() };
        writeln!(out, "  <testsuite name=\"reading\" {}>", counts.attributes())?;
        for one in unread {
            let (address, why) = (xml(&one.address), xml(&one.why));
            writeln!(out, "    <testcase classname=\"reading\" name=\"{address}\" time=\"0\">")?;
            writeln!(out, "      <error type=\"unread\" message=\"was not read: {why}\"/>\n    </testcase>")?;
        }
        writeln!(out, "  </testsuite>")?;
    }
    let findings: Vec<&Finding> = audited.findings().collect();
    for suite in findings.chunk_by(|a, b| a.subject == b.subject) {
        let Some(first) = suite.first() else { continue };
        let name = xml(&first.subject.to_string());
        let counts = Counts::of(suite.iter().copied());
        writeln!(out, "  <testsuite name=\"{name}\" {}>", counts.attributes())?;
        for finding in suite {
            case(out, audited, finding, &name)?;
        }
        writeln!(out, "  </testsuite>")?;
    }
    writeln!(out, "</testsuites>")
}

fn case(out: &mut dyn Write, audited: Audited<'_>, finding: &Finding, class: &str) -> io::Result<()> {
    let wish = &finding.expectation;
    let (name, place) = (xml(&audited.name(finding)), audited.place(&wish.origin));
    let (file, line) = (xml(&place.file), place.line);
    write!(
        out,
        "    <testcase classname=\"{class}\" name=\"{name}\" file=\"{file}\" line=\"{line}\" time=\"0\""
    )?;
    let short = xml(&is_text(finding));
    let (whole, severity) = (xml(&audited.message(finding)), wish.severity.word());
    match finding.verdict {
        Verdict::Conforms => return writeln!(out, "/>"),
        Verdict::Drift => {
            writeln!(out, ">\n      <failure type=\"{severity}\" message=\"{short}\">{whole}</failure>")?;
        }
        Verdict::Unknown => {
            writeln!(out, ">\n      <error type=\"unknown\" message=\"{short}\">{whole}</error>")?
        }
        Verdict::Waived | Verdict::NotApplicable => writeln!(out, ">\n      <skipped message=\"{whole}\"/>")?,
    }
    writeln!(out, "    </testcase>")
}

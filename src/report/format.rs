//! The formats of an audit's report, by their names.

use std::io::{self, Write};

use super::annotations::annotations;
use super::audited::Audited;
use super::badge::badge;
use super::code_quality::code_quality;
use super::csv::csv;
use super::digest::digest;
use super::html::html;
use super::human::human;
use super::json::json;
use super::junit::junit;
use super::markdown::{Use, markdown};
use super::portal::portal;
use super::sarif::sarif;

/// A format of the report.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Format {
    /// For a terminal.
    Human,
    /// For machines; its format has a version.
    Json,
    /// Markdown for the summary of a job.
    Markdown,
    /// Markdown for a comment on a pull request.
    Comment,
    /// Markdown for the text of an issue.
    Issue,
    /// SARIF 2.1.0, for code scanning.
    Sarif,
    /// JUnit's XML.
    Junit,
    /// Workflow commands, which annotate the policy on GitHub.
    Github,
    /// GitLab's code quality.
    CodeQuality,
    /// Comma-separated values.
    Csv,
    /// A badge, as SVG.
    Badge,
    /// The `repos.json` of a portal of InnerSource projects.
    Repos,
    /// A few lines for a chat.
    Digest,
    /// A page for browsers, which needs nothing but itself.
    Html,
}

impl Format {
    /// Every format with its name and what it is for.
    pub const ALL: [(Self, &'static str, &'static str); 14] = [
        (Self::Human, "human", "for a terminal"),
        (Self::Json, "json", "for machines; its format has a version"),
        (Self::Markdown, "markdown", "the summary of a job, below 1 MiB"),
        (Self::Comment, "comment", "Markdown for a comment on a pull request, below 65,536 characters"),
        (Self::Issue, "issue", "Markdown for the text of an issue, below 65,536 characters"),
        (Self::Sarif, "sarif", "SARIF 2.1.0, for code scanning"),
        (Self::Junit, "junit", "JUnit's XML, for what shows the results of tests"),
        (Self::Github, "github", "workflow commands, which annotate the policy on GitHub"),
        (Self::CodeQuality, "code-quality", "GitLab's code quality"),
        (Self::Csv, "csv", "comma-separated values, for spreadsheets"),
        (Self::Badge, "badge", "a badge, as SVG"),
        (Self::Repos, "repos", "the repos.json of a portal of InnerSource projects"),
        (Self::Digest, "digest", "a few lines for a chat"),
        (Self::Html, "html", "a page for browsers, which needs nothing but itself"),
    ];

    /// The format of that name.
    pub fn from_word(word: &str) -> Option<Self> {
        Self::ALL.iter().find(|(_, w, _)| *w == word).map(|(format, ..)| *format)
    }

    /// Its name.
    pub fn word(self) -> &'static str {
        Self::ALL.iter().find(|(format, ..)| *format == self).map_or("human", |(_, word, _)| word)
    }

    /// Whether it shows how hard it is to contribute, so that this has to be worked out.
    pub fn shows_friction(self) -> bool {
        matches!(self, Self::Markdown | Self::Comment | Self::Issue | Self::Badge | Self::Digest | Self::Html)
    }

    /// Whether it names every finding, so that others can refer to it for what they have no room for.
    pub fn is_whole(self) -> bool {
        matches!(self, Self::Json | Self::Csv | Self::Junit)
    }

    /// Writes a report.
    ///
    /// # Errors
    /// Those of the writer.
    pub fn write(self, out: &mut dyn Write, audited: Audited<'_>) -> io::Result<()> {
        match self {
            Self::Human => human(out, audited),
            Self::Json => json(out, audited),
            Self::Markdown => markdown(out, audited, Use::Summary),
            Self::Comment => markdown(out, audited, Use::Comment),
            Self::Issue => markdown(out, audited, Use::Issue),
            Self::Sarif => sarif(out, audited),
            Self::Junit => junit(out, audited),
            Self::Github => annotations(out, audited),
            Self::CodeQuality => code_quality(out, audited),
            Self::Csv => csv(out, audited),
            Self::Badge => badge(out, audited),
            Self::Repos => portal(out, audited),
            Self::Digest => digest(out, audited),
            Self::Html => html(out, audited),
        }
    }
}

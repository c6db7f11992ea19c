//! What is known of the terminal, and how to speak to it.

use std::io::{self, IsTerminal, Write};

use miette::{GraphicalReportHandler, GraphicalTheme, Report};

use super::caused::Caused;
use crate::policy::{Problem, Shown};

/// The width of what is printed: the terminal's, within reason; 80 where there is none.
pub(super) fn width() -> usize {
    let columns = std::env::var("COLUMNS").ok().and_then(|c| c.parse().ok());
    let wide = terminal_size::terminal_size().map(|(width, _)| usize::from(width.0));
    columns.or(wide.filter(|_| io::stdout().is_terminal())).unwrap_or(80).clamp(40, 120)
}

/// Whether standard output takes colours.
pub(super) fn color() -> bool {
    let choice = anstream::AutoStream::choice(&io::stdout());
    choice != anstream::ColorChoice::Never
}

/// Makes the reports of errors fit their reader.
pub(super) fn prepare() {
    let color = color_of_errors();
    // A second call only happens in tests; the first one's choice stands.
    let _ = miette::set_hook(Box::new(move |_| Box::new(handler(color))));
}

fn handler(color: bool) -> GraphicalReportHandler {
    let unicode = io::stderr().is_terminal();
    let theme = match (color, unicode) {
        (true, _) => GraphicalTheme::unicode(),
        (false, true) => GraphicalTheme::unicode_nocolor(),
        (false, false) => GraphicalTheme::none(),
    };
    GraphicalReportHandler::new_themed(theme).with_width(80).with_links(false).without_cause_chain()
}

/// Whether standard error takes colours.
fn color_of_errors() -> bool {
    anstream::AutoStream::choice(&io::stderr()) != anstream::ColorChoice::Never
}

/// Prints an error on standard error, with what caused it.
pub(super) fn complain(report: &Report) {
    let mut text = String::new();
    let whole = Caused::by(report);
    let rendered = match &whole {
        Some(whole) => handler(color_of_errors()).render_report(&mut text, whole).is_ok(),
        None => false,
    };
    // Nowhere is left to say that standard error is gone.
    let _ = if rendered { writeln!(io::stderr(), "{text}") } else { writeln!(io::stderr(), "{report:?}") };
}

/// Prints the problems of a policy, and how many there are.
pub(super) fn problems(problems: Vec<Problem>) {
    let errors = problems.iter().filter(|p| !p.is_warning()).count();
    let all = problems.len();
    for problem in problems {
        complain(&Report::new(Shown::new(problem)));
    }
    if all > 0 {
        let warnings = all - errors;
        let count = |n: usize, word: &str| format!("{n} {word}{}", if n == 1 { "" } else { "s" });
        let _ = writeln!(
            io::stderr(),
            "{} and {} in the policy",
            count(errors, "mistake"),
            count(warnings, "warning")
        );
    }
}

/// Prints a text and a line end on standard output.
pub(super) fn say(text: &str) -> Result<(), Report> {
    show(|out| writeln!(out, "{text}"))
}

/// Writes to standard output; a reader that went away is an end like any other.
pub(super) fn show(write: impl FnOnce(&mut dyn Write) -> io::Result<()>) -> Result<(), Report> {
    let mut out = io::BufWriter::new(io::stdout().lock());
    match write(&mut out).and_then(|()| out.flush()) {
        Err(error) if error.kind() != io::ErrorKind::BrokenPipe => {
            Err(Report::msg(format!("the output cannot be written: {error}")))
        }
        _ => Ok(()),
    }
}

/// A variable of the environment.
pub(super) fn environment(name: &str) -> Option<String> {
    std::env::var(name).ok()
}

/// Says several lines on standard error, as they are.
pub(super) fn warn_lines(lines: &[String]) {
    lines.iter().for_each(|line| warn(line));
}

/// Says something on standard error.
pub(super) fn warn(text: &str) {
    // Nowhere is left to say that standard error is gone.
    let _ = writeln!(io::stderr(), "{}", crate::report::safe(text));
}

//! How far a run is, on standard error while a person is watching.

use std::cell::Cell;
use std::io::{self, IsTerminal, Write};
use std::sync::Arc;
use std::time::{Duration, Instant};

use indicatif::{ProgressBar, ProgressDrawTarget, ProgressStyle};

use crate::forge::{Voice, grouped};
use crate::run::Step;

/// How often a line says how far the writing is, where there is no terminal.
const NOW_AND_THEN: Duration = Duration::from_secs(30);

/// A line that says what is being read; nothing where standard error is no terminal.
pub(super) struct Progress {
    bar: ProgressBar,
    /// Since when is written, and when a line said so.
    writing: Cell<Option<(Instant, Instant)>>,
}

impl Progress {
    pub(super) fn new() -> Self {
        // indicatif draws nothing where standard error is not a terminal.
        let bar = ProgressBar::with_draw_target(None, ProgressDrawTarget::stderr());
        if let Ok(style) = ProgressStyle::with_template("{spinner} {msg}: {pos} repositories, {elapsed}") {
            bar.set_style(style);
        }
        Self { bar, writing: Cell::new(None) }
    }

    /// Says how far the reading is.
    pub(super) fn at(&self, what: &str, done: u64) {
        if self.bar.message() != what {
            self.bar.set_message(what.to_owned());
        }
        self.bar.set_position(done);
    }

    /// Says how far carrying out a plan is.
    pub(super) fn step(&self, step: Step) {
        if step.what != "writing" {
            return self.at(step.what, step.done);
        }
        let now = Instant::now();
        let (begun, said) = match self.writing.get() {
            // A further round counts anew.
            Some(known) if step.done > 1 => known,
            _ => (now, now),
        };
        let due = now.duration_since(said) >= NOW_AND_THEN;
        self.writing.set(Some((begun, if due { now } else { said })));
        let line = how_far(step, now.duration_since(begun));
        if io::stderr().is_terminal() {
            if let Ok(style) = ProgressStyle::with_template("{spinner} {msg}") {
                self.bar.set_style(style);
            }
            self.bar.set_message(line);
            self.bar.tick();
        } else if due {
            // Nowhere is left to say that standard error is gone.
            let _ = writeln!(io::stderr(), "{line}");
        }
    }

    /// Says aloud what is waited for, beside the line and where there is none.
    pub(super) fn voice(&self) -> Voice {
        let bar = self.bar.clone();
        Arc::new(move |text: &str| {
            bar.suspend(|| {
                // Nowhere is left to say that standard error is gone.
                let _ = writeln!(io::stderr(), "{text}");
            });
        })
    }

    pub(super) fn done(&self) {
        self.bar.finish_and_clear();
    }
}

/// How far the writing is, and how long it will take if it goes on like this.
fn how_far(step: Step, elapsed: Duration) -> String {
    let left = step.of.saturating_sub(step.done);
    let seconds = elapsed.as_secs().saturating_mul(left) / step.done.max(1);
    let time = match seconds {
        0..=90 => format!("{seconds} s"),
        91..=5_400 => format!("{} min", seconds.div_ceil(60)),
        _ => format!("{} h {} min", seconds / 3_600, seconds % 3_600 / 60),
    };
    format!("{}: {} of {} requests, about {time} left", step.what, grouped(step.done), grouped(step.of))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_left_is_told_from_what_is_done() {
        let at =
            |done, elapsed| how_far(Step { what: "writing", done, of: 1_000 }, Duration::from_secs(elapsed));
        assert_eq!(at(20, 0), "writing: 20 of 1,000 requests, about 0 s left");
        assert_eq!(at(120, 100), "writing: 120 of 1,000 requests, about 13 min left");
        assert_eq!(at(500, 7_200), "writing: 500 of 1,000 requests, about 2 h 0 min left");
        assert_eq!(at(1_000, 1_000), "writing: 1,000 of 1,000 requests, about 0 s left");
    }
}

//! How far a run is, on standard error while a person is watching.

use std::io::{self, Write};
use std::sync::Arc;

use indicatif::{ProgressBar, ProgressDrawTarget, ProgressStyle};

use crate::forge::Voice;

/// A line that says what is being read; nothing where standard error is no terminal.
pub(super) struct Progress(ProgressBar);

impl Progress {
    pub(super) fn new() -> Self {
        // indicatif draws nothing where standard error is not a terminal.
        let bar = ProgressBar::with_draw_target(None, ProgressDrawTarget::stderr());
        if let Ok(style) = ProgressStyle::with_template("{spinner} {msg}: {pos} repositories, {elapsed}") {
            bar.set_style(style);
        }
        Self(bar)
    }

    /// Says how far the reading is.
    pub(super) fn at(&self, what: &str, done: u64) {
        if self.0.message() != what {
            self.0.set_message(what.to_owned());
        }
        self.0.set_position(done);
    }

    /// Says aloud what is waited for, beside the line and where there is none.
    pub(super) fn voice(&self) -> Voice {
        let bar = self.0.clone();
        Arc::new(move |text: &str| {
            bar.suspend(|| {
                // Nowhere is left to say that standard error is gone.
                let _ = writeln!(io::stderr(), "{text}");
            });
        })
    }

    pub(super) fn done(&self) {
        self.0.finish_and_clear();
    }
}

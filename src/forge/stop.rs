//! When a run has to end before it is done: at its deadline, or at somebody's word.

use std::sync::atomic::{AtomicBool, Ordering};
use std::time::Duration;

use tokio::sync::Notify;
use tokio::time::Instant;

use super::transport::TransportError;

/// Until when requests may be sent.
#[derive(Debug, Default)]
pub struct Stop {
    deadline: Option<Deadline>,
    told: AtomicBool,
    heard: Notify,
}

#[derive(Debug)]
struct Deadline {
    at: Instant,
    /// The length, as it was written: `10m`.
    length: String,
}

impl Stop {
    /// Requests may be sent for so long from now on; the text is how people wrote that.
    pub fn after(length: Duration, text: &str) -> Self {
        let deadline = Instant::now()
            .checked_add(length)
            // A deadline beyond the end of the clock never comes.
            .map(|at| Deadline { at, length: text.to_owned() });
        Self { deadline, ..Self::default() }
    }

    /// No further request is to be sent. Returns whether nobody had said so before.
    pub fn tell(&self) -> bool {
        let first = !self.told.swap(true, Ordering::AcqRel);
        self.heard.notify_waiters();
        first
    }

    /// Whether somebody said that no further request is to be sent.
    pub fn is_told(&self) -> bool {
        self.told.load(Ordering::Acquire)
    }

    /// How long requests may still be sent; none where there is no deadline.
    pub(super) fn left(&self) -> Option<Duration> {
        self.deadline.as_ref().map(|d| d.at.saturating_duration_since(Instant::now()))
    }

    /// Whether a further request may be sent.
    ///
    /// # Errors
    /// When none may.
    pub fn check(&self) -> Result<(), TransportError> {
        match self.left() {
            _ if self.is_told() => Err(TransportError::Stopped),
            Some(Duration::ZERO) => Err(self.passed(None)),
            _ => Ok(()),
        }
    }

    /// Waits until no further request may be sent.
    pub(super) async fn ended(&self) -> TransportError {
        loop {
            let heard = self.heard.notified();
            if let Err(error) = self.check() {
                return error;
            }
            match &self.deadline {
                Some(deadline) => drop(tokio::time::timeout_at(deadline.at, heard).await),
                None => heard.await,
            }
        }
    }

    /// Lets time pass.
    ///
    /// # Errors
    /// When no request may be sent after it, at once; the deadline says when the budget is back, if
    /// that is what is waited for.
    pub async fn sleep(&self, pause: Duration, for_budget: bool) -> Result<(), TransportError> {
        self.check()?;
        if self.left().is_some_and(|left| left <= pause) {
            return Err(self.passed(for_budget.then_some(pause)));
        }
        tokio::select! {
            () = tokio::time::sleep(pause) => Ok(()),
            error = self.ended() => Err(error),
        }
    }

    /// The error of a deadline, with the wait after which the budget is back.
    pub(super) fn passed(&self, wait: Option<Duration>) -> TransportError {
        let back = wait.and_then(|wait| {
            let at = chrono::Utc::now().checked_add_signed(chrono::Duration::from_std(wait).ok()?)?;
            Some(at.format("%H:%M UTC").to_string())
        });
        let length = self.deadline.as_ref().map(|d| d.length.clone()).unwrap_or_default();
        TransportError::Deadline { length, back }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[tokio::test]
    async fn what_would_last_too_long_is_not_begun() {
        let stop = Stop::after(Duration::from_secs(600), "10m");
        assert!(stop.check().is_ok());
        let waited = stop.sleep(Duration::from_secs(700), true).await;
        let Err(TransportError::Deadline { length, back: Some(back) }) = waited else { panic!("{waited:?}") };
        assert!(length == "10m" && back.ends_with(" UTC"), "{length} {back}");
    }

    #[tokio::test]
    async fn a_word_ends_what_is_being_waited_for() {
        let stop = std::sync::Arc::new(Stop::default());
        let waiting = tokio::spawn({
            let stop = std::sync::Arc::clone(&stop);
            async move { stop.sleep(Duration::from_secs(3600), false).await }
        });
        tokio::task::yield_now().await;
        assert!(stop.tell() && !stop.tell());
        assert!(matches!(waiting.await.unwrap(), Err(TransportError::Stopped)));
    }

    #[test]
    fn a_deadline_of_nothing_has_passed() {
        let stop = Stop::after(Duration::ZERO, "0s");
        assert!(matches!(stop.check(), Err(TransportError::Deadline { back: None, .. })));
        assert!(Stop::after(Duration::MAX, "long").check().is_ok());
    }
}

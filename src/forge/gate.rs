//! How fast a host is asked, and when it is left in peace.
//!
//! GitHub's secondary limits: 100 requests at once, 900 points a minute for REST (a read is one).
//! Source: docs.github.com, "Rate limits for the REST API".

use std::num::NonZeroU32;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, AtomicU64, Ordering};
use std::time::{Duration, SystemTime, UNIX_EPOCH};

use arc_swap::ArcSwap;
use governor::clock::{Clock, DefaultClock};
use governor::{DefaultDirectRateLimiter, Quota, RateLimiter};
use http::{HeaderMap, StatusCode};
use tokio::sync::{Semaphore, SemaphorePermit};

/// Hears what the run waits for; nothing ever waits in silence.
pub type Voice = Arc<dyn Fn(&str) + Send + Sync>;

/// Reads a second that the secondary limit allows for good, and how many may go at once before.
const PER_SECOND: f64 = 15.0;
const AT_ONCE: u32 = 60;

/// Longer than this nobody waits: the run says when it can be tried again.
const LONGEST_WAIT: Duration = Duration::from_secs(3900);

/// What must be done after an answer.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum After {
    /// Take it.
    Take,
    /// The host is to be left alone for a while; then the same may be asked again.
    Again,
    /// It would take too long to wait: these many seconds.
    TooLong(u64),
}

/// What the text of an answer says of limits, whatever its status.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Says {
    /// Nothing.
    Nothing,
    /// Too much at once: it is over soon.
    TooFast,
    /// The budget is used up, or too small for what was asked, until it is filled again.
    Spent,
}

/// The gate before one host.
pub(super) struct Gate {
    limiter: ArcSwap<DefaultDirectRateLimiter>,
    clock: DefaultClock,
    /// Unix milliseconds before which nothing is sent.
    not_before: AtomicU64,
    concurrent: Semaphore,
    /// It has been said that the rest of the budget is being spread.
    slowed: AtomicBool,
    voice: Voice,
}

fn limiter(per_second: f64, at_once: u32) -> DefaultDirectRateLimiter {
    let period = Duration::from_secs_f64(1.0 / per_second.max(0.05));
    let quota = Quota::with_period(period).unwrap_or_else(|| Quota::per_second(NonZeroU32::MIN));
    RateLimiter::direct(quota.allow_burst(NonZeroU32::new(at_once).unwrap_or(NonZeroU32::MIN)))
}

fn now() -> Duration {
    SystemTime::now().duration_since(UNIX_EPOCH).unwrap_or_default()
}

fn millis(duration: Duration) -> u64 {
    u64::try_from(duration.as_millis()).unwrap_or(u64::MAX)
}

impl Gate {
    pub(super) fn new(voice: Voice) -> Self {
        Self {
            limiter: ArcSwap::from_pointee(limiter(PER_SECOND, AT_ONCE)),
            clock: DefaultClock::default(),
            not_before: AtomicU64::new(0),
            concurrent: Semaphore::new(100),
            slowed: AtomicBool::new(false),
            voice,
        }
    }

    /// Waits for a turn; the turn ends when what is returned is dropped.
    pub(super) async fn turn(&self) -> Option<SemaphorePermit<'_>> {
        let permit = self.concurrent.acquire().await.ok();
        loop {
            let pause = Duration::from_millis(self.not_before.load(Ordering::Acquire)).saturating_sub(now());
            if !pause.is_zero() {
                tokio::time::sleep(pause).await;
                continue;
            }
            let limiter = self.limiter.load_full();
            match limiter.check() {
                Ok(()) => return permit,
                Err(not_until) => tokio::time::sleep(not_until.wait_time_from(self.clock.now())).await,
            }
        }
    }

    /// Learns from an answer's status, headers and text, and says what to do with it.
    pub(super) fn learn(&self, status: StatusCode, headers: &HeaderMap, says: Says) -> After {
        let number = |name: &str| {
            headers.get(name).and_then(|v| v.to_str().ok()).and_then(|v| v.trim().parse::<u64>().ok())
        };
        let remaining = number("x-ratelimit-remaining").or_else(|| number("ratelimit-remaining"));
        let reset = number("x-ratelimit-reset").or_else(|| number("ratelimit-reset"));
        let refused =
            matches!(status.as_u16(), 403 | 429) && (remaining == Some(0) || number("retry-after").is_some());
        if refused || status == StatusCode::TOO_MANY_REQUESTS || says != Says::Nothing {
            let spent = remaining == Some(0) || says == Says::Spent;
            let until_reset = reset.filter(|_| spent).map(|at| at.saturating_sub(now().as_secs()) + 1);
            // The longer of the two counts: a budget does not come back sooner because the answer has
            // a friendlier word. Without any, GitHub asks for a minute.
            return self.pause(number("retry-after").max(until_reset).unwrap_or(60));
        }
        let limit = number("x-ratelimit-limit").or_else(|| number("ratelimit-limit"));
        if let (Some(limit), Some(remaining), Some(reset)) = (limit, remaining, reset)
            && remaining * 10 < limit
        {
            // The last tenth of the budget is spread over the time that it must last.
            let left = reset.saturating_sub(now().as_secs()).max(1);
            #[allow(clippy::cast_precision_loss)]
            let rate = (remaining as f64 / left as f64).clamp(0.2, PER_SECOND);
            if !self.slowed.swap(true, Ordering::AcqRel) {
                let a_minute = (rate * 60.0).round();
                (self.voice)(&format!(
                    "less than a tenth of the budget is left: asking {a_minute} times a minute"
                ));
            }
            let slower = limiter(rate, 1);
            // A fresh limiter has a request to give away; that one is spent already.
            let _ = slower.check();
            self.limiter.store(Arc::new(slower));
        }
        After::Take
    }

    fn pause(&self, seconds: u64) -> After {
        if Duration::from_secs(seconds) > LONGEST_WAIT {
            return After::TooLong(seconds);
        }
        let until = millis(now()) + seconds * 1000;
        let before = self.not_before.fetch_max(until, Ordering::AcqRel);
        if before < until && seconds > 0 {
            (self.voice)(&format!("the forge asks for patience: going on in {seconds} s"));
        }
        After::Again
    }
}

#[cfg(test)]
mod tests {
    use std::sync::Mutex;

    use super::*;

    fn headers(pairs: &[(&'static str, &str)]) -> HeaderMap {
        pairs.iter().map(|(k, v)| (http::HeaderName::from_static(k), v.parse().unwrap())).collect()
    }

    #[test]
    fn a_refusal_is_waited_for_aloud_and_never_for_hours() {
        let said = Arc::new(Mutex::new(Vec::new()));
        let gate = Gate::new({
            let said = Arc::clone(&said);
            Arc::new(move |text: &str| said.lock().unwrap().push(text.to_owned()))
        });
        let soon = headers(&[("retry-after", "7")]);
        assert_eq!(gate.learn(StatusCode::FORBIDDEN, &soon, Says::Nothing), After::Again);
        assert_eq!(*said.lock().unwrap(), ["the forge asks for patience: going on in 7 s"]);
        let never = headers(&[("x-ratelimit-remaining", "0"), ("x-ratelimit-reset", "99999999999")]);
        assert!(matches!(gate.learn(StatusCode::FORBIDDEN, &never, Says::Nothing), After::TooLong(_)));
    }

    #[test]
    fn lack_of_rights_is_no_limit() {
        let gate = Gate::new(Arc::new(|_: &str| {}));
        let plenty = headers(&[("x-ratelimit-remaining", "4000"), ("x-ratelimit-limit", "5000")]);
        assert_eq!(gate.learn(StatusCode::FORBIDDEN, &plenty, Says::Nothing), After::Take);
    }
}

//! How many requests of one interface go out in a minute.

use std::num::NonZeroU32;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::time::{Duration, Instant};

use arc_swap::ArcSwap;
use governor::clock::{Clock, DefaultClock};
use governor::{DefaultDirectRateLimiter, Quota, RateLimiter};
use tokio::sync::Mutex;

use super::gate::Voice;
use super::stop::Stop;
use super::transport::TransportError;

/// Who has waited so long for its turn may know why.
const NOTICEABLE: Duration = Duration::from_secs(1);

/// How many requests may go out.
#[derive(Debug, Clone, Copy)]
pub(super) struct Allowed {
    /// In any minute.
    pub a_minute: u32,
    /// On the user's word, which holds for servers without limits, too.
    pub by_user: bool,
}

impl Allowed {
    /// How many may go at once, and how many a second from then on.
    fn burst_and_rate(self) -> (u32, f64) {
        let burst = (self.a_minute / 15).max(1);
        // What goes at once is part of the first minute.
        let rest = if burst > 1 { self.a_minute - burst } else { self.a_minute };
        (burst, f64::from(rest) / 60.0)
    }
}

/// The pace of one interface.
pub(super) struct Pace {
    interface: &'static str,
    allowed: Allowed,
    limiter: ArcSwap<DefaultDirectRateLimiter>,
    clock: DefaultClock,
    /// One waits for the limiter; the others wait behind it, in order.
    queue: Mutex<()>,
    /// The server has no limits.
    free: AtomicBool,
    /// The rest of the budget is being spread.
    slowed: AtomicBool,
    said: AtomicBool,
    voice: Voice,
}

fn limiter(per_second: f64, at_once: u32) -> DefaultDirectRateLimiter {
    let period = Duration::from_secs_f64(1.0 / per_second.max(0.01));
    let quota = Quota::with_period(period).unwrap_or_else(|| Quota::per_second(NonZeroU32::MIN));
    RateLimiter::direct(quota.allow_burst(NonZeroU32::new(at_once).unwrap_or(NonZeroU32::MIN)))
}

impl Pace {
    pub(super) fn new(interface: &'static str, allowed: Allowed, voice: Voice) -> Self {
        let (burst, rate) = allowed.burst_and_rate();
        Self {
            interface,
            allowed,
            limiter: ArcSwap::from_pointee(limiter(rate, burst)),
            clock: DefaultClock::default(),
            queue: Mutex::new(()),
            free: AtomicBool::new(false),
            slowed: AtomicBool::new(false),
            said: AtomicBool::new(false),
            voice,
        }
    }

    /// Whether nothing is waited for.
    pub(super) fn is_free(&self) -> bool {
        self.free.load(Ordering::Acquire) && !self.allowed.by_user
    }

    /// Waits until one more request may go out.
    ///
    /// # Errors
    /// When the run has to end before.
    pub(super) async fn turn(&self, stop: &Stop) -> Result<(), TransportError> {
        let begun = Instant::now();
        let _first = tokio::select! {
            first = self.queue.lock() => first,
            error = stop.ended() => return Err(error),
        };
        loop {
            if self.is_free() {
                return Ok(());
            }
            match self.limiter.load().check() {
                Ok(()) => return Ok(()),
                Err(not_until) => {
                    let wait = not_until.wait_time_from(self.clock.now());
                    self.say_once(begun.elapsed() + wait);
                    stop.sleep(wait, false).await?;
                }
            }
        }
    }

    fn say_once(&self, waited: Duration) {
        let slowed = self.slowed.load(Ordering::Acquire);
        if waited < NOTICEABLE || slowed || self.said.swap(true, Ordering::AcqRel) {
            return;
        }
        let Self { interface, allowed: Allowed { a_minute, by_user }, .. } = self;
        let who = if *by_user { "as --requests-per-minute says" } else { "which is what the forge allows" };
        (self.voice)(&format!("sending up to {a_minute} {interface} requests a minute, {who}"));
    }

    /// Whether the server told of limits with an answer. One that does not has none.
    pub(super) fn is_limited(&self, limited: bool) {
        self.free.store(!limited, Ordering::Release);
    }

    /// Learns how much of the budget is left, and for how many seconds it must last.
    pub(super) fn budget(&self, limit: u64, remaining: u64, seconds: u64) {
        let (burst, usual) = self.allowed.burst_and_rate();
        if remaining.saturating_mul(10) >= limit {
            if self.slowed.swap(false, Ordering::AcqRel) {
                self.limiter.store(Arc::new(limiter(usual, burst)));
            }
            return;
        }
        // The last tenth of the budget is spread over the time that it must last.
        #[allow(clippy::cast_precision_loss)]
        let rate = (remaining as f64 / seconds as f64).max(0.2).min(usual);
        if !self.slowed.swap(true, Ordering::AcqRel) {
            let a_minute = (rate * 60.0).round();
            (self.voice)(&format!(
                "less than a tenth of the {} budget is left: asking {a_minute} times a minute until it is \
                 filled again in {} minutes",
                self.interface,
                seconds.div_ceil(60)
            ));
        }
        let slower = limiter(rate, 1);
        // A fresh limiter has a request to give away; that one is spent already.
        let _ = slower.check();
        self.limiter.store(Arc::new(slower));
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn pace(a_minute: u32, by_user: bool) -> (Pace, Arc<std::sync::Mutex<Vec<String>>>) {
        let said = Arc::new(std::sync::Mutex::new(Vec::new()));
        let voice = {
            let said = Arc::clone(&said);
            Arc::new(move |text: &str| said.lock().unwrap().push(text.to_owned()))
        };
        (Pace::new("REST", Allowed { a_minute, by_user }, voice), said)
    }

    #[test]
    fn no_minute_sees_more_than_is_allowed() {
        for a_minute in [16, 29, 30, 900, 2_000] {
            let (burst, rate) = Allowed { a_minute, by_user: false }.burst_and_rate();
            assert!(f64::from(burst) + rate * 60.0 <= f64::from(a_minute) + 1.0, "{a_minute}");
        }
    }

    #[tokio::test]
    async fn a_server_without_limits_is_not_paced_unless_the_user_says_so() {
        let soon = Stop::after(Duration::from_millis(900), "soon");
        let (pace, _) = pace(15, false);
        assert!(pace.turn(&soon).await.is_ok() && pace.turn(&soon).await.is_err());
        pace.is_limited(false);
        assert!(pace.turn(&soon).await.is_ok());
        pace.is_limited(true);
        assert!(pace.turn(&soon).await.is_err());
        let (slow, said) = self::pace(15, true);
        slow.is_limited(false);
        assert!(slow.turn(&soon).await.is_ok() && slow.turn(&soon).await.is_err());
        assert_eq!(
            *said.lock().unwrap(),
            ["sending up to 15 REST requests a minute, as --requests-per-minute says"]
        );
    }

    #[tokio::test]
    async fn the_last_tenth_of_a_budget_is_spread_until_it_is_filled_again() {
        let soon = Stop::after(Duration::from_millis(100), "soon");
        let (pace, said) = pace(900, false);
        pace.budget(5_000, 400, 3_600);
        pace.budget(5_000, 399, 3_599);
        assert!(pace.turn(&soon).await.is_err());
        assert_eq!(
            *said.lock().unwrap(),
            [
                "less than a tenth of the REST budget is left: asking 12 times a minute until it is filled again in 60 minutes"
            ]
        );
        pace.budget(5_000, 4_999, 3_600);
        assert!(pace.turn(&soon).await.is_ok());
    }
}

//! How many requests that write go out on a forge that limits them.
//!
//! GitHub asks whoever writes much to wait a second between two writes, and lets nobody make more than
//! 80 things a minute or 500 an hour. Source: docs.github.com, "Best practices for using the REST API",
//! "Rate limits for the REST API".

use std::collections::VecDeque;
use std::num::NonZeroU32;
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Mutex, PoisonError};
use std::time::Duration;

use governor::clock::Clock;
use governor::middleware::NoOpMiddleware;
use governor::nanos::Nanos;
use governor::state::{InMemoryState, NotKeyed};
use governor::{Quota, RateLimiter};
use tokio::time::Instant;

use super::gate::Voice;
use super::stop::Stop;
use super::transport::TransportError;

/// How many writes go at once; with one a second after them, no minute sees more than 80.
const AT_ONCE: NonZeroU32 = NonZeroU32::new(20).unwrap();

/// How many things may be made in an hour.
const MADE_AN_HOUR: usize = 500;

const HOUR: Duration = Duration::from_secs(3_600);

/// Who has waited so long for its turn may know why.
const NOTICEABLE: Duration = Duration::from_secs(1);

/// The runtime's clock, which tests can wind.
#[derive(Debug, Clone)]
struct Ticks(Instant);

impl Clock for Ticks {
    type Instant = Nanos;

    fn now(&self) -> Nanos {
        Nanos::from(self.0.elapsed())
    }
}

type Limiter = RateLimiter<NotKeyed, InMemoryState, Ticks, NoOpMiddleware<Nanos>>;

/// The pace of one identity's writes.
pub struct WritePace {
    writes: Limiter,
    clock: Ticks,
    /// When the last things were made.
    made: Mutex<VecDeque<Instant>>,
    /// One waits; the others wait behind it, in order.
    queue: tokio::sync::Mutex<()>,
    said: AtomicBool,
    voice: Voice,
}

impl WritePace {
    /// The pace that GitHub asks for.
    pub fn new(voice: Voice) -> Self {
        let clock = Ticks(Instant::now());
        let quota = Quota::per_second(NonZeroU32::MIN).allow_burst(AT_ONCE);
        Self {
            writes: RateLimiter::direct_with_clock(quota, clock.clone()),
            clock,
            made: Mutex::default(),
            queue: tokio::sync::Mutex::new(()),
            said: AtomicBool::new(false),
            voice,
        }
    }

    /// Waits until one more request may write, and whether it makes something.
    ///
    /// # Errors
    /// When the run has to end before.
    pub async fn turn(&self, makes: bool, stop: &Stop) -> Result<(), TransportError> {
        let _first = tokio::select! {
            first = self.queue.lock() => first,
            error = stop.ended() => return Err(error),
        };
        while let Err(not_until) = self.writes.check() {
            let wait = not_until.wait_time_from(self.clock.now());
            if wait >= NOTICEABLE / 2 && !self.said.swap(true, Ordering::AcqRel) {
                (self.voice)("writing once a second, which is what the forge asks of whoever writes much");
            }
            stop.sleep(wait, false).await?;
        }
        if !makes {
            return Ok(());
        }
        let wait = self.until_one_may_be_made();
        if wait > NOTICEABLE {
            let minutes = wait.as_secs().div_ceil(60);
            (self.voice)(&format!(
                "{MADE_AN_HOUR} things were made within the hour, which is all that the forge allows: going on \
                 in {minutes} min"
            ));
        }
        if !wait.is_zero() {
            stop.sleep(wait, true).await?;
        }
        self.made.lock().unwrap_or_else(PoisonError::into_inner).push_back(Instant::now());
        Ok(())
    }

    fn until_one_may_be_made(&self) -> Duration {
        let mut made = self.made.lock().unwrap_or_else(PoisonError::into_inner);
        while made.front().is_some_and(|at| at.elapsed() >= HOUR) {
            made.pop_front();
        }
        match made.front() {
            Some(first) if made.len() >= MADE_AN_HOUR => HOUR.saturating_sub(first.elapsed()),
            _ => Duration::ZERO,
        }
    }
}

#[cfg(test)]
mod tests {
    use std::sync::Arc;

    use super::*;

    /// When each of so many turns came, in seconds, and what was said.
    async fn turns(count: usize, makes: bool) -> (Vec<u64>, Vec<String>) {
        let said = Arc::new(Mutex::new(Vec::new()));
        let voice: Voice = {
            let said = Arc::clone(&said);
            Arc::new(move |text: &str| said.lock().unwrap().push(text.to_owned()))
        };
        let (pace, stop, begun) = (WritePace::new(voice), Stop::default(), Instant::now());
        let mut came = Vec::new();
        for _ in 0..count {
            pace.turn(makes, &stop).await.unwrap();
            came.push(begun.elapsed().as_secs());
        }
        let said = said.lock().unwrap().clone();
        (came, said)
    }

    fn most_within(came: &[u64], seconds: u64) -> usize {
        let from = |(i, at): (usize, &u64)| came[i..].iter().take_while(|c| **c < at + seconds).count();
        came.iter().enumerate().map(from).max().unwrap_or_default()
    }

    #[tokio::test(start_paused = true)]
    async fn a_few_writes_go_at_once_and_many_once_a_second() {
        let (came, said) = turns(20, false).await;
        assert_eq!((came.last(), said.len()), (Some(&0), 0));
        let (came, said) = turns(200, false).await;
        assert_eq!(came.last(), Some(&180));
        assert!(most_within(&came, 60) <= 80);
        assert_eq!(said, ["writing once a second, which is what the forge asks of whoever writes much"]);
    }

    #[tokio::test(start_paused = true)]
    async fn no_minute_sees_more_than_80_made_and_no_hour_more_than_500() {
        let (came, said) = turns(1_200, true).await;
        assert!((78..=80).contains(&most_within(&came, 60)), "{}", most_within(&came, 60));
        assert_eq!(most_within(&came, 3_600), 500);
        assert_eq!(said.len(), 3, "{said:?}");
        assert!(said[1].contains("going on in 52 min"), "{}", said[1]);
        assert_eq!(came.last().map(|last| last / 60), Some(123), "two hours and a bit");
    }

    #[tokio::test(start_paused = true)]
    async fn a_wait_past_the_deadline_is_not_begun() {
        let pace = WritePace::new(Arc::new(|_: &str| {}));
        let stop = Stop::after(Duration::from_secs(900), "15m");
        let mut made = 0;
        let ended = loop {
            match pace.turn(true, &stop).await {
                Ok(()) => made += 1,
                Err(ended) => break ended,
            }
        };
        assert_eq!(made, MADE_AN_HOUR);
        assert!(matches!(ended, TransportError::Deadline { back: Some(_), .. }), "{ended}");
    }
}

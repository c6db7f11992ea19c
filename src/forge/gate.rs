//! How fast a host is asked, and when it is left in peace.
//!
//! GitHub's secondary limits: 100 requests at once over both interfaces; 900 points a minute for
//! REST and 2,000 for GraphQL, where a read is one point. Its primary limits are two budgets.
//! Source: docs.github.com, "Rate limits for the REST API".

use std::num::NonZeroU32;
use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};
use std::time::{Duration, SystemTime, UNIX_EPOCH};

use http::{HeaderMap, StatusCode};
use tokio::sync::{Semaphore, SemaphorePermit};

use super::pace::{Allowed, Pace};
use super::stop::Stop;
use super::transport::TransportError;

/// Hears what the run waits for; nothing ever waits in silence.
pub type Voice = Arc<dyn Fn(&str) + Send + Sync>;

/// Longer than this nobody waits: the run says when it can be tried again.
const LONGEST_WAIT: Duration = Duration::from_secs(3900);

/// The two ways to ask, each with limits of its own.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Interface {
    Rest,
    Graphql,
}

impl Interface {
    fn word(self) -> &'static str {
        match self {
            Self::Rest => "REST",
            Self::Graphql => "GraphQL",
        }
    }
}

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

/// One interface's pace, and its budget.
struct Lane {
    pace: Pace,
    /// Unix milliseconds before which nothing is sent this way: its budget is spent.
    not_before: AtomicU64,
}

/// The gate before one host.
pub(super) struct Gate {
    rest: Lane,
    graphql: Lane,
    /// Unix milliseconds before which nothing is sent at all.
    not_before: AtomicU64,
    concurrent: Semaphore,
    stop: Arc<Stop>,
    voice: Voice,
}

fn now() -> Duration {
    SystemTime::now().duration_since(UNIX_EPOCH).unwrap_or_default()
}

fn millis(duration: Duration) -> u64 {
    u64::try_from(duration.as_millis()).unwrap_or(u64::MAX)
}

/// How long it is until then.
fn until(moment: &AtomicU64) -> Duration {
    Duration::from_millis(moment.load(Ordering::Acquire)).saturating_sub(now())
}

impl Gate {
    pub(super) fn new(voice: Voice, stop: Arc<Stop>, a_minute: Option<NonZeroU32>) -> Self {
        let lane = |interface: Interface, usual: u32| {
            let allowed = match a_minute {
                Some(a_minute) => Allowed { a_minute: a_minute.get(), by_user: true },
                None => Allowed { a_minute: usual, by_user: false },
            };
            let pace = Pace::new(interface.word(), allowed, Arc::clone(&voice));
            Lane { pace, not_before: AtomicU64::new(0) }
        };
        Self {
            rest: lane(Interface::Rest, 900),
            graphql: lane(Interface::Graphql, 2_000),
            not_before: AtomicU64::new(0),
            concurrent: Semaphore::new(100),
            stop,
            voice,
        }
    }

    fn lane(&self, interface: Interface) -> &Lane {
        match interface {
            Interface::Rest => &self.rest,
            Interface::Graphql => &self.graphql,
        }
    }

    /// Waits for a turn; the turn ends when what is returned is dropped.
    ///
    /// # Errors
    /// When no further request may be sent, or none before the deadline.
    pub(super) async fn turn(
        &self,
        interface: Interface,
    ) -> Result<Option<SemaphorePermit<'_>>, TransportError> {
        let lane = self.lane(interface);
        let pause = || until(&self.not_before).max(until(&lane.not_before));
        let mut paced = false;
        loop {
            self.stop.check()?;
            if !pause().is_zero() {
                self.stop.sleep(pause(), true).await?;
                continue;
            }
            if !paced {
                lane.pace.turn(&self.stop).await?;
                paced = true;
                continue;
            }
            // Whoever waits for its pace holds no place that the other interface could use.
            let permit = tokio::select! {
                permit = self.concurrent.acquire() => permit.ok(),
                error = self.stop.ended() => return Err(error),
            };
            if pause().is_zero() {
                return Ok(permit);
            }
        }
    }

    /// Whether the server limits anybody, as far as its answers have told.
    pub(super) fn is_limited(&self) -> bool {
        !self.rest.pace.is_free()
    }

    /// Learns from an answer's status, headers and text, and says what to do with it.
    pub(super) fn learn(
        &self,
        interface: Interface,
        status: StatusCode,
        headers: &HeaderMap,
        says: Says,
    ) -> After {
        let number = |name: &str| {
            headers.get(name).and_then(|v| v.to_str().ok()).and_then(|v| v.trim().parse::<u64>().ok())
        };
        let remaining = number("x-ratelimit-remaining").or_else(|| number("ratelimit-remaining"));
        let reset = number("x-ratelimit-reset").or_else(|| number("ratelimit-reset"));
        let limit = number("x-ratelimit-limit").or_else(|| number("ratelimit-limit"));
        let lane = match headers.get("x-ratelimit-resource").map(http::HeaderValue::as_bytes) {
            Some(b"core") => &self.rest,
            Some(b"graphql") => &self.graphql,
            _ => self.lane(interface),
        };
        let refused =
            matches!(status.as_u16(), 403 | 429) && (remaining == Some(0) || number("retry-after").is_some());
        if refused || status == StatusCode::TOO_MANY_REQUESTS || says != Says::Nothing {
            let spent = remaining == Some(0) || says == Says::Spent;
            let until_reset = reset.filter(|_| spent).map(|at| at.saturating_sub(now().as_secs()) + 1);
            // The longer of the two counts: a budget does not come back sooner because the answer has
            // a friendlier word. Without any, GitHub asks for a minute.
            let seconds = number("retry-after").max(until_reset).unwrap_or(60);
            return self.pause(if spent { &lane.not_before } else { &self.not_before }, seconds);
        }
        if matches!(status.as_u16(), 200..=204 | 304) {
            lane.pace.is_limited(remaining.is_some() || limit.is_some() || reset.is_some());
        }
        if let (Some(limit), Some(remaining), Some(reset)) = (limit, remaining, reset) {
            lane.pace.budget(limit, remaining, reset.saturating_sub(now().as_secs()).max(1));
        }
        After::Take
    }

    fn pause(&self, not_before: &AtomicU64, seconds: u64) -> After {
        let pause = Duration::from_secs(seconds);
        if pause > LONGEST_WAIT {
            return After::TooLong(seconds);
        }
        let until = millis(now()) + seconds * 1000;
        let before = not_before.fetch_max(until, Ordering::AcqRel);
        if self.stop.left().is_some_and(|left| left <= pause) {
            return After::TooLong(seconds);
        }
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

    fn gate(stop: Stop) -> (Gate, Arc<Mutex<Vec<String>>>) {
        let said = Arc::new(Mutex::new(Vec::new()));
        let voice = {
            let said = Arc::clone(&said);
            Arc::new(move |text: &str| said.lock().unwrap().push(text.to_owned()))
        };
        (Gate::new(voice, Arc::new(stop), None), said)
    }

    #[test]
    fn a_refusal_is_waited_for_aloud_and_never_for_hours() {
        let (gate, said) = gate(Stop::default());
        let soon = headers(&[("retry-after", "7")]);
        assert_eq!(gate.learn(Interface::Rest, StatusCode::FORBIDDEN, &soon, Says::Nothing), After::Again);
        assert_eq!(*said.lock().unwrap(), ["the forge asks for patience: going on in 7 s"]);
        let never = headers(&[("x-ratelimit-remaining", "0"), ("x-ratelimit-reset", "99999999999")]);
        let after = gate.learn(Interface::Rest, StatusCode::FORBIDDEN, &never, Says::Nothing);
        assert!(matches!(after, After::TooLong(_)));
    }

    #[test]
    fn lack_of_rights_is_no_limit() {
        let (gate, _) = gate(Stop::default());
        let plenty = headers(&[("x-ratelimit-remaining", "4000"), ("x-ratelimit-limit", "5000")]);
        let after = gate.learn(Interface::Rest, StatusCode::FORBIDDEN, &plenty, Says::Nothing);
        assert_eq!(after, After::Take);
    }

    #[tokio::test]
    async fn a_spent_budget_holds_back_its_own_interface_only() {
        let (gate, _) = gate(Stop::after(Duration::from_secs(900), "15m"));
        let reset = (now().as_secs() + 600).to_string();
        let spent = headers(&[
            ("x-ratelimit-remaining", "0"),
            ("x-ratelimit-reset", &reset),
            ("x-ratelimit-resource", "graphql"),
        ]);
        let after = gate.learn(Interface::Graphql, StatusCode::OK, &spent, Says::Spent);
        assert_eq!(after, After::Again);
        assert!(gate.turn(Interface::Rest).await.is_ok());
        assert!(!until(&gate.graphql.not_before).is_zero() && until(&gate.not_before).is_zero());
        // Too much at once is about the host, however it was asked.
        let hasty = headers(&[("retry-after", "7")]);
        gate.learn(Interface::Rest, StatusCode::FORBIDDEN, &hasty, Says::TooFast);
        assert!(!until(&gate.not_before).is_zero());
    }

    #[tokio::test]
    async fn a_pause_past_the_deadline_ends_at_once_and_says_when_the_budget_is_back() {
        let (gate, said) = gate(Stop::after(Duration::from_secs(60), "1m"));
        let reset = (now().as_secs() + 600).to_string();
        let spent = headers(&[("x-ratelimit-remaining", "0"), ("x-ratelimit-reset", &reset)]);
        let after = gate.learn(Interface::Rest, StatusCode::FORBIDDEN, &spent, Says::Nothing);
        assert!(matches!(after, After::TooLong(_)) && said.lock().unwrap().is_empty());
        let turn = gate.turn(Interface::Rest).await;
        assert!(matches!(turn, Err(TransportError::Deadline { back: Some(_), .. })));
        assert!(gate.turn(Interface::Graphql).await.is_ok());
    }
}

//! Rate limits by the generic cell rate algorithm: up to `most` at once, then evenly, `most` in every window. Counted in
//! this process when embedded, in Redis by all processes of a fleet together; while Redis is away, in this process
//! again, so that a limit never turns into an error.

mod local;
mod places;
mod shared;

use std::{sync::Arc, time::Duration};

use redis::RedisError;

use super::clock::Clock;
use local::Local;
use places::Held;
use shared::Shared;

pub use places::Place;

/// How much may pass.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Rate {
    /// So many, at once or spread out; at least one.
    pub most: u32,
    /// In every such span.
    pub window: Duration,
}

impl Rate {
    /// So many a minute.
    #[must_use]
    pub const fn per_minute(most: u32) -> Self {
        Self { most, window: Duration::from_secs(60) }
    }

    /// Microseconds from one to the next when they come evenly, and the whole window.
    fn micros(self) -> (i64, i64) {
        let window = i64::try_from(self.window.as_micros()).unwrap_or(i64::MAX).max(1);
        ((window / i64::from(self.most.max(1))).max(1), window)
    }
}

/// What a limiter says to one more.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Decision {
    /// Whether it may pass.
    pub allowed: bool,
    /// The rate's `most`.
    pub limit: u32,
    /// How many more may pass right now.
    pub remaining: u32,
    /// Time until all of `limit` may pass at once again.
    pub reset: Duration,
    /// Time until one may pass; zero if it was allowed.
    pub retry_after: Duration,
}

/// Counts and limits. Cheap to clone; clones count together.
#[derive(Clone, Debug)]
pub struct Limits {
    local: Arc<Local>,
    held: Arc<Held>,
    shared: Option<Arc<Shared>>,
    clock: Clock,
}

impl Limits {
    /// Counted in this process.
    #[must_use]
    pub fn in_process(clock: Clock) -> Self {
        Self { local: Arc::default(), held: Arc::default(), shared: None, clock }
    }

    /// Counted in Redis. Connects when first asked.
    ///
    /// # Errors
    /// For a URL that is not one.
    pub fn redis(url: &str, clock: Clock) -> Result<Self, RedisError> {
        Ok(Self { shared: Some(Arc::new(Shared::new(url)?)), ..Self::in_process(clock) })
    }

    /// Counts one more of `key`, if it may pass.
    pub async fn check(&self, key: &str, rate: Rate) -> Decision {
        if let Some(shared) = &self.shared
            && let Some(decision) = shared.check(key, rate).await
        {
            return decision;
        }
        self.local.check(key, rate, self.clock.now().micros())
    }
}

/// The decision, from the moment at which everything counted so far will have been spread evenly (`tat`, "theoretical
/// arrival time", never before `now`), and that moment if one more is counted.
fn decide(rate: Rate, now: i64, tat: i64) -> (Decision, i64) {
    let (step, window) = rate.micros();
    let next = tat + step;
    let span = |micros: i64| Duration::from_micros(u64::try_from(micros).unwrap_or(0));
    let allowed = next - window <= now;
    let until = if allowed { next } else { tat };
    let left = if allowed { (window - (next - now)) / step } else { 0 };
    let decision = Decision {
        allowed,
        limit: rate.most,
        remaining: u32::try_from(left).unwrap_or(0),
        reset: span(until - now),
        retry_after: if allowed { Duration::ZERO } else { span(next - window - now) },
    };
    (decision, until)
}

#[cfg(test)]
mod tests;

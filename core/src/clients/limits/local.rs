//! Counting within this process.

use std::{
    collections::HashMap,
    sync::{Mutex, PoisonError},
};

use super::{Decision, Rate, decide};

/// Keys above which those that count for nothing any more are cleared away.
const CROWDED: usize = 50_000;

/// The keys, each with its last count.
#[derive(Debug, Default)]
pub(super) struct Local(Mutex<HashMap<String, Count>>);

impl Local {
    pub(super) fn check(&self, key: &str, rate: Rate, now: i64) -> Decision {
        let mut table = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        if table.len() > CROWDED {
            table.retain(|_, count| count.as_of(now) > now);
        }
        let tat = table.get(key).map_or(now, |count| count.as_of(now));
        let (decision, until) = decide(rate, now, tat);
        table.insert(key.to_owned(), Count { tat: until, at: now });
        decision
    }
}

/// The moment of [`decide`], and when it was reckoned.
#[derive(Clone, Copy, Debug)]
struct Count {
    tat: i64,
    at: i64,
}

impl Count {
    /// The moment as of `now`. If the clock was set back since, it goes back as far, or nobody could do anything until
    /// the clock is where it was.
    fn as_of(self, now: i64) -> i64 {
        (self.tat - (self.at - now).max(0)).max(now)
    }
}

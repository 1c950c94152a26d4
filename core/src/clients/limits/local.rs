//! Counting within this process.

use std::{
    collections::HashMap,
    sync::{Mutex, PoisonError},
};

use super::{Decision, Rate, decide};

/// Keys above which those that count for nothing any more are cleared away.
const CROWDED: usize = 50_000;

/// The keys and the moments of [`decide`].
#[derive(Debug, Default)]
pub(super) struct Local(Mutex<HashMap<String, i64>>);

impl Local {
    pub(super) fn check(&self, key: &str, rate: Rate, now: i64) -> Decision {
        let mut table = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        if table.len() > CROWDED {
            table.retain(|_, tat| *tat > now);
        }
        let tat = table.get(key).copied().unwrap_or(now).max(now);
        let (decision, until) = decide(rate, now, tat);
        if decision.allowed {
            table.insert(key.to_owned(), until);
        }
        decision
    }
}

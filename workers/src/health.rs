//! Whether the loops of this process really turn. An idle queue is fine, a stuck loop is not: every loop says when it
//! was round, and how long it may take to the next time.

use std::{
    collections::{HashMap, HashSet},
    sync::{
        Arc, Mutex, MutexGuard, PoisonError,
        atomic::{AtomicI64, AtomicU64, Ordering},
    },
    time::{Duration, Instant},
};

use vanikeys_core::domain::time::Timestamp;

/// The loops of a process and when each was last round. Cheap to clone.
#[derive(Clone, Debug, Default)]
pub struct Health(Arc<Inner>);

#[derive(Debug, Default)]
struct Inner {
    loops: Mutex<HashMap<String, (Instant, Duration)>>,
    failing: Mutex<HashSet<String>>,
    done: AtomicU64,
    failed: AtomicU64,
    /// In microseconds since 1970, 0 for never.
    last_task_at: AtomicI64,
}

impl Health {
    /// A loop was round, and will be again within `silence`.
    pub fn beat(&self, name: &str, silence: Duration) {
        self.loops().insert(name.to_owned(), (Instant::now(), silence));
    }

    /// Notes whether a loop turns without getting anything done.
    pub(crate) fn fails(&self, name: &str, fails: bool) {
        let mut failing = self.0.failing.lock().unwrap_or_else(PoisonError::into_inner);
        if fails {
            failing.insert(name.to_owned());
        } else {
            failing.remove(name);
        }
    }

    /// Whether a loop gets nothing done.
    pub(crate) fn is_failing(&self, name: &str) -> bool {
        self.0.failing.lock().unwrap_or_else(PoisonError::into_inner).contains(name)
    }

    /// A loop has ended on purpose.
    pub fn ended(&self, name: &str) {
        self.loops().remove(name);
    }

    /// The loops that should have been round again by now.
    #[must_use]
    pub fn stuck(&self) -> Vec<String> {
        let late = |(name, (last, silence)): (&String, &(Instant, Duration))| {
            (last.elapsed() > *silence).then(|| name.clone())
        };
        let mut names: Vec<String> = self.loops().iter().filter_map(late).collect();
        names.sort();
        names
    }

    /// Tasks done and failed since the start, and when the last one ended.
    #[must_use]
    pub fn tasks(&self) -> (u64, u64, Option<Timestamp>) {
        let Inner { done, failed, last_task_at, .. } = &*self.0;
        let last = last_task_at.load(Ordering::Relaxed);
        let last = (last > 0).then(|| Timestamp::from_micros(last));
        (done.load(Ordering::Relaxed), failed.load(Ordering::Relaxed), last)
    }

    pub(crate) fn task_ended(&self, well: bool, at: Timestamp) {
        let count = if well { &self.0.done } else { &self.0.failed };
        count.fetch_add(1, Ordering::Relaxed);
        self.0.last_task_at.store(at.micros(), Ordering::Relaxed);
    }

    fn loops(&self) -> MutexGuard<'_, HashMap<String, (Instant, Duration)>> {
        self.0.loops.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_loop_that_is_late_is_stuck_until_it_is_round_or_ended() {
        let health = Health::default();
        health.beat("relay", Duration::ZERO);
        health.beat("emails", Duration::from_secs(60));
        std::thread::sleep(Duration::from_millis(2));
        assert_eq!(health.stuck(), ["relay"]);
        health.beat("relay", Duration::from_secs(60));
        assert!(health.stuck().is_empty());
        health.beat("relay", Duration::ZERO);
        health.ended("relay");
        assert!(health.stuck().is_empty());
    }
}

//! The part of a search that is the same in every mode: threads, limits, counting, and the one hit that counts.

use std::sync::{
    Mutex, PoisonError,
    atomic::{AtomicBool, AtomicU64, Ordering},
};
use std::time::Instant;

use rayon::ThreadPool;

use super::{Outcome, Progress, SearchError, SearchLimits};

/// A thread's own endless row of candidates, from a base that no other thread has.
pub(super) trait Candidates {
    /// What a hit is.
    type Hit: Send;

    /// Most candidates that [`test`](Self::test) takes: some milliseconds of work, the reaction time to a cancellation.
    fn batch(&self) -> u64;

    /// Tests the next `count` candidates and returns the first hit with the number of candidates up to it. After a hit the
    /// row is not asked again.
    fn test(&mut self, count: u64) -> Result<Option<(u64, Self::Hit)>, SearchError>;
}

/// The state that the threads of one search share.
struct Shared<'a, H> {
    limits: &'a SearchLimits,
    progress: &'a Progress,
    /// Attempts that no thread has claimed.
    unclaimed: AtomicU64,
    tried: AtomicU64,
    stop: AtomicBool,
    result: Mutex<Option<Result<H, SearchError>>>,
}

/// Runs a row of candidates on every thread of the pool until the first hit, error or limit. `into_found` takes a hit and all
/// attempts.
pub(super) fn drive<C: Candidates, F>(
    pool: &ThreadPool,
    limits: &SearchLimits,
    progress: &Progress,
    candidates: impl Fn() -> Result<C, SearchError> + Sync,
    into_found: impl FnOnce(C::Hit, u64) -> F,
) -> Result<Outcome<F>, SearchError> {
    let shared = Shared {
        limits,
        progress,
        unclaimed: AtomicU64::new(limits.attempts.unwrap_or(u64::MAX)),
        tried: AtomicU64::new(0),
        stop: AtomicBool::new(false),
        result: Mutex::new(None),
    };
    pool.scope(|scope| {
        for _ in 0..pool.current_num_threads() {
            scope.spawn(|_| match candidates() {
                Ok(row) => shared.work(row),
                Err(error) => shared.end(Err(error)),
            });
        }
    });
    let attempts = shared.tried.into_inner();
    match shared.result.into_inner().unwrap_or_else(PoisonError::into_inner) {
        Some(Ok(hit)) => Ok(Outcome::Found(into_found(hit, attempts))),
        Some(Err(error)) => Err(error),
        None if progress.is_cancelled() => Ok(Outcome::Cancelled { attempts }),
        None => Ok(Outcome::Exhausted { attempts }),
    }
}

impl<H> Shared<'_, H> {
    fn work<C: Candidates<Hit = H>>(&self, mut row: C) {
        while !self.is_over() {
            let count = self.claim(row.batch());
            if count == 0 {
                return;
            }
            match row.test(count) {
                Ok(None) => self.count(count),
                Ok(Some((upto, hit))) => {
                    self.count(upto);
                    return self.end(Ok(hit));
                }
                Err(error) => return self.end(Err(error)),
            }
        }
    }

    fn is_over(&self) -> bool {
        self.stop.load(Ordering::Relaxed)
            || self.progress.is_cancelled()
            || self.limits.deadline.is_some_and(|deadline| Instant::now() >= deadline)
    }

    /// Takes up to `most` attempts out of those that the limit leaves.
    fn claim(&self, most: u64) -> u64 {
        let before =
            self.unclaimed.fetch_update(Ordering::Relaxed, Ordering::Relaxed, |left| Some(left.saturating_sub(most)));
        before.unwrap_or(0).min(most)
    }

    fn count(&self, attempts: u64) {
        self.tried.fetch_add(attempts, Ordering::Relaxed);
        self.progress.count(attempts);
    }

    /// Keeps the first hit or error; an error wins over a hit, and a second hit is dropped here, which wipes it.
    fn end(&self, result: Result<H, SearchError>) {
        self.stop.store(true, Ordering::Relaxed);
        let mut slot = self.result.lock().unwrap_or_else(PoisonError::into_inner);
        if slot.is_none() || result.is_err() {
            *slot = Some(result);
        }
    }
}

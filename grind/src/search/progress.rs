//! What a caller says to a running search and reads from it: limits beforehand, attempts and cancellation meanwhile.

use std::{
    sync::atomic::{AtomicBool, AtomicU64, Ordering},
    time::Instant,
};

/// Where a search ends although nothing was found. Without limits it runs until it finds or is cancelled.
#[derive(Clone, Copy, Debug, Default)]
pub struct SearchLimits {
    /// Most keys that are tried; never exceeded.
    pub attempts: Option<u64>,
    /// The moment to stop at; a search reacts within a batch, some milliseconds.
    pub deadline: Option<Instant>,
}

impl SearchLimits {
    /// At most so many keys.
    pub const fn attempts(attempts: u64) -> Self {
        Self { attempts: Some(attempts), deadline: None }
    }

    /// Until a moment.
    pub const fn until(deadline: Instant) -> Self {
        Self { attempts: None, deadline: Some(deadline) }
    }
}

/// Read and steered from any thread while a search runs; share it by `Arc` or by reference. One may serve several searches
/// one after the other: attempts add up, and a cancellation stays.
#[derive(Debug, Default)]
pub struct Progress {
    attempts: AtomicU64,
    cancelled: AtomicBool,
}

impl Progress {
    /// No attempts, not cancelled.
    pub const fn new() -> Self {
        Self { attempts: AtomicU64::new(0), cancelled: AtomicBool::new(false) }
    }

    /// Keys tried so far.
    pub fn attempts(&self) -> u64 {
        self.attempts.load(Ordering::Relaxed)
    }

    /// Ends the search within a batch, some milliseconds.
    pub fn cancel(&self) {
        self.cancelled.store(true, Ordering::Relaxed);
    }

    /// Whether it was cancelled.
    pub fn is_cancelled(&self) -> bool {
        self.cancelled.load(Ordering::Relaxed)
    }

    pub(super) fn count(&self, attempts: u64) {
        self.attempts.fetch_add(attempts, Ordering::Relaxed);
    }
}

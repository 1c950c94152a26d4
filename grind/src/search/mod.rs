//! The search for a key that matches a pattern, on all threads of a rayon pool, until it is found, cancelled or out of
//! attempts or time.
//!
//! Every base is 256 fresh bits of the operating system's randomness and gives at most one delivered key. Every hit is derived
//! again by `ed25519-dalek` and matched by the plain matcher before it counts. There is no I/O here and no clock but the deadline.

mod drive;
mod entropy;
mod mode;
mod offsets;
mod outcome;
mod progress;
mod scalar;
mod seeds;
mod sieve;

use std::fmt;
use std::sync::Arc;

use rayon::ThreadPool;

pub use entropy::{Entropy, OsEntropy};
pub use mode::Mode;
pub use outcome::{Found, Outcome, SearchError};
pub use progress::{Progress, SearchLimits};
pub use scalar::{ExpandedSearch, FoundExpanded, FoundOffset, ScalarSearch};

pub use crate::engine::{Backend, UnknownBackend};
use crate::{
    Pattern,
    engine::{MAX_WINDOW, MIN_WINDOW, default_window},
};
use drive::drive;
use seeds::SeedCandidates;
use sieve::Sieve;

/// The widest table of a brief search: 32 MB.
const BRIEF_WINDOW: u32 = 16;

/// A search in seed mode, ready to run any number of times.
#[derive(Clone)]
pub struct Search {
    pattern: Pattern,
    sieve: Arc<Sieve>,
    backend: Backend,
    window: Option<u32>,
    brief: bool,
    entropy: Arc<dyn Entropy + Send>,
}

impl Search {
    /// A search for keys that match the pattern.
    pub fn new(pattern: &Pattern) -> Self {
        Self {
            pattern: pattern.clone(),
            sieve: Arc::new(Sieve::new(pattern)),
            backend: Backend::fastest(),
            window: None,
            brief: false,
            entropy: Arc::new(OsEntropy),
        }
    }

    /// Computes with another backend than the fastest. One that does not run here counts as the portable one.
    pub fn backend(mut self, backend: Backend) -> Self {
        self.backend = backend.or_portable();
        self
    }

    /// Sets the bits of a window of the fixed-base table, from 4 to 18. Each bit more makes the table twice as large and the search
    /// faster by some percent, as long as the memory keeps up; without a choice it follows from backend, caches and threads.
    pub fn window(mut self, bits: u32) -> Self {
        self.window = Some(bits.clamp(MIN_WINDOW, MAX_WINDOW));
        self
    }

    /// With tables that are built in a tenth of a second, for a search that is over within seconds. They are some percent slower than the
    /// usual ones; a width set by [`window`](Self::window) goes before.
    pub fn brief(mut self) -> Self {
        self.brief = true;
        self
    }

    /// Draws bases from another source than the operating system; for tests.
    pub fn entropy(mut self, entropy: impl Entropy + Send + 'static) -> Self {
        self.entropy = Arc::new(entropy);
        self
    }

    /// Searches on all threads of the pool, and returns when all of them have stopped. Each thread has its own base.
    ///
    /// # Errors
    /// [`SearchError`] if there is no randomness, or if a hit does not stand up to `ed25519-dalek`.
    pub fn run(&self, pool: &ThreadPool, limits: &SearchLimits, progress: &Progress) -> Result<Outcome, SearchError> {
        let width = self.window.unwrap_or_else(|| {
            let widest = if self.brief { BRIEF_WINDOW } else { MAX_WINDOW };
            default_window(self.backend, pool.current_num_threads()).min(widest)
        });
        let candidates = || SeedCandidates::new(&self.pattern, &self.sieve, self.backend, width, &*self.entropy);
        drive(pool, limits, progress, candidates, |(key, public_key), attempts| Found { key, public_key, attempts })
    }
}

impl fmt::Debug for Search {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Search").field("pattern", &self.pattern).field("backend", &self.backend).finish_non_exhaustive()
    }
}

#[cfg(test)]
mod law_tests;
#[cfg(test)]
mod tests;

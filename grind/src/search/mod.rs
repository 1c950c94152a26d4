//! The search for a key that matches a pattern, on all threads of a rayon pool, until it is found, cancelled or out of
//! attempts or time.
//!
//! Every base is 256 fresh bits of the operating system's randomness and gives at most one delivered key. Every hit is derived
//! again by `ed25519-dalek` and matched by the plain matcher before it counts. There is no I/O here and no clock but the deadline.

mod drive;
mod entropy;
mod outcome;
mod progress;
mod seeds;

use std::fmt;
use std::sync::Arc;

use rayon::ThreadPool;

pub use entropy::{Entropy, OsEntropy};
pub use outcome::{Found, Outcome, SearchError};
pub use progress::{Progress, SearchLimits};

use crate::Pattern;
use drive::drive;
use seeds::SeedCandidates;

/// A search in seed mode, ready to run any number of times.
#[derive(Clone)]
pub struct Search {
    pattern: Pattern,
    entropy: Arc<dyn Entropy + Send>,
}

impl Search {
    /// A search for keys that match the pattern.
    pub fn new(pattern: &Pattern) -> Self {
        Self { pattern: pattern.clone(), entropy: Arc::new(OsEntropy) }
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
        let candidates = || SeedCandidates::new(&self.pattern, &*self.entropy);
        drive(pool, limits, progress, candidates, |(key, public_key), attempts| Found { key, public_key, attempts })
    }
}

impl fmt::Debug for Search {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Search").field("pattern", &self.pattern).finish_non_exhaustive()
    }
}

#[cfg(test)]
mod tests;

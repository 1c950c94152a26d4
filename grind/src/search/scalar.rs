//! Searches in scalar mode: for an offset to a user's point, and for a whole key without a seed.

use std::{fmt, sync::Arc};

use rayon::ThreadPool;
use zeroize::Zeroizing;

use super::{
    Backend, Entropy, OsEntropy, Outcome, Progress, SearchError, SearchLimits,
    drive::{Candidates, drive},
    offsets::{OffsetCandidates, StartPoint},
    sieve::Sieve,
};
use crate::{
    Pattern,
    secret::ExpandedKey,
    split::{Offset, SplitError, SplitSecret},
};

/// What all searches in scalar mode are made of.
#[derive(Clone)]
struct Parts {
    pattern: Pattern,
    sieve: Arc<Sieve>,
    backend: Backend,
    entropy: Arc<dyn Entropy + Send>,
}

impl Parts {
    fn new(pattern: &Pattern) -> Self {
        Self {
            pattern: pattern.clone(),
            sieve: Arc::new(Sieve::new(pattern)),
            backend: Backend::fastest(),
            entropy: Arc::new(OsEntropy),
        }
    }

    fn candidates(&self, point: StartPoint) -> Result<OffsetCandidates<'_>, SearchError> {
        OffsetCandidates::new(&self.pattern, &self.sieve, self.backend, point, &*self.entropy)
    }
}

/// A search for the offset t that gives A + 8tB the text of a pattern: for split keys, of which the searcher knows A alone.
#[derive(Clone)]
pub struct ScalarSearch {
    parts: Parts,
    point: StartPoint,
}

/// An offset that gives a key that matches, computed again by `curve25519-dalek` and matched again by the plain matcher.
#[derive(Debug)]
pub struct FoundOffset {
    /// The offset, from a random start of its own.
    pub offset: Offset,
    /// The public key.
    pub public_key: [u8; 32],
    /// Keys tried until it was found, by all threads.
    pub attempts: u64,
}

impl ScalarSearch {
    /// A search around a split point.
    ///
    /// # Errors
    /// What is wrong with the point; its proof is the caller's to check.
    pub fn new(pattern: &Pattern, point: &[u8; 32]) -> Result<Self, SplitError> {
        Ok(Self { parts: Parts::new(pattern), point: StartPoint::new(point)? })
    }

    /// Computes with another backend than the fastest. One that does not run here counts as the portable one.
    pub fn backend(mut self, backend: Backend) -> Self {
        self.parts.backend = backend.or_portable();
        self
    }

    /// Draws starts from another source than the operating system; for tests.
    pub fn entropy(mut self, entropy: impl Entropy + Send + 'static) -> Self {
        self.parts.entropy = Arc::new(entropy);
        self
    }

    /// Searches on all threads of the pool, each from its own start, and returns when all have stopped.
    ///
    /// # Errors
    /// [`SearchError`] if there is no randomness, or if a hit does not stand up to `curve25519-dalek`.
    pub fn run(
        &self,
        pool: &ThreadPool,
        limits: &SearchLimits,
        progress: &Progress,
    ) -> Result<Outcome<FoundOffset>, SearchError> {
        let candidates = || self.parts.candidates(self.point);
        let found = |(offset, public_key), attempts| FoundOffset { offset, public_key, attempts };
        drive(pool, limits, progress, candidates, found)
    }
}

impl fmt::Debug for ScalarSearch {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("ScalarSearch").field("pattern", &self.parts.pattern).finish_non_exhaustive()
    }
}

/// A search for a key as scalar and nonce prefix, thousands of times as fast as for a seed: for software that takes such keys, as Tor
/// does.
#[derive(Clone)]
pub struct ExpandedSearch {
    parts: Parts,
}

/// A key without a seed that matches, derived again by `curve25519-dalek` and matched again by the plain matcher.
#[derive(Debug)]
pub struct FoundExpanded {
    /// The private key.
    pub key: ExpandedKey,
    /// Its public key.
    pub public_key: [u8; 32],
    /// Keys tried until it was found, by all threads.
    pub attempts: u64,
}

impl ExpandedSearch {
    /// A search for keys that match the pattern.
    pub fn new(pattern: &Pattern) -> Self {
        Self { parts: Parts::new(pattern) }
    }

    /// Computes with another backend than the fastest. One that does not run here counts as the portable one.
    pub fn backend(mut self, backend: Backend) -> Self {
        self.parts.backend = backend.or_portable();
        self
    }

    /// Draws secrets and starts from another source than the operating system; for tests.
    pub fn entropy(mut self, entropy: impl Entropy + Send + 'static) -> Self {
        self.parts.entropy = Arc::new(entropy);
        self
    }

    /// Searches on all threads of the pool, each from a secret of its own, and returns when all have stopped.
    ///
    /// # Errors
    /// [`SearchError`] if there is no randomness, or if a hit does not stand up to `curve25519-dalek`.
    pub fn run(
        &self,
        pool: &ThreadPool,
        limits: &SearchLimits,
        progress: &Progress,
    ) -> Result<Outcome<FoundExpanded>, SearchError> {
        let candidates = || {
            let secret = draw_secret(&*self.parts.entropy)?;
            // The point of a secret that was just drawn passes every check.
            let point = StartPoint::new(&secret.point().point).map_err(|e| SearchError::Entropy(e.to_string()))?;
            Ok(SecretCandidates { offsets: self.parts.candidates(point)?, backend: self.parts.backend, secret })
        };
        let found = |(key, public_key), attempts| FoundExpanded { key, public_key, attempts };
        drive(pool, limits, progress, candidates, found)
    }
}

impl fmt::Debug for ExpandedSearch {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("ExpandedSearch").field("pattern", &self.parts.pattern).finish_non_exhaustive()
    }
}

fn draw_secret(entropy: &dyn Entropy) -> Result<SplitSecret, SearchError> {
    loop {
        let mut bytes = Zeroizing::new([0; 32]);
        entropy.fill(&mut bytes)?;
        if let Ok(secret) = SplitSecret::from_random(&bytes) {
            return Ok(secret);
        }
    }
}

/// Candidates around the point of a secret.
struct SecretCandidates<'a> {
    offsets: OffsetCandidates<'a>,
    backend: Backend,
    secret: SplitSecret,
}

impl Candidates for SecretCandidates<'_> {
    type Hit = (ExpandedKey, [u8; 32]);

    fn batch(&self) -> u64 {
        self.offsets.batch()
    }

    fn test(&mut self, count: u64) -> Result<Option<(u64, Self::Hit)>, SearchError> {
        let Some((upto, (offset, public_key))) = self.offsets.test(count)? else { return Ok(None) };
        let key = self.secret.combine_to(offset, &public_key);
        let key = key.map_err(|_| SearchError::Disagreement { backend: self.backend.name() })?;
        Ok(Some((upto, (key, public_key))))
    }
}

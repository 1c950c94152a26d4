//! Where searches start: fresh randomness of the operating system for every base, and the candidates that follow from it.

use zeroize::{Zeroize, ZeroizeOnDrop};

use super::SearchError;

/// A source of secret randomness. Only tests have another than [`OsEntropy`].
pub trait Entropy: Sync {
    /// Fills all bytes or fails.
    ///
    /// # Errors
    /// [`SearchError::Entropy`] if there is none; the search then ends.
    fn fill(&self, bytes: &mut [u8; 32]) -> Result<(), SearchError>;
}

/// The operating system's generator.
#[derive(Clone, Copy, Debug)]
pub struct OsEntropy;

impl Entropy for OsEntropy {
    fn fill(&self, bytes: &mut [u8; 32]) -> Result<(), SearchError> {
        getrandom::fill(bytes).map_err(|e| SearchError::Entropy(e.to_string()))
    }
}

/// 256 random bits and a counter: candidate i is the seed whose last eight bytes, as a big-endian number, are i more.
///
/// No candidate comes twice. Whoever knows one could find the others, so a base is thrown away with the first key that is
/// delivered from it, and two threads never share one.
#[derive(Zeroize, ZeroizeOnDrop)]
pub(crate) struct SeedBase([u64; 4]);

impl SeedBase {
    pub(crate) fn draw(entropy: &dyn Entropy) -> Result<Self, SearchError> {
        let mut bytes = [0; 32];
        entropy.fill(&mut bytes)?;
        let mut words = [0; 4];
        for (word, chunk) in words.iter_mut().zip(bytes.chunks_exact(8)) {
            *word = chunk.iter().fold(0, |word, &byte| word << 8 | u64::from(byte));
        }
        bytes.zeroize();
        let base = Self(words);
        words.zeroize();
        Ok(base)
    }

    /// The first three big-endian words of every seed.
    pub(crate) fn fixed(&self) -> [u64; 3] {
        [self.0[0], self.0[1], self.0[2]]
    }

    /// The last big-endian word of the seed of a candidate.
    pub(crate) fn counter(&self, candidate: u64) -> u64 {
        self.0[3].wrapping_add(candidate)
    }

    /// The secret bytes of a candidate for X25519, as the engine counts them: the last word rotated left by a byte.
    pub(crate) fn x25519_secret(&self, candidate: u64) -> [u8; 32] {
        let mut secret = self.seed(candidate);
        secret[24..].rotate_left(1);
        secret
    }

    /// The seed of a candidate.
    pub(crate) fn seed(&self, candidate: u64) -> [u8; 32] {
        let mut seed = [0; 32];
        for (chunk, word) in seed.chunks_exact_mut(8).zip(self.0) {
            chunk.copy_from_slice(&word.to_be_bytes());
        }
        seed[24..].copy_from_slice(&self.counter(candidate).to_be_bytes());
        seed
    }
}

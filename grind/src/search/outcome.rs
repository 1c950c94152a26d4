//! How a search ends.

use crate::secret::KeyMaterial;

/// The end of a search. All variants carry the keys actually tried.
#[derive(Debug)]
pub enum Outcome<F = Found> {
    /// A key that matches.
    Found(F),
    /// The attempts or the time were used up.
    Exhausted {
        /// Keys tried.
        attempts: u64,
    },
    /// The caller cancelled.
    Cancelled {
        /// Keys tried.
        attempts: u64,
    },
}

/// A key that matches, derived again from its secret bytes by `ed25519-dalek` and matched again by the plain matcher.
#[derive(Debug)]
pub struct Found {
    /// The private key: a seed, or for X25519 the scalar.
    pub key: KeyMaterial,
    /// Its public key.
    pub public_key: [u8; 32],
    /// Keys tried until it was found, by all threads.
    pub attempts: u64,
}

/// Why a search could not go on. Nothing that was found before is delivered.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum SearchError {
    /// The operating system gave no randomness.
    #[error("no randomness to start from: {0}")]
    Entropy(String),
    /// The fast arithmetic and `ed25519-dalek` disagree about a key, so that one of them is wrong.
    #[error("backend {backend} computed another public key than ed25519-dalek; nothing it finds can be trusted")]
    Disagreement {
        /// The backend that computed it.
        backend: &'static str,
    },
}

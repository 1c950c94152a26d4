//! Ed25519 vanity keys: patterns over the public text of a key, the exact odds of meeting them, the search for a key that
//! does, and the formats in which keys are carried elsewhere.
//!
//! Nothing here reads a file, a socket or a clock, and nothing depends on the service around it.

pub mod alphabet;
pub mod bench;
pub mod bonus;
pub mod dfa;
pub mod did;
mod engine;
pub mod export;
#[cfg(any(test, feature = "fuzzing"))]
pub mod fuzzing;
mod kind;
pub mod odds;
pub mod pattern;
pub mod search;
pub mod secret;
pub mod split;
pub mod ssh;
mod strkey;
pub mod target;
pub mod x25519;

pub use kind::{Kind, UnknownKind};
pub use odds::{Difficulty, Odds, ScoreOdds};
pub use pattern::{Pattern, PatternError, PatternSpec};
pub use secret::{ExpandedKey, KeyKind, KeyMaterial, SeedKey};
pub use target::Target;

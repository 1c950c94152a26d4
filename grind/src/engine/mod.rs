//! The arithmetic of the search: fields, points, hashes and digits for many candidates at once.
//!
//! Algorithms are written once over [`lanes::Lanes`]; `portable` runs everywhere, `avx2` where the processor has AVX2 and FMA, with field elements in
//! `doubles`, `avx512` where it has AVX-512 IFMA. Nothing here knows patterns, threads or randomness, and nothing outside knows limbs.

#[cfg(target_arch = "x86_64")]
mod avx2;
#[cfg(target_arch = "x86_64")]
mod avx512;
mod backend;
mod blocks;
mod caches;
mod curve;
#[cfg(any(target_arch = "x86_64", test, feature = "fuzzing"))]
mod doubles;
mod field;
#[cfg(any(test, feature = "fuzzing"))]
pub(crate) mod field_check;
mod filter;
mod form;
mod inverse;
mod lanes;
mod montgomery;
mod offsets;
mod pages;
mod portable;
mod results;
mod seeds;
mod sha512;
mod spelling;
mod steps;
mod table;

pub use backend::{Backend, UnknownBackend};
pub(crate) use backend::{OffsetEngine, SeedEngine, offset_engine, seed_engine, x25519_engine};
pub(crate) use caches::{default_batch, default_window};
pub(crate) use field::FieldElement;
pub(crate) use filter::{Filter, MAX_CHARACTERS};
pub(crate) use results::{FilterInto, Passed, Spelled, either_sign, encode};
pub(crate) use sha512::Midstate;
pub(crate) use spelling::{DOUBTFUL, PER_WORD, Spelling};
pub(crate) use table::{MAX_WINDOW, MIN_WINDOW};

#[cfg(test)]
mod field_tests;
#[cfg(test)]
pub(crate) mod tested;
#[cfg(test)]
mod tests;

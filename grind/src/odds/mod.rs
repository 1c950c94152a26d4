//! Exact odds of a pattern: how many of all public keys match, and what follows from that.
//!
//! Every 32-byte string counts as a public key, as all of them are equally likely to the eye of a pattern; for X25519 every number
//! below p. Counting is in `count`; numbers as people read them are in `text`.

pub(crate) mod count;
#[cfg(test)]
mod enumeration;
mod text;
mod wide;

use num_bigint::BigUint;
use serde::{Deserialize, Serialize};

pub use text::human;

/// The odds of a pattern.
#[derive(Clone, Debug)]
pub struct Odds {
    /// `counts[k]` is the number of keys of score `k` or more.
    counts: Vec<BigUint>,
    /// The number of all keys.
    all: BigUint,
}

/// How hard a pattern is, by the expected number of attempts.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[serde(rename_all = "lowercase")]
pub enum Difficulty {
    /// Below 10^4.
    Easy,
    /// Below 10^7.
    Medium,
    /// Below 10^10.
    Hard,
    /// The rest.
    Insane,
}

/// The odds of reaching some score.
#[derive(Clone, Copy, Debug, PartialEq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[serde(rename_all = "camelCase")]
pub struct ScoreOdds {
    /// The score to reach.
    pub at_least: u8,
    /// The score of a full match.
    pub of: u8,
    /// Expected attempts.
    pub one_in: f64,
    /// Of one attempt.
    pub probability: f64,
}

impl Odds {
    /// From the number of keys that have each score, and that of all keys.
    pub(crate) fn from_scores(by_score: &[BigUint], all: BigUint) -> Self {
        let mut counts = by_score.to_vec();
        for score in (0..counts.len().saturating_sub(1)).rev() {
            let above = counts[score + 1].clone();
            counts[score] += above;
        }
        Self { counts, all }
    }

    /// The number of keys that match in full, of all that the target has (`Target::values`).
    pub fn count(&self) -> &BigUint {
        self.count_at_least(self.of())
    }

    /// The number of public keys that reach a score; none above a full match.
    pub fn count_at_least(&self, score: u8) -> &BigUint {
        static NONE: BigUint = BigUint::ZERO;
        self.counts.get(usize::from(score)).unwrap_or(&NONE)
    }

    /// The score of a full match.
    pub fn of(&self) -> u8 {
        (self.counts.len() - 1) as u8
    }

    /// Expected attempts until a full match, to the precision of an `f64`.
    pub fn one_in(&self) -> f64 {
        text::ratio(&self.all, self.count())
    }

    /// The same as a decimal text: two decimals from 1,000 on and six below, rounded half up from the exact fraction. This is
    /// what receipts carry.
    pub fn one_in_text(&self) -> String {
        text::decimal(&self.all, self.count())
    }

    /// The chance that one key matches in full.
    pub fn probability(&self) -> f64 {
        text::ratio(self.count(), &self.all)
    }

    /// The odds of every score from the full one down to 1.
    pub fn scores(&self) -> Vec<ScoreOdds> {
        let of = self.of();
        let odds = |at_least| {
            let count = self.count_at_least(at_least);
            let (one_in, probability) = (text::ratio(&self.all, count), text::ratio(count, &self.all));
            ScoreOdds { at_least, of, one_in, probability }
        };
        (1..=of).rev().map(odds).collect()
    }

    /// The least number of attempts that succeeds with the given chance, from 0 up to but not including 1.
    pub fn attempts_for(&self, chance: f64) -> f64 {
        let p = self.probability();
        if p >= 1.0 {
            return 1.0;
        }
        ((-chance).ln_1p() / (-p).ln_1p()).ceil().max(1.0)
    }

    /// The chance that so many attempts succeed at least once.
    pub fn chance_after(&self, attempts: f64) -> f64 {
        // A certain pattern has no logarithm to multiply nothing with.
        if attempts == 0.0 { 0.0 } else { -(attempts * (-self.probability()).ln_1p()).exp_m1() }
    }

    /// How hard that is.
    pub fn difficulty(&self) -> Difficulty {
        Difficulty::of(self.one_in())
    }
}

impl Difficulty {
    /// The class of an expected number of attempts.
    pub fn of(one_in: f64) -> Self {
        match one_in {
            n if n < 1e4 => Self::Easy,
            n if n < 1e7 => Self::Medium,
            n if n < 1e10 => Self::Hard,
            _ => Self::Insane,
        }
    }
}

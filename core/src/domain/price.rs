//! What things cost: tokens a pull, tokens a job with every term shown, and what a cancelled job still owes.
//! Source of the rules: difficulty by expected attempts, a million attempts a token, 15 % for the guarantee.

use serde::{Deserialize, Serialize};
use strum::{EnumString, IntoStaticStr, VariantNames};
use vanikeys_grind::odds::Difficulty;

/// The operator's tariff.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Tariff {
    /// Attempts that one token buys in a job.
    pub attempts_per_token: u64,
    /// Surcharge of a job for its guarantee, in percent.
    pub premium_percent: u64,
    /// The least that a job costs, in tokens.
    pub minimum: i64,
    /// The largest expected number of attempts that a job may have.
    pub largest: f64,
    /// Packs on sale, smallest first.
    pub packs: Vec<Pack>,
}

/// Where pattern credit came from.
#[derive(Clone, Copy, Debug, PartialEq, Eq, EnumString, IntoStaticStr, VariantNames)]
#[strum(serialize_all = "snake_case")]
pub enum Source {
    /// Tokens spent on a pull.
    Pull,
    /// Tokens posted from a cancelled job.
    Job,
}

/// A pack of VaniTokens.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct Pack {
    /// Tokens in it.
    pub tokens: i64,
    /// Its price in US cents.
    pub cents: i64,
}

impl Default for Tariff {
    fn default() -> Self {
        Self {
            attempts_per_token: 1_000_000,
            premium_percent: 15,
            minimum: 100,
            largest: 1e15,
            packs: vec![
                Pack { tokens: 100, cents: 99 },
                Pack { tokens: 500, cents: 399 },
                Pack { tokens: 2_500, cents: 1_499 },
                Pack { tokens: 10_000, cents: 4_999 },
            ],
        }
    }
}

/// Every term of a job's price.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[serde(rename_all = "camelCase")]
pub struct JobPrice {
    /// Expected attempts N.
    pub expected_attempts: f64,
    /// Attempts a token.
    pub attempts_per_token: u64,
    /// Surcharge in percent.
    pub premium_percent: u64,
    /// The least a job costs.
    pub minimum: i64,
    /// The price before credit.
    pub price: i64,
    /// Credit that applies: tokens spent on this pattern before.
    pub credit: i64,
    /// What is held when the job is ordered.
    pub tokens: i64,
}

/// Why a job has no price.
#[derive(Clone, Debug, PartialEq, thiserror::Error, Serialize, Deserialize)]
#[error("1 in {expected_attempts:.0} is more than the largest search that is accepted here (1 in {largest:.0})")]
pub struct TooRare {
    /// Expected attempts of the pattern.
    pub expected_attempts: f64,
    /// The largest number accepted.
    pub largest: f64,
}

impl Tariff {
    /// The price of a job with `expected` attempts for someone who has `credit` unused tokens of credit.
    ///
    /// # Errors
    /// [`TooRare`] above the largest search accepted.
    pub fn job(&self, expected: f64, credit: i64) -> Result<JobPrice, TooRare> {
        if expected.is_nan() || expected > self.largest {
            return Err(TooRare { expected_attempts: expected, largest: self.largest });
        }
        let percent = as_f64(100 + self.premium_percent);
        let exact = expected * percent / (100.0 * as_f64(self.attempts_per_token));
        let price = self.minimum.max(whole(exact.ceil()));
        let credit = credit.clamp(0, price - self.minimum);
        Ok(JobPrice {
            expected_attempts: expected,
            attempts_per_token: self.attempts_per_token,
            premium_percent: self.premium_percent,
            minimum: self.minimum,
            price,
            credit,
            tokens: price - credit,
        })
    }

    /// What `tokens` cost in US cents at the rate of the best pack that is not larger than needed (the smallest
    /// pack's rate below it), rounded up.
    #[must_use]
    pub fn cents(&self, tokens: i64) -> i64 {
        let fits = self.packs.iter().filter(|pack| pack.tokens <= tokens).max_by_key(|pack| pack.tokens);
        fits.or_else(|| self.packs.iter().min_by_key(|pack| pack.tokens)).map_or(0, |pack| {
            let cents = (i128::from(tokens) * i128::from(pack.cents) + i128::from(pack.tokens) - 1)
                / i128::from(pack.tokens.max(1));
            i64::try_from(cents).unwrap_or(i64::MAX)
        })
    }
}

/// Tokens that one pull costs.
#[must_use]
pub const fn pull(difficulty: Difficulty) -> i64 {
    match difficulty {
        Difficulty::Easy => 1,
        Difficulty::Medium => 10,
        Difficulty::Hard => 100,
        Difficulty::Insane => 1_000,
    }
}

/// How a cancelled job's hold is split after `attempts` at 1 in `one_in`: (posted, released).
/// What is released is the hold times the chance that the key would not have been found by now.
#[must_use]
pub fn cancelled(hold: i64, attempts: u64, one_in: f64) -> (i64, i64) {
    // A certain pattern has no logarithm to multiply nothing with.
    let missed = if attempts == 0 { 1.0 } else { (as_f64(attempts) * (-1.0 / one_in).ln_1p()).exp() };
    #[expect(clippy::cast_precision_loss, reason = "prices stay far below 2^53")]
    let released = whole((hold as f64 * missed).floor()).clamp(0, hold);
    (hold - released, released)
}

#[expect(clippy::cast_precision_loss, reason = "attempts beyond 2^53 are years of search; the loss is below 1e-15")]
fn as_f64(n: u64) -> f64 {
    n as f64
}

#[expect(clippy::cast_possible_truncation, reason = "`as` saturates, and prices are bounded by `largest`")]
fn whole(x: f64) -> i64 {
    x as i64
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_worked_examples_come_out_to_the_token() {
        let tariff = Tariff::default();
        assert_eq!(tariff.job(61_670_620_262.34, 0).unwrap().tokens, 70_922);
        assert_eq!(cancelled(100, 0, 1e6), (0, 100));
        assert_eq!((cancelled(100, 0, 1.0), cancelled(100, 1, 1.0)), ((0, 100), (100, 0)));
        assert_eq!(cancelled(70_922, 30_835_310_131, 61_670_620_262.0), (27_906, 43_016));
        let priced = tariff.job(130_000_000.0, 70).unwrap();
        assert_eq!((priced.price, priced.credit, priced.tokens), (150, 50, 100));
    }

    #[test]
    fn packs_set_the_cash_price() {
        let tariff = Tariff::default();
        assert_eq!(tariff.cents(1), 1);
        assert_eq!(tariff.cents(100), 99);
        assert_eq!(tariff.cents(500), 399);
        assert_eq!(tariff.cents(70_922), 35_454);
    }

    #[test]
    fn too_rare_is_refused_with_both_numbers() {
        let refused = Tariff::default().job(1e20, 0).unwrap_err();
        assert_eq!(refused.largest, 1e15);
    }
}

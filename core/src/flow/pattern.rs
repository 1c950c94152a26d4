//! What a pattern is worth: exact odds, times and prices, before anyone pays for anything.

use std::time::Duration;

use serde::{Deserialize, Serialize};
use uuid::Uuid;
use vanikeys_grind::{Difficulty, Pattern, PatternError, PatternSpec, ScoreOdds, odds};

use super::Failure;
use crate::{
    app::App,
    domain::{
        price::{self, JobPrice},
        rate::Task,
    },
    store::{StoreResult, credits, searchers},
};

/// A searcher that was not seen for so long counts as gone.
pub(crate) const SEARCHER_GONE: Duration = Duration::from_secs(60);

/// Numbers for a 50 %, 90 % and 99 % chance.
#[derive(Clone, Copy, Debug, PartialEq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[serde(rename_all = "camelCase")]
pub struct Percentiles {
    /// For a chance of 50 %.
    pub p50: f64,
    /// For a chance of 90 %.
    pub p90: f64,
    /// For a chance of 99 %.
    pub p99: f64,
}

/// A job's price with its cash equivalent.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[serde(rename_all = "camelCase")]
pub struct PricedJob {
    /// VaniTokens that would be held.
    pub tokens: i64,
    /// The cash price of that many tokens, in US dollars.
    pub usd: f64,
    /// Every term of the price.
    pub terms: JobPrice,
}

/// Search rates, in attempts a second.
#[derive(Clone, Copy, Debug, PartialEq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[serde(rename_all = "camelCase")]
pub struct Rates {
    /// What the searchers that are there now measured, together; none if there is none.
    pub fleet: Option<f64>,
    /// The rate that quotes assume where no searcher is there.
    pub quote: f64,
}

/// What a pattern is worth.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[serde(rename_all = "camelCase")]
pub struct Estimate {
    /// The pattern.
    pub pattern: PatternSpec,
    /// Expected attempts.
    pub one_in: f64,
    /// The same exactly, as a decimal text.
    pub one_in_exact: String,
    /// The same as a person reads it.
    pub one_in_words: String,
    /// The chance of one attempt.
    pub probability: f64,
    /// Odds of every score, the full one first.
    pub scores: Vec<ScoreOdds>,
    /// Attempts needed.
    pub attempts: Percentiles,
    /// Seconds needed, at the fleet's rate, or the quote rate if no searcher is there.
    pub seconds: Percentiles,
    /// Seconds needed at the quote rate, whatever searchers are there.
    pub seconds_at_quote_rate: Percentiles,
    /// The rates.
    pub rates: Rates,
    /// How hard it is.
    pub difficulty: Difficulty,
    /// VaniTokens a pull.
    pub tokens_per_pull: i64,
    /// The cash price of that many tokens, in US dollars.
    pub usd_per_pull: f64,
    /// A guaranteed job's price; none if it is too rare to be accepted.
    pub job_price: Option<PricedJob>,
    /// Why there is no price for a job.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub job_refusal: Option<String>,
}

/// Whether any key can match a pattern.
///
/// # Errors
/// The pattern's refusal.
pub async fn validate(app: &App, spec: &PatternSpec) -> Result<(), Failure<PatternError>> {
    app.patterns.compile(spec).await.map(drop).map_err(Failure::Refused)
}

/// Works out what a pattern is worth, to `viewer` with the credit that applies.
///
/// # Errors
/// The pattern's refusal, or the store's.
pub async fn estimate(app: &App, viewer: Option<Uuid>, spec: &PatternSpec) -> Result<Estimate, Failure<PatternError>> {
    estimate_of(app, viewer, spec, Task::of(spec, false)).await
}

/// The same, with times at the rate of a task.
///
/// # Errors
/// The pattern's refusal, or the store's.
pub(crate) async fn estimate_of(
    app: &App,
    viewer: Option<Uuid>,
    spec: &PatternSpec,
    task: Task,
) -> Result<Estimate, Failure<PatternError>> {
    let pattern = app.patterns.compile(spec).await.map_err(Failure::Refused)?;
    let mut conn = app.db.read().await?;
    let credit = match viewer {
        Some(user) => credits::unused(&mut conn, user, &pattern.key()).await?,
        None => 0,
    };
    let rate = searchers::rate_of(&mut conn, app.clock.now() - SEARCHER_GONE, task).await?;
    drop(conn);
    let odds = pattern.odds();
    let tariff = &app.config.tariff;
    let rates = Rates { fleet: (rate > 0.0).then_some(rate), quote: app.config.quote_rate };
    let attempts = attempts(&pattern);
    let tokens_per_pull = price::pull(odds.difficulty());
    let (job_price, job_refusal) = match tariff.job(odds.one_in(), credit) {
        Ok(terms) => (Some(priced(app, terms)), None),
        Err(too_rare) => (None, Some(too_rare.to_string())),
    };
    Ok(Estimate {
        pattern: spec.clone(),
        one_in: odds.one_in(),
        one_in_exact: odds.one_in_text(),
        one_in_words: odds::human(odds.one_in()),
        probability: odds.probability(),
        scores: odds.scores(),
        attempts,
        seconds: attempts.at(rates.fleet.unwrap_or(rates.quote)),
        seconds_at_quote_rate: attempts.at(rates.quote),
        rates,
        difficulty: odds.difficulty(),
        tokens_per_pull,
        usd_per_pull: dollars(tariff.cents(tokens_per_pull)),
        job_price,
        job_refusal,
    })
}

/// Attempts for 50, 90 and 99 %.
pub(crate) fn attempts(pattern: &Pattern) -> Percentiles {
    let odds = pattern.odds();
    Percentiles { p50: odds.attempts_for(0.5), p90: odds.attempts_for(0.9), p99: odds.attempts_for(0.99) }
}

/// A job's price with the cash price beside it.
pub(crate) fn priced(app: &App, terms: JobPrice) -> PricedJob {
    PricedJob { tokens: terms.tokens, usd: dollars(app.config.tariff.cents(terms.tokens)), terms }
}

/// The rate of the searchers that are there now at a task, in attempts a second; the quote rate if there is none.
pub(crate) async fn rate(app: &App, on: &mut impl crate::store::Sql, task: Task) -> StoreResult<f64> {
    let rate = searchers::rate_of(on, app.clock.now() - SEARCHER_GONE, task).await?;
    Ok(if rate > 0.0 { rate } else { app.config.quote_rate })
}

#[expect(clippy::cast_precision_loss, reason = "cash prices stay far below 2^53 cents")]
fn dollars(cents: i64) -> f64 {
    cents as f64 / 100.0
}

impl Percentiles {
    /// Seconds at a rate in attempts a second.
    #[must_use]
    pub fn at(self, rate: f64) -> Self {
        Self { p50: self.p50 / rate, p90: self.p90 / rate, p99: self.p99 / rate }
    }
}

//! `vanikeys estimate`: exact odds of a pattern, times on this machine, prices by the tariff in force.

use std::time::Duration;

use clap::Args;
use serde::Serialize;
use vanikeys_core::{
    config::Config,
    domain::price::{self, JobPrice, TooRare},
};
use vanikeys_grind::{Difficulty, Pattern, PatternSpec, ScoreOdds, odds, search::Backend};

use super::{Common, Failed, figures, output, pattern::PatternArgs, rate};

/// How long the rate is measured.
const MEASURE: Duration = Duration::from_millis(400);

/// Arguments of `estimate`.
#[derive(Debug, Args)]
pub(super) struct Estimate {
    #[command(flatten)]
    pattern: PatternArgs,
    /// Threads that would search; all cores without it
    #[arg(long, value_name = "N", value_parser = clap::value_parser!(u16).range(1..=1024))]
    threads: Option<u16>,
}

/// Numbers for a chance of 50, 90 and 99 %.
#[derive(Clone, Copy, Debug, Serialize)]
pub(super) struct Percentiles {
    p50: f64,
    p90: f64,
    p99: f64,
}

#[derive(Debug, Serialize)]
#[serde(rename_all = "camelCase")]
struct Report {
    pattern: PatternSpec,
    one_in: f64,
    one_in_exact: String,
    probability: f64,
    scores: Vec<ScoreOdds>,
    attempts: Percentiles,
    seconds: Percentiles,
    rate: f64,
    threads: usize,
    backend: &'static str,
    difficulty: Difficulty,
    tokens_per_pull: i64,
    /// `null` where the pattern is too rare for a job.
    job_price: Option<Priced>,
    #[serde(skip_serializing_if = "Option::is_none")]
    job_refusal: Option<String>,
}

#[derive(Debug, Serialize)]
struct Priced {
    tokens: i64,
    usd: f64,
    terms: JobPrice,
}

impl Percentiles {
    /// Attempts for 50, 90 and 99 %.
    pub(super) fn attempts(pattern: &Pattern) -> Self {
        let odds = pattern.odds();
        Self { p50: odds.attempts_for(0.5), p90: odds.attempts_for(0.9), p99: odds.attempts_for(0.99) }
    }

    /// Seconds at a rate.
    pub(super) fn at(self, rate: f64) -> Self {
        Self { p50: self.p50 / rate, p90: self.p90 / rate, p99: self.p99 / rate }
    }

    /// Each number as `read` puts it: `50 %: .., 90 %: .., 99 %: ..`.
    pub(super) fn read(self, read: impl Fn(f64) -> String) -> String {
        format!("50 %: {}, 90 %: {}, 99 %: {}", read(self.p50), read(self.p90), read(self.p99))
    }
}

impl Estimate {
    pub(super) fn run(&self, common: &Common) -> Result<(), Failed> {
        let config = common.offline_configuration()?;
        let pattern = self.pattern.compile()?;
        let pool = rate::pool(self.threads.map(usize::from))?;
        let rate = rate::measure(&pattern, &pool, MEASURE).map_err(Failed::work)?;
        let report = Report::of(&pattern, &config, rate, pool.current_num_threads());
        if common.json {
            output::json(&report);
        } else {
            output::line(report.text(&config));
        }
        Ok(())
    }
}

impl Report {
    fn of(pattern: &Pattern, config: &Config, rate: f64, threads: usize) -> Self {
        let odds = pattern.odds();
        let attempts = Percentiles::attempts(pattern);
        let (job_price, job_refusal) = match config.tariff.job(odds.one_in(), 0) {
            Ok(terms) => {
                (Some(Priced { tokens: terms.tokens, usd: dollars(config.tariff.cents(terms.tokens)), terms }), None)
            }
            Err(refused @ TooRare { .. }) => (None, Some(refused.to_string())),
        };
        Self {
            pattern: pattern.spec().clone(),
            one_in: odds.one_in(),
            one_in_exact: odds.one_in_text(),
            probability: odds.probability(),
            scores: odds.scores(),
            attempts,
            seconds: attempts.at(rate),
            rate,
            threads,
            backend: Backend::fastest().name(),
            difficulty: odds.difficulty(),
            tokens_per_pull: price::pull(odds.difficulty()),
            job_price,
            job_refusal,
        }
    }

    fn text(&self, config: &Config) -> String {
        let PatternSpec { text, kind, target, .. } = &self.pattern;
        let mut lines = vec![
            format!("{kind} {text:?} of {target}: {} (exactly 1 in {})", odds::human(self.one_in), self.one_in_exact),
            format!("attempts      {}", self.attempts.read(figures::count)),
            format!(
                "on this host  {} ({} on {} threads, {})",
                self.seconds.read(figures::seconds),
                figures::rate(self.rate),
                self.threads,
                self.backend
            ),
        ];
        if self.scores.len() > 1 {
            let each = self.scores.iter().map(|s| format!("{}/{}: {}", s.at_least, s.of, odds::human(s.one_in)));
            lines.push(format!("parts         {}", each.collect::<Vec<_>>().join(", ")));
        }
        let pull = dollars(config.tariff.cents(self.tokens_per_pull));
        lines.push(format!(
            "a pull        {} VaniTokens (${pull:.2}), {} difficulty",
            figures::count(as_f64(self.tokens_per_pull)),
            format!("{:?}", self.difficulty).to_lowercase()
        ));
        lines.push(match (&self.job_price, &self.job_refusal) {
            (Some(job), _) => format!(
                "a job         {} VaniTokens (${:.2}), found for certain",
                figures::count(as_f64(job.tokens)),
                job.usd
            ),
            (None, refusal) => format!("a job         not offered: {}", refusal.as_deref().unwrap_or_default()),
        });
        lines.join("\n")
    }
}

#[expect(clippy::cast_precision_loss, reason = "prices stay far below 2^53")]
fn as_f64(n: i64) -> f64 {
    n as f64
}

fn dollars(cents: i64) -> f64 {
    as_f64(cents) / 100.0
}

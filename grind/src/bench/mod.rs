//! Rates of the search on this machine, always beside those of the naive loop, measured in turns in the same run.
//!
//! The numbers come from the public searches, with patterns that are not found, so that they are what a user gets. The report
//! serialises to the JSON of `vanikeys bench --json`.

mod naive;

use std::time::{Duration, Instant};

use rayon::{ThreadPool, ThreadPoolBuildError, ThreadPoolBuilder};
use serde::Serialize;

use crate::{
    Kind, Pattern, PatternError, PatternSpec, Target,
    search::{Backend, Progress, ScalarSearch, Search, SearchError, SearchLimits},
    secret::SeedKey,
};

/// What to measure, and for how long.
#[derive(Clone, Copy, Debug)]
pub struct BenchOptions {
    /// The time for each rate in each round.
    pub slice: Duration,
    /// Rounds; of each rate the best counts, because all that disturbs a measurement makes it slower.
    pub rounds: u32,
    /// The arithmetic to measure; the fastest if none.
    pub backend: Option<Backend>,
    /// The table width of seed mode; chosen by the search if none.
    pub window: Option<u32>,
    /// The threads of the second column; all processors if none.
    pub threads: Option<usize>,
}

impl Default for BenchOptions {
    fn default() -> Self {
        Self { slice: Duration::from_millis(300), rounds: 3, backend: None, window: None, threads: None }
    }
}

/// Rates of one kind of pattern, in keys per second.
#[derive(Clone, Copy, Debug, Default, PartialEq, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct Rate {
    /// On one thread.
    pub one_thread: f64,
    /// On all threads together.
    pub all_threads: f64,
}

/// Rates of one mode, by kind of pattern.
#[derive(Clone, Copy, Debug, Default, PartialEq, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct Rates {
    /// Prefixes.
    pub prefix: Rate,
    /// Suffixes.
    pub suffix: Rate,
    /// Substrings.
    pub contains: Rate,
    /// Several substrings in order.
    pub sequence: Rate,
    /// Regular expressions.
    pub regex: Rate,
}

/// All rates of a machine.
#[derive(Clone, Debug, PartialEq, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct BenchReport {
    /// The arithmetic that was measured.
    pub backend: &'static str,
    /// The threads of the second column.
    pub threads: usize,
    /// Keys per second of the naive loop on one thread: random seed, `ed25519-dalek`, `bs58`, `starts_with`.
    pub naive: f64,
    /// Seed mode.
    pub seed: Rates,
    /// Scalar mode.
    pub scalar: Rates,
}

/// Why nothing was measured.
#[derive(Debug, thiserror::Error)]
pub enum BenchError {
    /// A search failed.
    #[error(transparent)]
    Search(#[from] SearchError),
    /// A pattern did not compile.
    #[error(transparent)]
    Pattern(#[from] PatternError),
    /// The threads did not start.
    #[error(transparent)]
    Threads(#[from] ThreadPoolBuildError),
}

/// The patterns that are measured: too rare to be found, and of the usual length.
const PATTERNS: [(Kind, &str); 5] = [
    (Kind::Prefix, "mVaniKeysBench"),
    (Kind::Suffix, "VaniKeysBench"),
    (Kind::Contains, "VaniKeysBench"),
    (Kind::Sequence, "GoBe AweSome Keys"),
    (Kind::Regex, "^m.*[A-C]{5}[x-z]{5}.*[1-3]{5}$"),
];

/// Measures everything.
///
/// # Errors
/// [`BenchError`], if the machine has no randomness or its arithmetic is wrong.
pub fn run(options: &BenchOptions) -> Result<BenchReport, BenchError> {
    let one = ThreadPoolBuilder::new().num_threads(1).build()?;
    let all = ThreadPoolBuilder::new().num_threads(options.threads.unwrap_or(0)).build()?;
    let backend = options.backend.unwrap_or_else(Backend::fastest);
    let threads = all.current_num_threads();
    let mut report =
        BenchReport { backend: backend.name(), threads, naive: 0.0, seed: Rates::default(), scalar: Rates::default() };
    let patterns = PATTERNS.map(|(kind, text)| {
        Pattern::compile(&PatternSpec { text: text.to_owned(), kind, target: Target::Did, ..PatternSpec::default() })
    });
    for _ in 0..options.rounds {
        for (i, pattern) in patterns.iter().enumerate() {
            let pattern = pattern.as_ref().map_err(Clone::clone)?;
            // The naive loop runs between all others, so that both meet the same machine.
            report.naive = report.naive.max(naive::rate(&one, options.slice));
            let mut seed = Search::new(pattern).backend(backend);
            if let Some(bits) = options.window {
                seed = seed.window(bits);
            }
            let scalar = scalar_search(pattern, backend)?;
            let seed = |pool: &ThreadPool, limits: &SearchLimits, p: &Progress| seed.run(pool, limits, p).map(drop);
            let scalar = |pool: &ThreadPool, limits: &SearchLimits, p: &Progress| scalar.run(pool, limits, p).map(drop);
            best(report.seed.row(i), [&one, &all], options.slice, seed)?;
            best(report.scalar.row(i), [&one, &all], options.slice, scalar)?;
        }
    }
    Ok(report)
}

impl Rates {
    /// The rate of the pattern with a number.
    fn row(&mut self, pattern: usize) -> &mut Rate {
        match PATTERNS[pattern].0 {
            Kind::Prefix => &mut self.prefix,
            Kind::Suffix => &mut self.suffix,
            Kind::Contains => &mut self.contains,
            Kind::Sequence => &mut self.sequence,
            Kind::Regex => &mut self.regex,
        }
    }
}

/// Measures a search once with each pool, and keeps what is better than before.
fn best(
    rate: &mut Rate,
    [one, all]: [&ThreadPool; 2],
    slice: Duration,
    search: impl Fn(&ThreadPool, &SearchLimits, &Progress) -> Result<(), SearchError>,
) -> Result<(), SearchError> {
    // Tables are built and workspaces touched before the clock runs.
    search(all, &SearchLimits::attempts(1), &Progress::new())?;
    for (pool, best) in [(one, &mut rate.one_thread), (all, &mut rate.all_threads)] {
        let progress = Progress::new();
        let start = Instant::now();
        search(pool, &SearchLimits::until(start + slice), &progress)?;
        *best = best.max(progress.attempts() as f64 / start.elapsed().as_secs_f64());
    }
    Ok(())
}

/// A search around a point that is as good as any other.
fn scalar_search(pattern: &Pattern, backend: Backend) -> Result<ScalarSearch, SearchError> {
    let point = SeedKey::new([0x42; 32]).public_key();
    let search = ScalarSearch::new(pattern, &point).map_err(|e| SearchError::Entropy(e.to_string()))?;
    Ok(search.backend(backend))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_report_has_every_rate() {
        let options =
            BenchOptions { slice: Duration::from_millis(100), rounds: 1, window: Some(8), ..Default::default() };
        let report = run(&options).expect("a report");
        let json = serde_json::to_value(&report).expect("JSON");
        assert!(json["naive"].as_f64() > Some(0.0));
        for mode in ["seed", "scalar"] {
            for kind in ["prefix", "suffix", "contains", "sequence", "regex"] {
                for column in ["oneThread", "allThreads"] {
                    assert!(json[mode][kind][column].as_f64() > Some(0.0), "{mode} {kind} {column}: {json}");
                }
            }
        }
    }
}

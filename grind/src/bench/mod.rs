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
    search::{Backend, Mode, Progress, ScalarSearch, Search, SearchError, SearchLimits},
    secret::SeedKey,
};

/// What to measure, and for how long.
#[derive(Clone, Copy, Debug)]
pub struct BenchOptions {
    /// The time for each rate in each round.
    pub slice: Duration,
    /// Rounds; of each rate the middle counts, so that none gains by chance from having been measured more often than another.
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
        Self { slice: Duration::from_millis(250), rounds: 7, backend: None, window: None, threads: None }
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
    let subjects = Subject::all(backend, options.window)?;
    let mut naive = Vec::new();
    let mut rates = vec![[Vec::new(), Vec::new()]; subjects.len()];
    for _ in 0..options.rounds {
        for (subject, [one_thread, all_threads]) in subjects.iter().zip(&mut rates) {
            // The naive loop runs between all others, so that both meet the same machine.
            if subject.mode == Mode::Seed {
                naive.push(naive::rate(&one, options.slice));
            }
            // Tables are built and workspaces touched before the clock runs.
            for pool in [&one, &all] {
                subject.run(pool, &SearchLimits::attempts(1), &Progress::new())?;
            }
            one_thread.push(subject.rate(&one, options.slice)?);
            all_threads.push(subject.rate(&all, options.slice)?);
        }
    }
    let (seed, scalar) = (Rates::default(), Rates::default());
    let mut report = BenchReport { backend: backend.name(), threads, naive: middle(naive), seed, scalar };
    for (subject, [one_thread, all_threads]) in subjects.iter().zip(rates) {
        *report.row(subject.mode, subject.kind) =
            Rate { one_thread: middle(one_thread), all_threads: middle(all_threads) };
    }
    Ok(report)
}

/// The middle one of some rates, the higher one of two; zero if there is none.
fn middle(mut rates: Vec<f64>) -> f64 {
    rates.sort_by(f64::total_cmp);
    rates.get(rates.len() / 2).copied().unwrap_or_default()
}

/// Measures every mode and kind once, on the threads of a pool, each for a time: what a searcher says of itself. Takes
/// `options` for arithmetic and table only.
///
/// # Errors
/// [`BenchError`], if the machine has no randomness or its arithmetic is wrong.
pub fn measure(
    options: &BenchOptions,
    pool: &ThreadPool,
    time: Duration,
) -> Result<Vec<(Mode, Kind, f64)>, BenchError> {
    let subjects = Subject::all(options.backend.unwrap_or_else(Backend::fastest), options.window)?;
    let measured = subjects.iter().map(|subject| {
        subject.run(pool, &SearchLimits::attempts(1), &Progress::new())?;
        Ok((subject.mode, subject.kind, subject.rate(pool, time)?))
    });
    measured.collect()
}

impl BenchReport {
    fn row(&mut self, mode: Mode, kind: Kind) -> &mut Rate {
        let rates = match mode {
            Mode::Seed => &mut self.seed,
            Mode::Scalar => &mut self.scalar,
        };
        match kind {
            Kind::Prefix => &mut rates.prefix,
            Kind::Suffix => &mut rates.suffix,
            Kind::Contains => &mut rates.contains,
            Kind::Sequence => &mut rates.sequence,
            // Several patterns run through an automaton as an expression does.
            Kind::Regex | Kind::Any => &mut rates.regex,
        }
    }
}

/// A search that is measured.
struct Subject {
    mode: Mode,
    kind: Kind,
    search: Either,
}

enum Either {
    Seed(Search),
    Scalar(ScalarSearch),
}

impl Subject {
    /// Every kind in both modes, the modes in turns.
    fn all(backend: Backend, window: Option<u32>) -> Result<Vec<Self>, BenchError> {
        let mut subjects = Vec::new();
        for (kind, text) in PATTERNS {
            let spec = PatternSpec { text: text.to_owned(), kind, target: Target::Did, ..PatternSpec::default() };
            let pattern = Pattern::compile(&spec)?;
            let mut seed = Search::new(&pattern).backend(backend);
            if let Some(bits) = window {
                seed = seed.window(bits);
            }
            let scalar = scalar_search(&pattern, backend)?;
            subjects.push(Self { mode: Mode::Seed, kind, search: Either::Seed(seed) });
            subjects.push(Self { mode: Mode::Scalar, kind, search: Either::Scalar(scalar) });
        }
        Ok(subjects)
    }

    fn run(&self, pool: &ThreadPool, limits: &SearchLimits, progress: &Progress) -> Result<(), SearchError> {
        match &self.search {
            Either::Seed(search) => search.run(pool, limits, progress).map(drop),
            Either::Scalar(search) => search.run(pool, limits, progress).map(drop),
        }
    }

    /// Keys per second for a time.
    fn rate(&self, pool: &ThreadPool, time: Duration) -> Result<f64, SearchError> {
        let progress = Progress::new();
        let start = Instant::now();
        // On a busy machine a short time may be over before a thread has had its turn.
        while progress.attempts() == 0 {
            self.run(pool, &SearchLimits::until(Instant::now() + time), &progress)?;
        }
        Ok(progress.attempts() as f64 / start.elapsed().as_secs_f64())
    }
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

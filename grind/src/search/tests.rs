//! The promises of a search: limits, cancellation, randomness, and what it delivers.

use std::{
    collections::HashSet,
    time::{Duration, Instant},
};

use super::*;
use crate::{KeyMaterial, Kind, PatternSpec, Target};

fn pattern(kind: Kind, text: &str) -> Pattern {
    let spec = PatternSpec {
        text: text.to_owned(),
        kind,
        target: Target::Did,
        case_insensitive: false,
        fuzzy: false,
        any: Vec::new(),
    };
    Pattern::compile(&spec).expect("a pattern")
}

fn pool(threads: usize) -> ThreadPool {
    rayon::ThreadPoolBuilder::new().num_threads(threads).build().expect("a pool")
}

fn hopeless() -> Search {
    Search::new(&pattern(Kind::Prefix, "kkkkkkkkkkkkkkkk"))
}

#[test]
fn finds_what_it_says() {
    let pattern = pattern(Kind::Prefix, "k");
    let found = Search::new(&pattern).run(&pool(2), &SearchLimits::default(), &Progress::new()).expect("a search");
    let Outcome::Found(found) = found else { panic!("{found:?}") };
    assert_eq!(found.key.public_key(), found.public_key);
    assert!(pattern.matches_key(&found.public_key));
    assert!(found.attempts >= 1);
}

#[test]
fn attempts_are_never_exceeded() {
    for limit in [0, 1, 63, 1000] {
        let progress = Progress::new();
        let outcome = hopeless().run(&pool(2), &SearchLimits::attempts(limit), &progress).expect("a search");
        let Outcome::Exhausted { attempts } = outcome else { panic!("{outcome:?}") };
        assert_eq!((attempts, progress.attempts()), (limit, limit));
    }
}

#[test]
fn stops_at_the_deadline() {
    // The table is built by the first search of the program.
    hopeless().run(&pool(1), &SearchLimits::attempts(1), &Progress::new()).expect("a search");
    let limits = SearchLimits::until(Instant::now() + Duration::from_millis(50));
    let outcome = hopeless().run(&pool(2), &limits, &Progress::new()).expect("a search");
    assert!(matches!(outcome, Outcome::Exhausted { attempts } if attempts > 0), "{outcome:?}");
}

#[test]
fn stops_when_cancelled() {
    let progress = Arc::new(Progress::new());
    let other = Arc::clone(&progress);
    let canceller = std::thread::spawn(move || {
        while other.attempts() == 0 {
            std::thread::yield_now();
        }
        other.cancel();
    });
    let outcome = hopeless().run(&pool(2), &SearchLimits::default(), &progress).expect("a search");
    canceller.join().expect("the canceller");
    assert!(matches!(outcome, Outcome::Cancelled { .. }), "{outcome:?}");
}

struct Dry;

impl Entropy for Dry {
    fn fill(&self, _: &mut [u8; 32]) -> Result<(), SearchError> {
        Err(SearchError::Entropy("dry".to_owned()))
    }
}

#[test]
fn no_randomness_no_search() {
    let search = Search::new(&pattern(Kind::Prefix, "k")).entropy(Dry);
    let error = search.run(&pool(2), &SearchLimits::default(), &Progress::new()).expect_err("no randomness");
    assert_eq!(error, SearchError::Entropy("dry".to_owned()));
}

#[test]
fn candidates_of_a_base_differ() {
    let base = entropy::SeedBase::draw(&OsEntropy).expect("randomness");
    let seeds: HashSet<[u8; 32]> = (0..10_000).map(|i| base.seed(i)).collect();
    assert_eq!(seeds.len(), 10_000);
}

#[test]
fn offsets_are_found() {
    let secret = crate::split::SplitSecret::from_random(&[0x5a; 32]).expect("a secret");
    let point = secret.point().point;
    for (kind, text) in [(Kind::Prefix, "kk"), (Kind::Suffix, "zz"), (Kind::Contains, "abc"), (Kind::Regex, "^m.*A$")] {
        let pattern = pattern(kind, text);
        for backend in crate::engine::tested::tested() {
            let search = ScalarSearch::new(&pattern, &point).expect("a point").backend(backend);
            let outcome = search.run(&pool(2), &SearchLimits::default(), &Progress::new()).expect("a search");
            let Outcome::Found(found) = outcome else { panic!("{outcome:?}") };
            assert!(pattern.matches_key(&found.public_key), "{pattern:?}");
            let key = secret.combine_to(found.offset, &found.public_key).expect("the key that was found");
            assert!(key.is_clamped());
        }
    }
}

#[test]
fn keys_without_seed_are_found() {
    let spec = PatternSpec { text: "tor".into(), kind: Kind::Prefix, target: Target::Onion, ..PatternSpec::default() };
    let pattern = Pattern::compile(&spec).expect("a pattern");
    let outcome = ExpandedSearch::new(&pattern).run(&pool(2), &SearchLimits::default(), &Progress::new());
    let Ok(Outcome::Found(found)) = outcome else { panic!("{outcome:?}") };
    assert_eq!(found.key.public_key(), found.public_key);
    assert!(found.key.is_clamped() && pattern.matches_key(&found.public_key));
}

#[test]
fn attempts_at_offsets_are_never_exceeded() {
    let point = crate::split::SplitSecret::from_random(&[1; 32]).expect("a secret").point().point;
    let search = ScalarSearch::new(&pattern(Kind::Prefix, "kkkkkkkkkkkkkkkk"), &point).expect("a point");
    for limit in [0, 1, 100_000] {
        let outcome = search.run(&pool(2), &SearchLimits::attempts(limit), &Progress::new()).expect("a search");
        assert!(matches!(outcome, Outcome::Exhausted { attempts } if attempts == limit), "{outcome:?}");
    }
    assert!(ScalarSearch::new(&pattern(Kind::Prefix, "k"), &[1; 32]).is_err());
}

fn hex(text: &str) -> Pattern {
    let spec = PatternSpec { text: text.into(), kind: Kind::Prefix, target: Target::Hex, ..PatternSpec::default() };
    Pattern::compile(&spec).expect("a pattern")
}

/// Attempts are geometric, the digits that a pattern leaves free are uniform, and no two keys come from one base.
#[test]
fn found_keys_are_a_fair_sample() {
    const RUNS: usize = 512;
    let search = Search::new(&hex("ab")).window(10);
    let pool = pool(1);
    let (mut attempts, mut cells, mut bases) = (Vec::new(), [[0usize; 16]; 3], HashSet::new());
    for _ in 0..RUNS {
        let outcome = search.run(&pool, &SearchLimits::default(), &Progress::new()).expect("a search");
        let Outcome::Found(found) = outcome else { panic!("{outcome:?}") };
        attempts.push(found.attempts);
        cells[0][usize::from(found.public_key[1] >> 4)] += 1;
        cells[1][usize::from(found.public_key[16] & 15)] += 1;
        cells[2][usize::from(found.public_key[31] >> 4)] += 1;
        let KeyMaterial::Seed(key) = &found.key else { panic!("no seed") };
        assert!(bases.insert(key.seed()[..24].to_vec()), "two keys from one base");
    }
    // One key in 256 matches: the mean of 512 geometric numbers lies within six of its standard deviations of 256 / sqrt(512).
    let mean = attempts.iter().sum::<u64>() as f64 / RUNS as f64;
    assert!((mean - 256.0).abs() < 6.0 * 256.0 / (RUNS as f64).sqrt(), "{mean}");
    // The quartiles of the geometric law are at 74, 177 and 355.
    for (limit, share) in [(74, 0.25), (177, 0.5), (355, 0.75)] {
        let below = attempts.iter().filter(|&&n| n <= limit).count() as f64 / RUNS as f64;
        assert!((below - share).abs() < 0.13, "{below} of the searches took at most {limit}");
    }
    // Chi-square with 15 degrees of freedom is above 60 once in four million times.
    for cells in cells {
        let mean = RUNS as f64 / 16.0;
        let chi_square: f64 = cells.iter().map(|&n| (n as f64 - mean).powi(2) / mean).sum();
        assert!(chi_square < 60.0, "{chi_square}: {cells:?}");
    }
}

#[test]
fn a_cancelled_progress_starts_nothing() {
    let progress = Progress::new();
    progress.cancel();
    let outcome = hopeless().run(&pool(2), &SearchLimits::default(), &progress).expect("a search");
    assert!(matches!(outcome, Outcome::Cancelled { attempts: 0 }), "{outcome:?}");
}

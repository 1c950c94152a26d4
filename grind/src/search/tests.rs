//! The promises of a search: limits, cancellation, randomness, and what it delivers.

use std::{
    collections::HashSet,
    time::{Duration, Instant},
};

use super::*;
use crate::{Kind, PatternSpec, Target};

fn pattern(kind: Kind, text: &str) -> Pattern {
    let spec = PatternSpec { text: text.to_owned(), kind, target: Target::Did, case_insensitive: false, fuzzy: false };
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
    let start = Instant::now();
    let limits = SearchLimits::until(start + Duration::from_millis(50));
    let outcome = hopeless().run(&pool(2), &limits, &Progress::new()).expect("a search");
    assert!(matches!(outcome, Outcome::Exhausted { attempts } if attempts > 0), "{outcome:?}");
    assert!(start.elapsed() < Duration::from_millis(500));
}

#[test]
fn stops_when_cancelled() {
    let progress = Arc::new(Progress::new());
    let other = Arc::clone(&progress);
    let canceller = std::thread::spawn(move || {
        std::thread::sleep(Duration::from_millis(30));
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
        for backend in [Backend::Portable, Backend::Avx512] {
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

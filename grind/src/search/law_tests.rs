//! The laws of chance that searches obey, for every kind and target, and what an attacker who knows delivered keys can try.

use std::{
    collections::HashSet,
    sync::{
        Arc,
        atomic::{AtomicU32, Ordering},
    },
};

use super::*;
use crate::{
    KeyMaterial, Kind, PatternSpec, Target,
    engine::tested::tested,
    split::{Offset, SplitSecret},
};

/// Searches for each pattern.
const RUNS: usize = 80;

fn pool() -> ThreadPool {
    rayon::ThreadPoolBuilder::new().num_threads(1).build().expect("a thread")
}

fn compile(kind: Kind, target: Target, text: &str) -> Pattern {
    let spec = PatternSpec { text: text.to_owned(), kind, target, ..PatternSpec::default() };
    Pattern::compile(&spec).unwrap_or_else(|error| panic!("{spec:?}: {error}"))
}

/// A pattern of each kind that a target has, one key in some hundreds.
fn patterns(target: Target) -> Vec<Pattern> {
    let (prefix, suffix, contains, sequence, regex) = match target {
        Target::Did => ("mA", "zz", "Aa", "A b C", "^m[a-c].*[x-z]$"),
        Target::Solana => ("Ab", "zz", "Aa", "A b C", "^[2-9].*[xy]$"),
        Target::Ssh => ("Ab", "z8", "Aa", "A b C", "^[A-C].*[a-m8]$"),
        Target::SshFingerprint => ("ab", "zA", "Aa", "A b C", "^[a-c].*[a-m].{2}[A4]$"),
        Target::Onion => ("ab", "", "abc", "a b cd", "^[a-c].*xy"),
        Target::Libp2p => ("Rb", "zz", "Aa", "A b C", "^[P-R].*[xyz]$"),
        Target::Stellar => ("AB", "", "ABC", "A B CD", "^[AB][A-C].*XY"),
        Target::Algorand => ("AB", "", "ABC", "A B CD", "^[A-C].*XY"),
        Target::Wireguard => ("Ab", "zA", "Aa", "A b C", "^[A-C].*[a-m8].[Q-Z]$"),
        Target::Age => ("qp", "", "qzp", "q z pr", "^[qpz].*xy"),
        _ => ("ab", "cd", "abc", "a bc de", "^[a-c]b.*f$"),
    };
    let kinds = [
        (Kind::Prefix, prefix),
        (Kind::Suffix, suffix),
        (Kind::Contains, contains),
        (Kind::Sequence, sequence),
        (Kind::Regex, regex),
    ];
    kinds.into_iter().filter(|(_, text)| !text.is_empty()).map(|(kind, text)| compile(kind, target, text)).collect()
}

/// Attempts of many searches, each of its own base.
fn attempts(pattern: &Pattern, backend: Backend, scalar: bool) -> Vec<u64> {
    let pool = pool();
    let (limits, progress) = (SearchLimits::default(), Progress::new());
    let one = || match scalar {
        true => match ExpandedSearch::new(pattern).backend(backend).run(&pool, &limits, &progress) {
            Ok(Outcome::Found(found)) => found.attempts,
            other => panic!("{other:?}"),
        },
        false => match Search::new(pattern).backend(backend).window(8).run(&pool, &limits, &progress) {
            Ok(Outcome::Found(found)) => found.attempts,
            other => panic!("{other:?}"),
        },
    };
    (0..RUNS).map(|_| one()).collect()
}

/// Attempts of the law with the exact odds, put through its distribution function, are uniform: in ten cells, and on average.
fn fit(target: Target, scalar: bool) {
    fit_all(&patterns(target), scalar);
}

fn fit_all(patterns: &[Pattern], scalar: bool) {
    for backend in tested() {
        fit_on(backend, patterns, scalar);
    }
}

fn fit_on(backend: Backend, patterns: &[Pattern], scalar: bool) {
    let mut cells = [0f64; 10];
    for pattern in patterns {
        let p = pattern.odds().probability();
        let mut sum = 0.0;
        for attempts in attempts(pattern, backend, scalar) {
            // The middle of the step that the whole number stands for.
            let share = -((attempts as f64 - 0.5) * (-p).ln_1p()).exp_m1();
            cells[((share * 10.0) as usize).min(9)] += 1.0;
            sum += share;
        }
        let mean = sum / RUNS as f64;
        // The mean of so many uniform numbers is within six of its standard deviations.
        assert!(
            (mean - 0.5).abs() < 6.0 * (12.0 * RUNS as f64).sqrt().recip(),
            "{pattern:?} {backend} {scalar}: {mean}, p = {p}"
        );
    }
    let expected = (RUNS * patterns.len()) as f64 / 10.0;
    let chi_square: f64 = cells.iter().map(|n| (n - expected).powi(2) / expected).sum();
    // Nine degrees of freedom; above 45 once in a million times, and a little for whole numbers of attempts.
    assert!(chi_square < 50.0, "{patterns:?} {backend} {scalar}: {chi_square}, {cells:?}");
}

#[test]
fn attempts_follow_the_exact_odds_of_did() {
    fit(Target::Did, false);
    fit(Target::Did, true);
}

#[test]
fn attempts_follow_the_exact_odds_of_solana() {
    fit(Target::Solana, false);
    fit(Target::Solana, true);
}

#[test]
fn attempts_follow_the_exact_odds_of_ssh() {
    fit(Target::Ssh, false);
    fit(Target::Ssh, true);
}

#[test]
fn attempts_follow_the_exact_odds_of_fingerprints() {
    fit(Target::SshFingerprint, false);
}

#[test]
fn attempts_follow_the_exact_odds_of_onions() {
    fit(Target::Onion, true);
}

#[test]
fn attempts_follow_the_exact_odds_of_libp2p() {
    fit(Target::Libp2p, false);
    fit(Target::Libp2p, true);
}

#[test]
fn attempts_follow_the_exact_odds_of_stellar() {
    fit(Target::Stellar, false);
    fit(Target::Stellar, true);
}

#[test]
fn attempts_follow_the_exact_odds_of_algorand() {
    fit(Target::Algorand, false);
    fit(Target::Algorand, true);
}

#[test]
fn attempts_follow_the_exact_odds_of_aptos() {
    fit(Target::Aptos, false);
    fit(Target::Aptos, true);
}

#[test]
fn attempts_follow_the_exact_odds_of_sui() {
    fit(Target::Sui, false);
    fit(Target::Sui, true);
}

#[test]
fn attempts_follow_the_exact_odds_of_wireguard() {
    fit(Target::Wireguard, false);
    fit(Target::Wireguard, true);
}

#[test]
fn attempts_follow_the_exact_odds_of_age() {
    fit(Target::Age, false);
    fit(Target::Age, true);
}

/// Any of several, in each way that candidates are sieved.
#[test]
fn attempts_follow_the_exact_odds_of_unions() {
    for (target, texts) in [
        (Target::Did, [(Kind::Prefix, "mA"), (Kind::Prefix, "kab"), (Kind::Prefix, "eX")]),
        (Target::Did, [(Kind::Contains, "Aa"), (Kind::Suffix, "zz"), (Kind::Regex, "^m[a-c]9")]),
        (Target::Wireguard, [(Kind::Prefix, "Ab"), (Kind::Contains, "abc"), (Kind::Suffix, "zA")]),
        (Target::Aptos, [(Kind::Prefix, "abc"), (Kind::Prefix, "de"), (Kind::Prefix, "f0")]),
    ] {
        let several = texts.map(|(kind, text)| PatternSpec::new(kind, text).target(target)).to_vec();
        let pattern = Pattern::compile(&PatternSpec::any(several)).expect("possible");
        fit_all(std::slice::from_ref(&pattern), false);
        fit_all(&[pattern], true);
    }
}

#[test]
fn attempts_follow_the_exact_odds_of_hex() {
    fit(Target::Hex, false);
    fit(Target::Hex, true);
}

/// Whoever knows a delivered key and searches around it, in whichever mode, finds no other.
#[test]
fn neighbours_of_delivered_keys_are_nobodys() {
    let pattern = compile(Kind::Prefix, Target::Hex, "a");
    let two = rayon::ThreadPoolBuilder::new().num_threads(2).build().expect("threads");
    let (limits, progress) = (SearchLimits::default(), Progress::new());
    let mut bases = HashSet::new();
    let (mut scalars, mut offsets): (Vec<u128>, Vec<u128>) = (Vec::new(), Vec::new());
    let point = SplitSecret::from_random(&[3; 32]).expect("a secret").point().point;
    for _ in 0..64 {
        let Ok(Outcome::Found(found)) = Search::new(&pattern).window(8).run(&two, &limits, &progress) else {
            panic!("not found")
        };
        let KeyMaterial::Seed(key) = found.key else { panic!("no seed") };
        assert!(bases.insert(key.seed()[..24].to_vec()), "two keys that differ in the counter alone");
        let Ok(Outcome::Found(found)) = ExpandedSearch::new(&pattern).run(&two, &limits, &progress) else {
            panic!("not found")
        };
        // The upper half: two keys near each other would share it or be next to each other there.
        scalars.push(u128::from_le_bytes(*found.key.scalar().last_chunk().expect("16 of 32")));
        let search = ScalarSearch::new(&pattern, &point).expect("a point");
        let Ok(Outcome::Found(found)) = search.run(&two, &limits, &progress) else { panic!("not found") };
        offsets.push(found.offset.number());
    }
    for numbers in [&mut scalars, &mut offsets] {
        numbers.sort_unstable();
        assert!(numbers.windows(2).all(|pair| pair[1] - pair[0] > 1 << 64), "two keys from one start");
    }
}

/// Bytes that differ from draw to draw, counted.
struct Counted(Arc<AtomicU32>);

impl Entropy for Counted {
    fn fill(&self, bytes: &mut [u8; 32]) -> Result<(), SearchError> {
        let draw = self.0.fetch_add(1, Ordering::Relaxed);
        *bytes = *blake3::hash(&draw.to_le_bytes()).as_bytes();
        Ok(())
    }
}

/// A search ends with its first key, and another run of the same search draws again: half of all keys match here, so that every batch
/// holds hundreds.
#[test]
fn a_second_key_of_a_base_cannot_be_had() {
    let pattern = compile(Kind::Regex, Target::Hex, "^[0-7]");
    let point = SplitSecret::from_random(&[3; 32]).expect("a secret").point().point;
    let (limits, progress) = (SearchLimits::default(), Progress::new());
    let draws = Arc::new(AtomicU32::new(0));
    let counted = || Counted(Arc::clone(&draws));
    let seed = Search::new(&pattern).window(8).entropy(counted());
    let expanded = ExpandedSearch::new(&pattern).entropy(counted());
    let scalar = ScalarSearch::new(&pattern, &point).expect("a point").entropy(counted());
    let mut keys = HashSet::new();
    for run in 1..=16 {
        let Ok(Outcome::Found(found)) = seed.run(&pool(), &limits, &progress) else { panic!("not found") };
        assert!(keys.insert(found.public_key));
        let Ok(Outcome::Found(found)) = expanded.run(&pool(), &limits, &progress) else { panic!("not found") };
        assert!(keys.insert(found.public_key));
        let Ok(Outcome::Found(found)) = scalar.run(&pool(), &limits, &progress) else { panic!("not found") };
        assert!(keys.insert(found.public_key));
        // A seed, a secret and its start, and a start.
        assert_eq!(draws.load(Ordering::Relaxed), 4 * run);
    }
}

/// Gives randomness so many times.
struct Ending(AtomicU32);

impl Entropy for Ending {
    fn fill(&self, bytes: &mut [u8; 32]) -> Result<(), SearchError> {
        let left = self.0.fetch_update(Ordering::Relaxed, Ordering::Relaxed, |left| left.checked_sub(1));
        match left {
            Ok(left) => *bytes = [left as u8 + 1; 32],
            Err(_) => return Err(SearchError::Entropy("ended".to_owned())),
        }
        Ok(())
    }
}

/// One thread without randomness ends the search of all, although others have a base, and nothing is delivered.
#[test]
fn entropy_that_fails_ends_every_search() {
    let hopeless = compile(Kind::Prefix, Target::Hex, "abababababababab");
    let point = SplitSecret::from_random(&[3; 32]).expect("a secret").point().point;
    let three = rayon::ThreadPoolBuilder::new().num_threads(3).build().expect("threads");
    let (limits, progress) = (SearchLimits::default(), Progress::new());
    for draws in 0..3 {
        let ending = || Ending(AtomicU32::new(draws));
        let ended = SearchError::Entropy("ended".to_owned());
        let seed = Search::new(&hopeless).window(8).entropy(ending()).run(&three, &limits, &progress);
        assert_eq!(seed.err(), Some(ended.clone()));
        let expanded = ExpandedSearch::new(&hopeless).entropy(ending()).run(&three, &limits, &progress);
        assert_eq!(expanded.err(), Some(ended.clone()));
        let scalar = ScalarSearch::new(&hopeless, &point).expect("a point").entropy(ending());
        assert_eq!(scalar.run(&three, &limits, &progress).err(), Some(ended));
    }
}

/// Always the same bytes.
struct Fixed([u8; 32]);

impl Entropy for Fixed {
    fn fill(&self, bytes: &mut [u8; 32]) -> Result<(), SearchError> {
        *bytes = self.0;
        Ok(())
    }
}

/// Bytes that are known for the first draw of all, and fresh ones after it.
struct Known(AtomicU32);

impl Entropy for Known {
    fn fill(&self, bytes: &mut [u8; 32]) -> Result<(), SearchError> {
        *bytes = [7; 32];
        if self.0.fetch_add(1, Ordering::Relaxed) > 0 { OsEntropy.fill(bytes) } else { Ok(()) }
    }
}

/// The same for X25519, where a centre that meets a step spoils its scan: another start is drawn then.
#[test]
fn x25519_points_that_lead_through_zero_spoil_nothing() {
    use curve25519_dalek::{EdwardsPoint, Scalar};
    let pattern = compile(Kind::Prefix, Target::Wireguard, "ab");
    let start = 1u128 << 119 | u128::from_be_bytes([7; 16]) & ((1 << 119) - 1);
    for steps in [0u128, 1, 2, 1024, 2047, 2048, 2049, 4096, 4097, 6145, 40_000] {
        let zero_at = -(Scalar::from(8u8) * Scalar::from(start + steps));
        let point = EdwardsPoint::mul_base(&zero_at).compress().to_bytes();
        let search =
            ScalarSearch::new(&pattern, &point).expect("a point of prime order").entropy(Known(AtomicU32::new(0)));
        let outcome = search.run(&pool(), &SearchLimits::attempts(1 << 20), &Progress::new());
        let Ok(Outcome::Found(found)) = outcome else { panic!("{steps}: {outcome:?}") };
        assert_eq!(crate::split::offset_public_key(&point, found.offset), Ok(found.public_key), "{steps}");
        assert!(pattern.matches_key(&found.public_key));
    }
}

/// A user who knew the start could order a point that the search leads through zero. What is found even then is right.
#[test]
fn points_that_lead_through_zero_spoil_nothing() {
    use curve25519_dalek::{EdwardsPoint, Scalar};
    let pattern = compile(Kind::Prefix, Target::Hex, "abcd");
    let start = 1u128 << 119 | u128::from_be_bytes([7; 16]) & ((1 << 119) - 1);
    for backend in tested() {
        for steps in [0u128, 1, 2, 511, 512, 513, 2048, 2049, 4097, 40_000] {
            let zero_at = -(Scalar::from(8u8) * Scalar::from(start + steps));
            let point = EdwardsPoint::mul_base(&zero_at).compress().to_bytes();
            let search = ScalarSearch::new(&pattern, &point).expect("a point of prime order");
            let search = search.backend(backend).entropy(Fixed([7; 32]));
            let outcome = search.run(&pool(), &SearchLimits::attempts(1 << 22), &Progress::new());
            let Ok(Outcome::Found(found)) = outcome else { panic!("{backend:?} {steps}: {outcome:?}") };
            let offset = Offset::new(found.offset.number()).expect("in range");
            assert_eq!(crate::split::offset_public_key(&point, offset), Ok(found.public_key), "{backend:?} {steps}");
            assert!(pattern.matches_key(&found.public_key));
        }
    }
}

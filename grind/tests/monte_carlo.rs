//! Ten million real public keys against the exact odds, for every kind of pattern.
//!
//! The keys are consecutive multiples of eight times the base point from a fixed start, so the test says the same every
//! time. Each run judges by automaton, and a part of it by the plain matcher as well.

use curve25519_dalek::{EdwardsPoint, Scalar};
use vanikeys_grind::{Kind, Pattern, PatternSpec, Target};

const THREADS: u64 = 2;
const BATCH: usize = 1000;
/// Batches of a thread: ten million keys in all.
const BATCHES: usize = 10_000_000 / BATCH / THREADS as usize;
/// Every so many keys the plain matcher is asked too.
const CHECKED: usize = 100;

/// The 44 base58 digits after the fixed ones. Long division of the 34-byte number by 58^10, which fits 64 bits.
fn did_digits(key: &[u8; 32]) -> [u8; 44] {
    const CHUNK: u128 = 58u128.pow(10);
    let mut limbs = [0xed01u64; 5];
    for (limb, bytes) in limbs[1..].iter_mut().zip(key.chunks_exact(8)) {
        *limb = u64::from_be_bytes(bytes.try_into().expect("8 bytes"));
    }
    let mut digits = [0; 50];
    for chunk in digits.rchunks_mut(10) {
        let mut rest = 0u128;
        for limb in &mut limbs {
            let value = rest << 64 | u128::from(*limb);
            (*limb, rest) = ((value / CHUNK) as u64, value % CHUNK);
        }
        let mut rest = rest as u64;
        for digit in chunk.iter_mut().rev() {
            (*digit, rest) = ((rest % 58) as u8, rest / 58);
        }
    }
    digits[6..].try_into().expect("44 digits")
}

/// How often each score was reached, by pattern.
fn sample(patterns: &[Pattern], thread: u64) -> Vec<Vec<u64>> {
    let mut seen: Vec<Vec<u64>> = patterns.iter().map(|p| vec![0; usize::from(p.dfa().full()) + 1]).collect();
    let step = EdwardsPoint::mul_base(&Scalar::from(8u8));
    let start = Scalar::from_bytes_mod_order([0x5a; 32]) + Scalar::from(thread << 40);
    let mut point = EdwardsPoint::mul_base(&start);
    for _ in 0..BATCHES {
        let mut points = Vec::with_capacity(BATCH);
        for _ in 0..BATCH {
            points.push(point);
            point += step;
        }
        for (i, key) in EdwardsPoint::compress_batch_alloc(&points).iter().enumerate() {
            let digits = did_digits(key.as_bytes());
            for (pattern, seen) in patterns.iter().zip(&mut seen) {
                let score = pattern.dfa().run(&digits);
                seen[usize::from(score)] += 1;
                if i % CHECKED == 0 {
                    let text = Target::Did.encode(key.as_bytes());
                    assert_eq!(pattern.score(&text).matched, score, "{pattern:?} {text}");
                    assert_eq!(pattern.matches(&text), pattern.dfa().full() == score, "{pattern:?} {text}");
                }
            }
        }
    }
    seen
}

#[test]
fn ten_million_real_keys() {
    let specs = [
        PatternSpec::new(Kind::Prefix, "e"),
        PatternSpec::new(Kind::Prefix, "pAL").case_insensitive(),
        PatternSpec::new(Kind::Suffix, "3e").fuzzy(),
        PatternSpec::new(Kind::Contains, "abc"),
        PatternSpec::new(Kind::Contains, "L33t").fuzzy().case_insensitive(),
        PatternSpec::new(Kind::Regex, r"^m.*(go|be)\d"),
        PatternSpec::new(Kind::Sequence, "GO BE AWE SOME").fuzzy().case_insensitive(),
        PatternSpec::new(Kind::Sequence, "a aa a 1 bB"),
    ];
    let patterns: Vec<Pattern> = specs.iter().map(|spec| Pattern::compile(spec).expect("possible")).collect();
    let threads: Vec<_> = std::thread::scope(|scope| {
        let start = |thread| {
            scope.spawn({
                let patterns = &patterns;
                move || sample(patterns, thread)
            })
        };
        let threads: Vec<_> = (0..THREADS).map(start).collect();
        threads.into_iter().map(|thread| thread.join().expect("no check failed")).collect()
    });
    let n = (THREADS as usize * BATCHES * BATCH) as f64;
    assert_eq!(n, 1e7);
    for (i, pattern) in patterns.iter().enumerate() {
        for odds in pattern.odds().scores() {
            let reached = threads.iter().flat_map(|seen| &seen[i][usize::from(odds.at_least)..]).sum::<u64>() as f64;
            let (mean, variance) = (n * odds.probability, n * odds.probability * (1.0 - odds.probability));
            // Five sigma; below a few expected hits a Poisson count is not normal, and ten hits are as unlikely.
            let bound = (5.0 * variance.sqrt()).max(10.0);
            assert!((reached - mean).abs() < bound, "{pattern:?} {odds:?}: {reached} of {mean:.1}");
        }
    }
}

#[test]
fn digits_are_those_of_the_text() {
    for byte in 0..=255 {
        let key = [byte; 32];
        assert_eq!(Target::Did.alphabet().digits(&Target::Did.encode(&key)).expect("base58"), did_digits(&key));
    }
}

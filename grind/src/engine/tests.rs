//! Every backend against the other and against `ed25519-dalek`.

use curve25519_dalek::{EdwardsPoint, MontgomeryPoint, Scalar};

use super::{
    Backend, Midstate, Spelled, Spelling,
    backend::{SeedEngine, offset_engine, seed_engine, x25519_engine},
    doubles::Model,
    encode,
    form::Form,
    seeds::SeedBatch,
    table::Table,
    tested::tested,
};
use crate::{Target, secret::SeedKey};

/// The keys of a batch, without the signs of x.
fn keys(backend: Backend, width: u32, base: [u64; 4], count: usize) -> Vec<[u8; 32]> {
    let mut keys = keys_of(&mut *seed_engine(backend, width, count), base);
    keys.truncate(count);
    keys
}

fn keys_of(engine: &mut dyn SeedEngine, base: [u64; 4]) -> Vec<[u8; 32]> {
    let midstate = Midstate::new([base[0], base[1], base[2]]);
    let (mut spelled, mut low) = (Spelled::default(), Vec::new());
    engine.spell(&midstate, base[3], &Spelling::base58(), &mut spelled);
    engine.low_limbs(&midstate, base[3], &mut low);
    (0..engine.candidates())
        .map(|i| {
            assert_eq!(low[i], spelled.y[0][i] & ((1 << 51) - 1), "low limb of candidate {i}");
            encode(&spelled.y(i))
        })
        .collect()
}

fn expected(base: [u64; 4], i: u64) -> [u8; 32] {
    let mut seed = [0; 32];
    for (chunk, word) in seed.chunks_exact_mut(8).zip([base[0], base[1], base[2], base[3].wrapping_add(i)]) {
        chunk.copy_from_slice(&word.to_be_bytes());
    }
    let mut key = SeedKey::new(seed).public_key();
    key[31] &= 0x7f;
    key
}

#[test]
fn seeds_agree_with_dalek() {
    let base = [0x0123_4567_89ab_cdef, 77, 88, u64::MAX - 100];
    for width in [4, 9, 12, 13] {
        let expected: Vec<_> = (0..500).map(|i| expected(base, i)).collect();
        for backend in tested() {
            assert!(keys(backend, width, base, 500) == expected, "{backend:?} width {width}");
        }
    }
}

/// Batches of fewer groups than the sweeps look ahead, and of just as many.
#[test]
fn small_batches_agree_with_dalek() {
    let base = [3, 1, 4, 1 << 40];
    for count in [1, 8, 9, 64, 72, 80] {
        let expected: Vec<_> = (0..count as u64).map(|i| expected(base, i)).collect();
        for backend in tested() {
            assert!(keys(backend, 6, base, count) == expected, "{backend:?}, {count} candidates");
        }
    }
}

/// The model runs through whole searches too, so that the arithmetic in doubles is tested where no processor has it in vectors.
#[test]
fn the_model_of_doubles_agrees_with_dalek() {
    let base = [2, 7, 1, 8];
    let expected: Vec<_> = (0..300).map(|i| expected(base, i)).collect();
    let table = Table::shared(9, Form::Doubles);
    assert!(keys_of(&mut SeedBatch::new(Model, table, 300), base) == expected);
}

/// The same on a million random seeds, in all default widths; a base that passes 2^64 on the way is among them.
#[test]
fn a_million_seeds_agree_with_dalek() {
    use rayon::prelude::*;
    const BATCH: usize = 1 << 14;
    (0..64u32).into_par_iter().for_each(|round| {
        let mut base = [0; 4];
        for word in &mut base {
            let mut bytes = [0; 8];
            getrandom::fill(&mut bytes).expect("randomness");
            *word = u64::from_le_bytes(bytes);
        }
        if round == 0 {
            base[3] = u64::MAX - 1000;
        }
        let expected: Vec<_> = (0..BATCH as u64).map(|i| expected(base, i)).collect();
        let width = 10 + round % 9;
        for backend in tested() {
            assert!(keys(backend, width, base, BATCH) == expected, "{backend:?}, width {width}, base {base:x?}");
        }
    });
}

/// The digits of every target, for both signs, are those of its text.
#[test]
fn spellings_agree_with_texts() {
    let targets = [
        (Target::Did, Spelling::base58_after(0xed01)),
        (Target::Solana, Spelling::base58()),
        (Target::Hex, Spelling::Bits { width: 4, digits: 64, dropped: 0, filled: 0 }),
        (Target::Ssh, Spelling::Bits { width: 6, digits: 43, dropped: 0, filled: 0 }),
        (Target::Onion, Spelling::Bits { width: 5, digits: 51, dropped: 1, filled: 0 }),
        (Target::Libp2p, Spelling::base58_after(0x24_0801_1220)),
        (Target::Stellar, Spelling::Bits { width: 5, digits: 51, dropped: 4, filled: 0 }),
        (Target::Algorand, Spelling::Bits { width: 5, digits: 51, dropped: 1, filled: 0 }),
        (Target::Wireguard, Spelling::Bits { width: 6, digits: 43, dropped: 0, filled: 2 }),
        (Target::Age, Spelling::Bits { width: 5, digits: 52, dropped: 0, filled: 4 }),
    ];
    let midstate = Midstate::new([1, 2, 3]);
    let mut spelled = Spelled::default();
    for backend in tested() {
        for (target, spelling) in &targets {
            seed_engine(backend, 8, 3000).spell(&midstate, 0, spelling, &mut spelled);
            let mut doubtful = 0;
            for i in 0..3000 {
                for sign in [0, 0x80] {
                    let mut key = encode(&spelled.y(i));
                    key[31] |= sign;
                    let mut words: Vec<u64> = spelled.words[..spelling.words()].iter().map(|c| c[i]).collect();
                    if spelled.odd[i] == super::DOUBTFUL {
                        doubtful += 1;
                        continue;
                    }
                    if sign != 0 {
                        words[spelling.words() - 1] = spelled.odd[i];
                    }
                    let mut digits: Vec<u8> = words.iter().flat_map(|word| word.to_le_bytes()).collect();
                    digits.truncate((spelling.words() - 1) * 8 + spelling.tail());
                    digits.drain(..spelling.padding());
                    if spelling.drops_zero() && digits[0] == 0 {
                        digits.remove(0);
                    }
                    assert_eq!(
                        target.alphabet().digits(&(target.scheme().encode)(&key)),
                        Some(digits),
                        "{target} {backend:?}"
                    );
                }
            }
            assert!(doubtful < 60, "{target}: {doubtful}");
        }
    }
}

#[test]
fn offsets_agree_with_dalek() {
    let start = EdwardsPoint::mul_base(&Scalar::from(0x1234_5678_9abc_def0_u64));
    let spelling = Spelling::base58();
    for backend in tested() {
        let mut engine = offset_engine(backend, 16, &start);
        let mut spelled = Spelled::default();
        let mut seen = std::collections::HashSet::new();
        for scan in 0..3 {
            assert!(engine.spell(&spelling, &mut spelled));
            for i in 0..engine.candidates() {
                let offset = engine.offset(scan, i);
                assert!(seen.insert(offset), "offset {offset} comes twice");
                let point = start + EdwardsPoint::mul_base(&(Scalar::from(8u8) * Scalar::from(offset)));
                let mut key = point.compress().to_bytes();
                key[31] &= 0x7f;
                assert_eq!(encode(&spelled.y(i)), key, "{backend:?} scan {scan} candidate {i}");
            }
        }
        let mut again = offset_engine(backend, 16, &start);
        let mut found = Vec::new();
        assert!(again.in_ranges(&[(1 << 62, 1 << 63)], &mut found));
        let mut first = offset_engine(backend, 16, &start);
        assert!(first.spell(&spelling, &mut spelled));
        found.sort_unstable();
        let leading = |i: &usize| u64::from_be_bytes(encode(&spelled.y(*i))[..8].try_into().expect("8 bytes"));
        let inside = (0..first.candidates()).filter(|i| (1 << 62..3 << 62).contains(&leading(i)));
        let expected: Vec<_> = inside.map(|i| (i, spelled.y[0][i] & ((1 << 51) - 1))).collect();
        assert_eq!(found, expected);
    }
}

/// Ranges of a single number, and ranges that touch it or just miss it: the coarse look at few bits leaves nothing out and lets nothing in.
#[test]
fn narrow_ranges_find_single_candidates() {
    const REACH: usize = 16;
    let start = EdwardsPoint::mul_base(&Scalar::from(0xfedc_ba98_7654_3210_u64));
    for backend in tested() {
        let mut spelled = Spelled::default();
        assert!(offset_engine(backend, REACH, &start).spell(&Spelling::base58(), &mut spelled));
        let candidates = offset_engine(backend, REACH, &start).candidates();
        let leading = |i: usize| spelled.y[0][i].swap_bytes() & (u64::MAX << 16);
        let low = |i: usize| spelled.y[0][i] & ((1 << 51) - 1);
        for first in (0..candidates).step_by(8) {
            let group: Vec<_> = (first..candidates.min(first + 8)).collect();
            let unit = 1 << 16;
            for (shift, span, hits) in [(0, unit, true), (5 * unit, 6 * unit, true), (unit, unit, false), (0, 0, false)]
            {
                let ranges: Vec<_> = group.iter().map(|&i| (leading(i).saturating_sub(shift), span)).collect();
                let mut found = Vec::new();
                assert!(offset_engine(backend, REACH, &start).in_ranges(&ranges, &mut found));
                found.sort_unstable();
                let expected: Vec<_> = group.iter().filter(|_| hits).map(|&i| (i, low(i))).collect();
                assert_eq!(found, expected, "{backend:?} {first} {shift} {span}");
            }
        }
    }
}

/// For X25519 the secret bytes are the scalar, and results are u.
#[test]
fn x25519_secrets_agree_with_dalek() {
    let base = [0x0123_4567_89ab_cdef, 77, 88, u64::MAX - 100];
    let midstate = Midstate::x25519([base[0], base[1], base[2]]);
    let secret = |i: u64| {
        let mut secret = [0; 32];
        let last = base[3].wrapping_add(i).rotate_left(8);
        for (chunk, word) in secret.chunks_exact_mut(8).zip([base[0], base[1], base[2], last]) {
            chunk.copy_from_slice(&word.to_be_bytes());
        }
        secret
    };
    let expected: Vec<_> = (0..500).map(|i| MontgomeryPoint::mul_base_clamped(secret(i)).to_bytes()).collect();
    let (mut spelled, mut low) = (Spelled::default(), Vec::new());
    for backend in tested() {
        for width in [4, 12, 13] {
            let mut engine = seed_engine(backend, width, 500);
            engine.spell(&midstate, base[3], &Spelling::base58(), &mut spelled);
            engine.low_limbs(&midstate, base[3], &mut low);
            for (i, expected) in expected.iter().enumerate() {
                assert_eq!(encode(&spelled.y(i)), *expected, "{backend:?}, width {width}, candidate {i}");
                assert_eq!(low[i], spelled.y[0][i] & ((1 << 51) - 1), "{backend:?}, width {width}, candidate {i}");
            }
        }
    }
}

#[test]
fn x25519_offsets_agree_with_dalek() {
    const REACH: usize = 16;
    let start = EdwardsPoint::mul_base(&Scalar::from(0x1234_5678_9abc_def0_u64));
    let spelling = Spelling::Bits { width: 6, digits: 43, dropped: 0, filled: 2 };
    for backend in tested() {
        let mut engine = x25519_engine(backend, REACH, &start);
        let mut spelled = Spelled::default();
        for scan in 0..3 {
            assert!(engine.spell(&spelling, &mut spelled));
            for i in 0..engine.candidates() {
                let steps = Scalar::from(8u8) * Scalar::from(engine.offset(scan, i));
                let u = (start + EdwardsPoint::mul_base(&steps)).to_montgomery().to_bytes();
                assert_eq!(encode(&spelled.y(i)), u, "{backend:?} scan {scan} candidate {i}");
            }
        }
        let mut found = Vec::new();
        assert!(x25519_engine(backend, REACH, &start).in_ranges(&[(1 << 62, 1 << 63)], &mut found));
        let mut first = x25519_engine(backend, REACH, &start);
        assert!(first.spell(&spelling, &mut spelled));
        found.sort_unstable();
        let inside = |i: &usize| (1 << 62..3 << 62).contains(&spelled.y[0][*i].swap_bytes());
        let expected: Vec<_> = (0..first.candidates()).filter(inside).map(|i| (i, spelled.y[0][i])).collect();
        assert_eq!(found, expected, "{backend:?}");
    }
}

/// A centre that is a step, its negative or the neutral point makes a denominator zero, which is seen.
#[test]
fn x25519_scans_through_zero_are_refused() {
    const REACH: usize = 16;
    for backend in tested() {
        for steps in [-16i64, -7, -1, 0, 1, 16] {
            let centre = Scalar::from(8 * steps.unsigned_abs());
            let centre = EdwardsPoint::mul_base(&if steps < 0 { -centre } else { centre });
            let start = centre - EdwardsPoint::mul_base(&Scalar::from(8 * REACH as u64));
            let mut found = Vec::new();
            assert!(!x25519_engine(backend, REACH, &start).in_ranges(&[(0, u64::MAX)], &mut found), "{steps}");
            assert!(found.is_empty(), "{backend:?} {steps}");
        }
    }
}

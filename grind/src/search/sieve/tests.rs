//! Sieves against the plain matcher, over the same keys.

use super::*;
use crate::{
    Kind, PatternSpec,
    engine::{Backend, FilterInto, Midstate, Spelled, seed_engine},
};

fn patterns() -> Vec<Pattern> {
    let rows: &[(Target, Kind, &str, bool, bool)] = &[
        (Target::Did, Kind::Prefix, "k", false, false),
        (Target::Did, Kind::Prefix, "fG", true, true),
        (Target::Did, Kind::Prefix, "mabCDefGHij", true, true),
        (Target::Did, Kind::Suffix, "z", false, false),
        (Target::Did, Kind::Suffix, "Be", true, true),
        (Target::Did, Kind::Contains, "go", true, true),
        (Target::Did, Kind::Contains, "AB", false, false),
        (Target::Did, Kind::Contains, "abc", true, true),
        (Target::Did, Kind::Contains, "AwEs", true, true),
        (Target::Did, Kind::Suffix, "xy", false, false),
        (Target::Did, Kind::Sequence, "abo x", true, true),
        (Target::Hex, Kind::Contains, "00ff", false, true),
        (Target::Ssh, Kind::Suffix, "xA", true, true),
        (Target::Solana, Kind::Contains, "go1", true, true),
        (Target::Did, Kind::Sequence, "G b A", true, true),
        (Target::Did, Kind::Sequence, "e 5 e 5", false, true),
        (Target::Did, Kind::Regex, "^[km].*[0-9]{3}", false, false),
        (Target::Did, Kind::Regex, "([a-z])[A-Z]{6}|zz$", false, false),
        (Target::Solana, Kind::Prefix, "A", false, false),
        (Target::Solana, Kind::Prefix, "1", false, false),
        (Target::Solana, Kind::Prefix, "b", true, false),
        (Target::Solana, Kind::Contains, "so", true, true),
        (Target::Solana, Kind::Suffix, "zz", true, false),
        (Target::Solana, Kind::Regex, "^1|^[a-c]{2}", false, false),
        (Target::Ssh, Kind::Prefix, "B", false, false),
        (Target::Ssh, Kind::Suffix, "a", true, true),
        (Target::Ssh, Kind::Contains, "ok", true, true),
        (Target::Onion, Kind::Prefix, "ab", false, true),
        (Target::Onion, Kind::Contains, "tor", false, true),
        (Target::Hex, Kind::Prefix, "ab", false, false),
        (Target::Hex, Kind::Suffix, "8", false, false),
        (Target::Hex, Kind::Sequence, "ab cd", false, true),
        (Target::Libp2p, Kind::Prefix, "Q", false, false),
        (Target::Libp2p, Kind::Contains, "go", true, true),
        (Target::Stellar, Kind::Prefix, "B5", false, true),
        (Target::Stellar, Kind::Contains, "XY", false, false),
        (Target::Algorand, Kind::Prefix, "AB", false, true),
        (Target::Algorand, Kind::Regex, "^[A-C].*X{2}", false, false),
        (Target::SshFingerprint, Kind::Prefix, "Ab", true, false),
        (Target::SshFingerprint, Kind::Suffix, "A", false, false),
        (Target::Aptos, Kind::Prefix, "ab", false, false),
        (Target::Aptos, Kind::Contains, "ab5", false, true),
        (Target::Sui, Kind::Prefix, "cd", false, false),
        (Target::Sui, Kind::Sequence, "ab cd", false, true),
        (Target::Wireguard, Kind::Prefix, "A", false, false),
        (Target::Wireguard, Kind::Contains, "go", true, true),
        (Target::Wireguard, Kind::Suffix, "gA", true, false),
        (Target::Age, Kind::Prefix, "qp", false, false),
        (Target::Age, Kind::Sequence, "qp zr", false, false),
    ];
    let compile = |&(target, kind, text, case_insensitive, fuzzy): &(Target, Kind, &str, bool, bool)| {
        let spec = PatternSpec { text: text.to_owned(), kind, target, case_insensitive, fuzzy, any: Vec::new() };
        Pattern::compile(&spec).unwrap_or_else(|e| panic!("{text}: {e}"))
    };
    let any = |target, texts: &[(Kind, &str)]| {
        let one = |(kind, text): &(Kind, &str)| PatternSpec::new(*kind, *text).target(target);
        Pattern::compile(&PatternSpec::any(texts.iter().map(one).collect())).expect("possible")
    };
    let several = [
        any(Target::Did, &[(Kind::Prefix, "kA"), (Kind::Prefix, "m"), (Kind::Prefix, "eee")]),
        any(Target::Did, &[(Kind::Contains, "go"), (Kind::Suffix, "zz"), (Kind::Regex, "^m.*9$")]),
        any(Target::Wireguard, &[(Kind::Prefix, "A"), (Kind::Prefix, "zz")]),
        any(Target::Sui, &[(Kind::Prefix, "ab"), (Kind::Contains, "cdc")]),
    ];
    rows.iter().map(compile).chain(several).collect()
}

/// All candidates of a stream that a sieve lets pass.
fn admitted(pattern: &Pattern, backend: Backend, count: usize, midstate: &Midstate) -> Vec<usize> {
    let mut engine = seed_engine(backend, 8, count);
    let mut passed = Vec::new();
    match &Sieve::new(pattern) {
        Sieve::Leading(sieve) => {
            let mut low = Vec::new();
            engine.low_limbs(midstate, 0, &mut low);
            passed.extend((0..count).filter(|&i| sieve.admits(low[i])));
        }
        Sieve::Digits(sieve) if let Some(filter) = sieve.filter(backend) => {
            let mut all = Vec::new();
            let to = FilterInto { spelling: sieve.spelling(), filter, passed: &mut all };
            engine.filter(midstate, 0, to);
            all.retain(|(i, y)| *i < count && may_match(pattern, y));
            passed.extend(all.iter().map(|(i, _)| *i));
            passed.sort_unstable();
        }
        Sieve::Digits(sieve) => {
            let mut spelled = Spelled::default();
            engine.spell(midstate, 0, sieve.spelling(), &mut spelled);
            let end: Option<()> = sieve.scan(&spelled, count, |i| {
                passed.push(i);
                None
            });
            assert_eq!(end, None);
        }
        Sieve::Digest(sieve) => {
            let mut spelled = Spelled::default();
            engine.spell(midstate, 0, &sieve.spelling(), &mut spelled);
            passed.extend((0..count).filter(|&i| sieve.admits(&spelled.y(i))));
        }
    }
    passed
}

/// No match is lost, and hardly anything else passes: at most twice the matches, for the sign that is not known.
#[test]
fn sieves_lose_nothing() {
    const COUNT: usize = 10_000;
    let coordinates = |midstate: &Midstate| {
        let mut spelled = Spelled::default();
        seed_engine(Backend::fastest(), 8, COUNT).spell(midstate, 0, &Spelling::base58(), &mut spelled);
        (0..COUNT).map(|i| spelled.y(i)).collect::<Vec<_>>()
    };
    let (ed25519, x25519) = (Midstate::new([5, 6, 7]), Midstate::x25519([5, 6, 7]));
    let (y, u) = (coordinates(&ed25519), coordinates(&x25519));
    let mut empty = 0;
    for pattern in patterns() {
        let (midstate, all) = if pattern.target().is_x25519() { (&x25519, &u) } else { (&ed25519, &y) };
        let expected: Vec<usize> = (0..COUNT).filter(|&i| may_match(&pattern, &all[i])).collect();
        empty += usize::from(expected.is_empty());
        for backend in crate::engine::tested::tested() {
            let passed = admitted(&pattern, backend, COUNT, midstate);
            if pattern.prefixes().is_some() {
                let lost: Vec<_> = expected.iter().filter(|i| !passed.contains(i)).collect();
                assert!(lost.is_empty(), "{pattern:?} {backend:?} lost {lost:?}");
                assert!(passed.len() <= expected.len() + 1, "{pattern:?} {backend:?} lets {} pass", passed.len());
            } else {
                assert_eq!(passed, expected, "{pattern:?} {backend:?}");
            }
        }
    }
    assert!(empty <= 4, "{empty} patterns are too rare for the test");
}

#[test]
fn ranges_of_a_prefix() {
    let spec = PatternSpec { kind: Kind::Prefix, target: Target::Hex, text: "ab".into(), ..PatternSpec::default() };
    let Sieve::Leading(sieve) = Sieve::new(&Pattern::compile(&spec).expect("a pattern")) else { panic!("a prefix") };
    assert_eq!(sieve.ranges(), [(0xab00_0000_0000, 0xabff_ffff_ffff)]);
    assert!(sieve.admits(u64::from_le_bytes([0xab, 1, 2, 3, 4, 5, 6, 7])));
    assert!(!sieve.admits(u64::from_le_bytes([0xac, 1, 2, 3, 4, 5, 6, 7])));
}

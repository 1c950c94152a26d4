//! Every target: its text against published forms, and its odds against random keys judged by the plain matcher.

use vanikeys_grind::{Kind, Pattern, PatternError, PatternSpec, SeedKey, Target};

/// A public key drawn from a fixed stream.
fn key(stream: &str, number: u32) -> [u8; 32] {
    *blake3::hash(format!("{stream} {number}").as_bytes()).as_bytes()
}

fn compile(kind: Kind, text: &str, target: Target) -> Pattern {
    Pattern::compile(&PatternSpec::new(kind, text).target(target)).expect("possible")
}

#[test]
fn texts_are_the_displayed_ones_without_their_lead() {
    for &target in Target::ALL {
        for number in 0..1000 {
            let key = key("text", number);
            let (text, display) = (target.encode(&key), target.display(&key));
            let rest = display.strip_prefix(target.lead()).expect("the lead");
            assert!(rest.starts_with(&text), "{target}: {display} {text}");
            assert!(target.alphabet().digits(&text).is_some(), "{target}: {text}");
            assert!(text.len() <= target.longest());
            let after = &rest[text.len()..];
            assert_eq!(
                after.trim_end_matches('=').is_empty(),
                target.scheme().reaches_end,
                "{target}: {display} {text}"
            );
        }
        assert_eq!(target.name().parse(), Ok(target));
        assert_eq!(serde_json::to_value(target).expect("JSON"), target.name());
    }
}

/// The score distribution of random keys is within five sigma of the odds, and the automaton agrees with the plain matcher.
#[test]
fn odds_of_every_target_agree_with_random_keys() {
    const KEYS: u32 = 40_000;
    let patterns: Vec<Pattern> = Target::ALL
        .iter()
        .flat_map(|&target| {
            let (a, b) = match target {
                Target::Hex | Target::Aptos | Target::Sui => ("a", "b4"),
                Target::Stellar => ("A", "A4"),
                Target::Algorand => ("G", "A4"),
                Target::Libp2p => ("Q", "a4"),
                Target::Ssh => ("G", "a4"),
                Target::Age => ("g", "a3"),
                _ => ("g", "a4"),
            };
            let kinds = [Kind::Prefix, Kind::Suffix, Kind::Contains, Kind::Sequence];
            let specs = kinds.map(|kind| PatternSpec::new(kind, if kind == Kind::Contains { b } else { a }));
            let specs = specs.map(|spec| match (target, spec.kind) {
                // The last character of a WireGuard key ends in two zero bits.
                (Target::Wireguard, Kind::Suffix) => PatternSpec::new(Kind::Suffix, "o"),
                _ => spec,
            });
            let sequence = PatternSpec::new(Kind::Sequence, format!("{a} {b} 3 {a}{a}")).case_insensitive().fuzzy();
            let regex = PatternSpec::new(Kind::Regex, format!("^[a-zA-K2].*({b}|[4c]$|^.{{42}}$)"));
            specs.into_iter().chain([sequence, regex]).map(move |spec| spec.target(target))
        })
        .filter_map(|spec| match Pattern::compile(&spec) {
            Err(PatternError::NoSuffix { .. }) => None,
            other => Some(other.unwrap_or_else(|error| panic!("{spec:?}: {error}"))),
        })
        .collect();
    for pattern in &patterns {
        let mut seen = vec![0u32; usize::from(pattern.dfa().full()) + 1];
        for number in 0..KEYS {
            let text = pattern.target().encode(&key("odds", number));
            let score = pattern.dfa().run(&pattern.target().alphabet().digits(&text).expect("its own"));
            if number % 20 == 0 {
                assert_eq!(pattern.score(&text).matched, score, "{pattern:?} {text}");
                assert_eq!(pattern.matches(&text), score == pattern.dfa().full(), "{pattern:?} {text}");
            }
            seen[usize::from(score)] += 1;
        }
        for odds in pattern.odds().scores() {
            let reached = f64::from(seen[usize::from(odds.at_least)..].iter().sum::<u32>());
            let n = f64::from(KEYS);
            let (mean, sigma) = (n * odds.probability, (n * odds.probability * (1.0 - odds.probability)).sqrt());
            assert!((reached - mean).abs() <= (5.0 * sigma).max(8.0), "{pattern:?} {odds:?}: {reached} of {mean:.1}");
        }
    }
}

/// The nineteen numbers from p up begin with all ones but for the first byte, end as no other does, and are not counted.
#[test]
fn numbers_from_p_up_are_no_keys() {
    for first in 0xe0..=0xff {
        let mut bytes = [0xff; 32];
        (bytes[0], bytes[31]) = (first, 0x7f);
        let text = (Target::Wireguard.scheme().encode)(&bytes);
        let exactly =
            PatternSpec::new(Kind::Regex, format!("^{}$", text.replace('+', "[+]"))).target(Target::Wireguard);
        let there = Pattern::compile(&exactly).map_or(0, |pattern| pattern.odds().count().bits());
        assert_eq!(there, u64::from(first < 0xed), "{first:x}");
    }
}

/// A pattern that always holds counts every key once.
#[test]
fn every_target_counts_all_keys() {
    for &target in Target::ALL {
        assert_eq!(compile(Kind::Regex, "^", target).odds().one_in_text(), "1", "{target}");
    }
}

#[test]
fn exact_odds_that_can_be_said_in_words() {
    let one_in = |kind, text, target| compile(kind, text, target).odds().one_in_text();
    assert_eq!(one_in(Kind::Prefix, "dead", Target::Hex), "65536");
    assert_eq!(one_in(Kind::Suffix, "f", Target::Hex), "16");
    assert_eq!(one_in(Kind::Prefix, "tor", Target::Onion), "32768");
    assert_eq!(one_in(Kind::Prefix, "A", Target::Ssh), "16");
    assert_eq!(one_in(Kind::Prefix, "abc", Target::SshFingerprint), "262144");
    assert_eq!(one_in(Kind::Suffix, "A", Target::SshFingerprint), "16");
    assert_eq!(one_in(Kind::Prefix, "A", Target::Stellar), "4");
    assert_eq!(one_in(Kind::Prefix, "DAB", Target::Stellar), "4096");
    assert_eq!(one_in(Kind::Prefix, "ABC", Target::Algorand), "32768");
    assert_eq!(one_in(Kind::Prefix, "dead", Target::Aptos), "65536");
    assert_eq!(one_in(Kind::Suffix, "beef", Target::Sui), "65536");
    // Base64 characters of nothing but key, but for the nineteen numbers below p that 2^255 has more.
    assert_eq!(one_in(Kind::Prefix, "abcd", Target::Wireguard), "16777216");
    assert_eq!(one_in(Kind::Prefix, "qqqq", Target::Age), "1048576");
    assert_eq!(one_in(Kind::Suffix, "A", Target::Wireguard), "16");
    // The second last character holds the bit that is always zero.
    assert_eq!(one_in(Kind::Regex, "A.$", Target::Wireguard), "32");
    assert_eq!(one_in(Kind::Regex, "^.{49}q", Target::Age), "16");
    // A zero byte in front, and nothing else, gives a leading 1.
    assert_eq!(one_in(Kind::Prefix, "1", Target::Solana), "256");
    assert_eq!(one_in(Kind::Prefix, "11", Target::Solana), "65536");
    // Thirty-two zero bytes: one key of all.
    let zero = compile(Kind::Prefix, &"1".repeat(16), Target::Solana);
    assert!(zero.matches_key(&[0; 32]));
}

#[test]
fn impossible_by_target() {
    let refused = |kind, text: &str, target| {
        Pattern::compile(&PatternSpec::new(kind, text).target(target)).expect_err("impossible")
    };
    // Two zero bits lead the number, four free ones follow.
    assert!(matches!(refused(Kind::Prefix, "Q", Target::Ssh), PatternError::Impossible(i) if i.position == 0));
    // The last character of a fingerprint ends in two zero bits.
    assert!(
        matches!(refused(Kind::Suffix, "aB", Target::SshFingerprint), PatternError::Impossible(i) if i.position == 1)
    );
    assert!(
        matches!(refused(Kind::Contains, "g", Target::Hex), PatternError::Impossible(i) if i.character == Some('g'))
    );
    assert!(
        matches!(refused(Kind::Prefix, "Tor", Target::Onion), PatternError::Impossible(i) if !i.suggestions.is_empty())
    );
    assert!(matches!(refused(Kind::Suffix, "d", Target::Onion), PatternError::NoSuffix { .. }));
    // Named as what can follow the `G`.
    let reason = refused(Kind::Prefix, "E", Target::Stellar).to_string();
    assert!(reason.contains("after \"G\" only A-D can follow"), "{reason}");
    assert!(matches!(refused(Kind::Suffix, "A", Target::Stellar), PatternError::NoSuffix { .. }));
    assert!(matches!(refused(Kind::Prefix, "ab", Target::Algorand), PatternError::Impossible(i) if i.position == 0));
    assert!(matches!(refused(Kind::Prefix, "z", Target::Libp2p), PatternError::Impossible(i) if i.position == 0));
    assert!(matches!(refused(Kind::Suffix, "B", Target::Wireguard), PatternError::Impossible(i) if i.position == 0));
    assert!(matches!(refused(Kind::Suffix, "IA", Target::Wireguard), PatternError::Impossible(i) if i.position == 0));
    assert!(matches!(refused(Kind::Prefix, "ab", Target::Age), PatternError::Impossible(i) if i.position == 1));
}

/// What real programs say of the key of RFC 8032, test 1.
#[test]
fn texts_of_a_known_key() {
    let seed = hex::decode("9d61b19deffd5a60ba844af492ec2cc44449c5697b326919703bac031cae7f60").expect("hex");
    let key = SeedKey::new(seed.try_into().expect("32 bytes")).public_key();
    assert_eq!(Target::Hex.display(&key), "d75a980182b10ab7d54bfed3c964073a0ee172f3daa62325af021a68f707511a");
    assert_eq!(Target::Did.display(&key), "did:key:z6MktwupdmLXVVqTzCw4i46r4uGyosGXRnR3XjN4Zq7oMMsw");
    assert_eq!(Target::Solana.display(&key), "FVen3X669xLzsi6N2V91DoiyzHzg1uAgqiT8jZ9nS96Z");
}

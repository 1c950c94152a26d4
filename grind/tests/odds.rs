//! Odds from outside: the known answers, their laws, and the time that the worst patterns take.

use std::time::Duration;

use proptest::prelude::*;
use vanikeys_grind::{Difficulty, Kind, Pattern, PatternError, PatternSpec, Target, odds::human};

fn compile(spec: &PatternSpec) -> Pattern {
    Pattern::compile(spec).unwrap_or_else(|error| panic!("{spec:?}: {error}"))
}

/// Equal to as many digits as the expected number has.
fn assert_one_in(spec: &PatternSpec, expected: &[f64]) {
    let scores = compile(spec).odds().scores();
    assert_eq!(scores.len(), expected.len());
    for (score, &expected) in scores.iter().zip(expected) {
        let relative = (score.one_in - expected).abs() / expected;
        assert!(relative < 4e-6, "{spec:?}: {} is not {expected}", score.one_in);
    }
}

#[test]
fn known_answers() {
    let one = |kind, text, expected| assert_one_in(&PatternSpec::new(kind, text), &[expected]);
    one(Kind::Prefix, "gacha", 194_978_686.79);
    one(Kind::Prefix, "e", 31.4839);
    one(Kind::Prefix, "m", 17.2296);
    one(Kind::Prefix, "w", 25.2505);
    one(Kind::Suffix, "xyz", 195_112.0);
    one(Kind::Contains, "abc", 4754.1234);
    let sequence = PatternSpec::new(Kind::Sequence, "GO BE AWE SOME").case_insensitive();
    assert_one_in(&sequence.clone().fuzzy(), &[61_670_620_262.34, 663330.3577, 630.0844, 7.50902]);
    let odds = compile(&sequence).odds().scores();
    assert!((odds[0].one_in - 696_264_426_954.6).abs() < 0.1 && (odds[3].one_in - 13.3524).abs() < 1e-4);
}

#[test]
fn what_people_and_receipts_read() {
    let pattern = compile(&PatternSpec::new(Kind::Prefix, "gacha"));
    let odds = pattern.odds();
    assert_eq!(odds.one_in_text(), "194978686.79");
    assert_eq!(human(odds.one_in()), "1 in 195.0 million");
    assert_eq!(odds.difficulty(), Difficulty::Hard);
    assert_eq!(Difficulty::of(61_670_620_262.0), Difficulty::Insane);
    assert_eq!((Difficulty::of(9_999.0), Difficulty::of(10_000.0)), (Difficulty::Easy, Difficulty::Medium));
    // For rare patterns ln 2, ln 10 and ln 100 times the expected attempts.
    for (chance, factor) in [(0.5, 2f64.ln()), (0.9, 10f64.ln()), (0.99, 100f64.ln())] {
        let attempts = odds.attempts_for(chance);
        assert!((attempts / (odds.one_in() * factor) - 1.0).abs() < 1e-7);
        assert!((odds.chance_after(attempts) - chance).abs() < 1e-7);
    }
    let certain = compile(&PatternSpec::new(Kind::Regex, ".*"));
    assert_eq!((certain.odds().one_in_text().as_str(), certain.odds().attempts_for(0.99)), ("1", 1.0));
}

#[test]
fn impossible_patterns_say_where_and_why() {
    let refused = |spec: PatternSpec| match Pattern::compile(&spec) {
        Err(PatternError::Impossible(impossible)) => impossible,
        other => panic!("{spec:?}: {other:?}"),
    };
    let zoe = refused(PatternSpec::new(Kind::Prefix, "Zoe"));
    assert_eq!((zoe.position, zoe.character), (0, Some('Z')));
    assert!(zoe.reason.contains("e-k or m-w"), "{}", zoe.reason);
    assert_eq!(zoe.suggestions[0].pattern, PatternSpec::new(Kind::Contains, "Zoe"));
    let zero = refused(PatternSpec::new(Kind::Sequence, "Go  B0B"));
    assert_eq!((zero.position, zero.character), (5, Some('0')));
    // The least key is z6MkeTG3bFFSLYVU7Vqhgxa..: nothing lower can follow its digits.
    let low = refused(PatternSpec::new(Kind::Prefix, "eA"));
    assert_eq!((low.position, low.character), (1, Some('A')));
    let regex = refused(PatternSpec::new(Kind::Regex, "^Z"));
    assert_eq!((regex.position, regex.character), (0, None));
    assert_eq!(regex.suggestions[0].pattern.text, "Z");
    for text in ["Zoe", "0x0", "ABCl", "eA", "gO", "wzzz"] {
        for suggestion in refused(PatternSpec::new(Kind::Prefix, text)).suggestions {
            compile(&suggestion.pattern);
        }
    }
}

fn spec() -> impl Strategy<Value = PatternSpec> {
    let kind = prop::sample::select(&Kind::ALL[..]);
    let target = prop::sample::select(Target::ALL);
    (".{0,12}|[a-zA-Z0-9 ]{0,48}|[a-c3E ]{1,30}", kind, target, any::<bool>(), any::<bool>()).prop_map(
        |(text, kind, target, case_insensitive, fuzzy)| PatternSpec {
            text,
            kind,
            target,
            case_insensitive,
            fuzzy,
            any: Vec::new(),
        },
    )
}

fn count(spec: &PatternSpec) -> Option<f64> {
    match Pattern::compile(spec) {
        Ok(pattern) => Some(pattern.odds().probability()),
        Err(PatternError::Impossible(_)) => Some(0.0),
        Err(_) => None,
    }
}

proptest! {
    #[test]
    fn compiling_answers_or_refuses(spec in spec()) {
        match Pattern::compile(&spec) {
            Ok(pattern) => prop_assert!(pattern.odds().count().bits() > 0),
            Err(PatternError::Impossible(impossible)) => {
                prop_assert_eq!(impossible.character, spec.text.chars().nth(impossible.position).filter(|_| spec.kind != Kind::Regex));
                for suggestion in impossible.suggestions {
                    prop_assert!(Pattern::compile(&suggestion.pattern).is_ok(), "{:?}", suggestion);
                }
            }
            Err(error) => prop_assert!(error.to_string().len() > 20),
        }
    }

    #[test]
    fn longer_is_rarer(text in "[1-9A-HJ-NP-Za-km-z]{2,16}", kind in prop::sample::select(&Kind::ALL[..3])) {
        let spec = PatternSpec::new(kind, &text);
        let shorter = if kind == Kind::Suffix { &text[1..] } else { &text[..text.len() - 1] };
        let shorter = PatternSpec { text: shorter.to_owned(), ..spec.clone() };
        prop_assert!(count(&spec).expect("within limits") <= count(&shorter).expect("within limits"));
    }

    #[test]
    fn options_only_add_keys(spec in spec()) {
        if let Some(plain) = count(&PatternSpec { case_insensitive: false, fuzzy: false, ..spec.clone() }) && spec.kind != Kind::Regex {
            let fuzzy = count(&PatternSpec { case_insensitive: false, ..spec.clone() }.fuzzy()).expect("same limits");
            let both = count(&spec.clone().case_insensitive().fuzzy()).expect("same limits");
            prop_assert!(plain <= fuzzy && fuzzy <= both);
        }
    }

    #[test]
    fn scores_fall_with_the_bar(words in prop::collection::vec("[a-hJ-N3]{1,5}", 1..=8)) {
        let scores = compile(&PatternSpec::new(Kind::Sequence, words.join(" ")).fuzzy()).odds().scores();
        prop_assert!(scores.windows(2).all(|pair| pair[0].probability <= pair[1].probability));
    }
}

/// The promise is 50 ms in a release build; here the libraries are less optimised and the checks are on.
const LIMIT: Duration = Duration::from_millis(150);

/// Time that the thread has had on a core, so that whatever runs beside the test does not count.
fn on_core() -> Duration {
    let statistics = std::fs::read_to_string("/proc/thread-self/schedstat").expect("Linux with scheduler statistics");
    let nanoseconds = statistics.split(' ').next().and_then(|first| first.parse().ok()).expect("three numbers");
    Duration::from_nanos(nanoseconds)
}

#[test]
fn too_complex_patterns_are_refused_in_time() {
    let start = on_core();
    let text = "eE3eE 3Ee3E EeE33 e3e3E E3E3e 3eE3e eeE33 33EEe";
    let refused = Pattern::compile(&PatternSpec::new(Kind::Sequence, text).fuzzy());
    assert!(matches!(refused, Err(PatternError::TooComplex { .. })), "{refused:?}");
    let time = on_core() - start;
    assert!(time < LIMIT, "{time:?}");
}

/// The largest automata found by hand and by chance: eight substrings of five, look-alikes that overlap in part.
#[test]
fn the_worst_patterns_answer_in_time() {
    let sequences = [
        "abcde fghij kAmno pqrst uvwxy zBCDE FGHJK LMNPQ",
        "aabaa aabab aabba aabbb abaab ababa ababb abbab",
        "e3E4a s5S7t 3e3E3 E3e3E sS5s5 t7T8B bB8aA i1L1L",
        "e3E3E ee3 3eeeeee3E3E33 3Ee e3e3 e33EE3Eee3 3 3",
    ];
    for text in sequences {
        let start = on_core();
        let pattern = compile(&PatternSpec::new(Kind::Sequence, text).fuzzy());
        let time = on_core() - start;
        assert!(time < LIMIT, "{text}: {} states, {time:?}", pattern.dfa().states());
    }
    for text in [
        "(a|b)*a(a|b){9}",
        "(.a.b|.c.d){1,9}",
        "[a-m]{40}[n-z]",
        "(?i)(go|be|awe|some).*(go|be|awe|some).*(go|be|awe|some)",
        r"(\w{9}a){4}",
        "(((a{9}){9}){9}){9}",
        "((a?){50}){50}",
    ] {
        let start = on_core();
        let states = Pattern::compile(&PatternSpec::new(Kind::Regex, text)).map(|pattern| pattern.dfa().states());
        let time = on_core() - start;
        assert!(time < LIMIT, "{text}: {states:?}, {time:?}");
    }
}

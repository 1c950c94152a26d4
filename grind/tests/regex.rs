//! Regular expressions: what they match is what the library that the dialect comes from says they match.

use proptest::prelude::*;
use vanikeys_grind::{Kind, Pattern, PatternError, PatternSpec, Target};

/// Parts that are hard on automata.
const PARTS: &[&str] = &[
    "a",
    "[ab]",
    "(a|b)*",
    ".*",
    ".",
    "b",
    "(ab|c)?",
    "[a-m]{3}",
    r"\w{2}",
    "(go|be)+",
    "$",
    "^",
    "(a|.b){1,4}",
    r"\d",
    "x?y?",
    "|",
    "((ab)*c){0,3}",
    "(?i)q",
    r"\b",
    r"\B",
    r"\pL",
    "[^a-z]",
    "(?:A|é)",
    r"\W?",
    "[[:upper:]]",
];

fn expression() -> impl Strategy<Value = String> {
    let part = prop::sample::select(PARTS).prop_map(str::to_owned);
    prop::collection::vec(part, 1..8).prop_map(|parts| parts.concat())
}

fn refused(text: &str) -> PatternError {
    Pattern::compile(&PatternSpec::new(Kind::Regex, text)).expect_err("refused")
}

#[test]
fn refusals_name_their_cause() {
    let unclosed = PatternError::BadRegex { reason: "unclosed group".to_owned(), position: Some(2) };
    assert_eq!(refused("ab(c"), unclosed);
    assert_eq!(refused(""), PatternError::Empty);
    assert!(matches!(refused(&"a".repeat(129)), PatternError::TooLong { found: 129, limit: 128, .. }));
    assert!(matches!(refused("(((a{9}){9}){9}){9}"), PatternError::TooComplex { .. }));
    for spec in [PatternSpec::new(Kind::Regex, "a").fuzzy(), PatternSpec::new(Kind::Regex, "a").case_insensitive()] {
        assert!(matches!(Pattern::compile(&spec), Err(PatternError::OptionNotForRegex { .. })));
    }
}

#[test]
fn a_match_is_reported_with_its_place() {
    let pattern = Pattern::compile(&PatternSpec::new(Kind::Regex, "b[0-9]+")).expect("possible");
    let score = pattern.score("aab42zzb7");
    assert_eq!((score.matched, score.of, score.missing.len()), (1, 1, 0));
    assert_eq!((score.matches[0].position, score.matches[0].found.as_str()), (2, "b42"));
    assert_eq!(pattern.score("aaa").missing, ["b[0-9]+"]);
}

proptest! {
    /// Both matchers of a regex against the library's own engine on the expression as it was written.
    #[test]
    fn a_regex_means_what_the_library_says(text in expression(), target in prop::sample::select(Target::ALL), keys in prop::collection::vec(any::<[u8; 32]>(), 20)) {
        let reference = regex_automata::meta::Regex::new(&text);
        match Pattern::compile(&PatternSpec::new(Kind::Regex, &text).target(target)) {
            Ok(pattern) => for key in keys {
                let text = target.encode(&key);
                let expected = reference.as_ref().expect("read by both").is_match(&text);
                prop_assert_eq!(pattern.matches(&text), expected, "{}", &text);
                prop_assert_eq!(pattern.dfa().run(&target.alphabet().digits(&text).expect("its own")), u8::from(expected));
            },
            Err(PatternError::Impossible(_)) => for key in keys {
                prop_assert!(!reference.as_ref().expect("read by both").is_match(&target.encode(&key)[..]));
            },
            Err(PatternError::BadRegex { .. }) => prop_assert!(reference.is_err()),
            Err(_) => {}
        }
    }
}

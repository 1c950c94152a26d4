//! Patterns from outside: their JSON, when two count as the same, and the score of a text.

use vanikeys_grind::{Kind, Pattern, PatternSpec, Target};

fn compile(spec: &PatternSpec) -> Pattern {
    Pattern::compile(spec).unwrap_or_else(|error| panic!("{spec:?}: {error}"))
}

#[test]
fn json_is_that_of_the_interface() {
    let full = r#"{"text":"GO BE AWE SOME","kind":"sequence","target":"did","caseInsensitive":true,"fuzzy":true}"#;
    let spec: PatternSpec = serde_json::from_str(full).expect("all members");
    assert_eq!(spec, PatternSpec::new(Kind::Sequence, "GO BE AWE SOME").case_insensitive().fuzzy());
    assert_eq!(serde_json::to_string(&spec).expect("JSON"), full);
    let short: PatternSpec = serde_json::from_str(r#"{"text":"gacha"}"#).expect("the rest has defaults");
    assert_eq!(short, PatternSpec::new(Kind::Prefix, "gacha").target(Target::Did));
    assert!(serde_json::from_str::<PatternSpec>(r#"{"text":"a","ignoreCase":true}"#).is_err());
    assert!(serde_json::from_str::<PatternSpec>(r#"{"kind":"prefix"}"#).is_err());
}

#[test]
fn same_patterns_have_the_same_key() {
    let key = |spec: PatternSpec| compile(&spec).key();
    let sequence = PatternSpec::new(Kind::Sequence, "Go BE  aWE\tsome");
    assert_eq!(key(sequence.clone()), "did:sequence:--:Go BE aWE some");
    let other_case = PatternSpec::new(Kind::Sequence, " go be AWE SOME ").case_insensitive();
    assert_eq!(key(sequence.clone().case_insensitive()), key(other_case));
    let keys = [
        key(sequence.clone()),
        key(sequence.clone().fuzzy()),
        key(sequence.clone().case_insensitive()),
        key(sequence.target(Target::Ssh)),
        key(PatternSpec::new(Kind::Contains, "Go")),
        key(PatternSpec::new(Kind::Suffix, "Go")),
    ];
    assert!(keys.iter().enumerate().all(|(i, key)| !keys[..i].contains(key)), "{keys:?}");
}

/// Text, position, found, exact.
type Found = (String, usize, String, bool);

fn score(spec: &PatternSpec, text: &str) -> (u8, Vec<Found>, Vec<String>) {
    let score = compile(spec).score(text);
    assert_eq!(usize::from(score.of), score.matches.len() + score.missing.len());
    let matches = score.matches.into_iter().map(|m| (m.text, m.position, m.found, m.exact)).collect();
    (score.matched, matches, score.missing)
}

fn at(text: &str, position: usize, found: &str) -> Found {
    (text.to_owned(), position, found.to_owned(), text == found)
}

#[test]
fn a_score_names_what_was_found_and_what_is_missing() {
    let spec = PatternSpec::new(Kind::Sequence, "GO BE AWE SOME").case_insensitive().fuzzy();
    let (matched, matches, missing) = score(&spec, "xxgoxxB3xxSoMExx");
    assert_eq!((matched, missing), (3, vec!["AWE".to_owned()]));
    assert_eq!(matches, [at("GO", 2, "go"), at("BE", 6, "B3"), at("SOME", 10, "SoME")]);
    assert_eq!(score(&spec, "zzzz"), (0, vec![], ["GO", "BE", "AWE", "SOME"].map(str::to_owned).to_vec()));
    assert_eq!(score(&spec, "gobe4wesome").0, 4);
}

#[test]
fn order_and_overlap_count() {
    let spec = PatternSpec::new(Kind::Sequence, "aba ab ba");
    // One after the other: "aba" takes what "ab" and "ba" would share.
    assert_eq!(score(&spec, "abab").1, [at("aba", 0, "aba")]);
    assert_eq!(score(&spec, "abba").1, [at("ab", 0, "ab"), at("ba", 2, "ba")]);
    assert_eq!(score(&spec, "baab").0, 1);
    assert_eq!(score(&spec, "abaabba").0, 3);
}

#[test]
fn among_equals_the_leftmost() {
    let spec = PatternSpec::new(Kind::Sequence, "aa bb cc");
    // "bb aa": either alone, never both in order.
    assert_eq!(score(&spec, "xbbxaa").1, [at("bb", 1, "bb")]);
    assert_eq!(score(&spec, "ccxaaxaabb").1, [at("aa", 3, "aa"), at("bb", 8, "bb")]);
}

#[test]
fn single_substrings_are_found_at_their_place_only() {
    let found = |kind, text: &str| score(&PatternSpec::new(kind, "ma"), text);
    assert_eq!(found(Kind::Prefix, "mama").1, [at("ma", 0, "ma")]);
    assert_eq!(found(Kind::Suffix, "mama").1, [at("ma", 2, "ma")]);
    assert_eq!(found(Kind::Contains, "xmama").1, [at("ma", 1, "ma")]);
    assert_eq!(found(Kind::Prefix, "xma").2, ["ma"]);
    assert_eq!(found(Kind::Suffix, "max").2, ["ma"]);
}

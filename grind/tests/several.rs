//! Any of several patterns in one search: odds of the union, which of them it was, and what is refused.

use num_bigint::BigUint;
use vanikeys_grind::{
    Kind, Pattern, PatternError, PatternSpec, Target,
    pattern::MAX_ANY,
    search::{ExpandedSearch, Outcome, Progress, Search, SearchLimits},
};

fn one(kind: Kind, text: &str, target: Target) -> PatternSpec {
    PatternSpec::new(kind, text).target(target)
}

fn compile(patterns: Vec<PatternSpec>) -> Pattern {
    Pattern::compile(&PatternSpec::any(patterns)).expect("possible")
}

fn count(spec: &PatternSpec) -> BigUint {
    Pattern::compile(spec).map_or(BigUint::ZERO, |pattern| pattern.odds().count().clone())
}

/// Inclusion and exclusion, the intersections written out as patterns of their own.
#[test]
fn odds_are_those_of_the_union() {
    let hex = |kind, text: &str| one(kind, text, Target::Hex);
    let (a, b) = (hex(Kind::Prefix, "ab"), hex(Kind::Suffix, "cd"));
    let both = count(&hex(Kind::Regex, "^ab.*cd$"));
    assert_eq!(*compile(vec![a.clone(), b.clone()]).odds().count(), count(&a) + count(&b) - both);
    // Prefixes of which none begins another share no key, and one that begins another holds it.
    let words = ["cafe", "babe", "dead", "beef"].map(|word| hex(Kind::Prefix, word));
    assert_eq!(compile(words.to_vec()).odds().one_in_text(), "16384");
    let nested = vec![hex(Kind::Prefix, "cafe"), hex(Kind::Prefix, "ca"), hex(Kind::Prefix, "caf")];
    assert_eq!(compile(nested).odds().one_in_text(), "256");
    // Three that may all be there at once.
    let (a, b, c) = (hex(Kind::Prefix, "ab"), hex(Kind::Contains, "123"), hex(Kind::Regex, "[0-7]$"));
    let ab = count(&hex(Kind::Regex, "^ab.*123"));
    let ac = count(&hex(Kind::Regex, "^ab.*[0-7]$"));
    let bc = count(&hex(Kind::Regex, "123.*[0-7]$|123$"));
    let abc = count(&hex(Kind::Regex, "^ab.*123.*[0-7]$|^ab.*123$"));
    let union = count(&a) + count(&b) + count(&c) + abc - ab - ac - bc;
    assert_eq!(*compile(vec![a, b, c]).odds().count(), union);
}

#[test]
fn sixteen_words_are_counted_and_matched() {
    let words = "moon star sun sky rain snow wind tree leaf bird wolf bear fox hare deer fish";
    let all: Vec<_> = words.split(' ').map(|word| one(Kind::Contains, word, Target::Did).case_insensitive()).collect();
    assert_eq!(all.len(), MAX_ANY);
    let pattern = compile(all.clone());
    let sum: f64 = all.iter().map(|one| Pattern::compile(one).expect("possible").odds().probability()).sum();
    // A little less than the sum, for keys that have two of them.
    assert!((0.995 * sum..sum).contains(&pattern.odds().probability()), "{} {sum}", pattern.odds().probability());
    let text = "abcWOLFxyzMooN12345678912345678912345678abcd";
    assert_eq!(pattern.which(text).map(|one| one.spec().text.as_str()), Some("moon"));
    let score = pattern.score(text);
    assert_eq!((score.matched, score.of, score.matches[0].found.as_str()), (1, 1, "MooN"));
    assert_eq!(pattern.score("abc").missing, [words]);
    assert_eq!(pattern.which("abc").map(Pattern::spec), None);
}

#[test]
fn patterns_that_count_as_the_same_have_one_key() {
    let did = |text: &str| one(Kind::Prefix, text, Target::Did).case_insensitive();
    assert_eq!(compile(vec![did("moon"), did("kelp")]).key(), compile(vec![did("KELP"), did("Moon")]).key());
    assert_ne!(compile(vec![did("moon"), did("kelp")]).key(), compile(vec![did("moon")]).key());
}

#[test]
fn what_cannot_be_searched_at_once_is_refused() {
    let refused = |patterns| Pattern::compile(&PatternSpec::any(patterns)).expect_err("refused");
    let moon = one(Kind::Prefix, "moon", Target::Did);
    assert_eq!(refused(Vec::new()), PatternError::NotSoMany { found: 0, limit: MAX_ANY });
    assert_eq!(refused(vec![moon.clone(); 17]), PatternError::NotSoMany { found: 17, limit: MAX_ANY });
    let targets = PatternError::SeveralTargets { one: Target::Did, other: Target::Hex };
    assert_eq!(refused(vec![moon.clone(), one(Kind::Prefix, "ab", Target::Hex)]), targets);
    let error = refused(vec![moon.clone(), one(Kind::Prefix, "Zoe", Target::Did)]);
    assert!(matches!(&error, PatternError::OneOf { index: 1, .. }), "{error}");
    assert!(error.to_string().starts_with("pattern 2 of several, \"Zoe\": no key can match"), "{error}");
    let nested = PatternSpec { any: vec![PatternSpec::any(vec![moon.clone()])], ..PatternSpec::any(vec![moon]) };
    assert!(matches!(Pattern::compile(&nested), Err(PatternError::Nested)));
}

/// In every way that candidates are sieved, in both modes: each key that is found is one of those asked for, and each of them comes
/// about as often as its odds say.
#[test]
fn searches_find_all_of_them() {
    const RUNS: u32 = 120;
    let pool = rayon::ThreadPoolBuilder::new().num_threads(1).build().expect("a thread");
    let (limits, progress) = (SearchLimits::default(), Progress::new());
    for (target, parts) in [
        (Target::Did, [(Kind::Prefix, "m"), (Kind::Prefix, "k"), (Kind::Prefix, "hA")]),
        (Target::Did, [(Kind::Contains, "abc"), (Kind::Prefix, "mA"), (Kind::Suffix, "z9")]),
        (Target::Hex, [(Kind::Sequence, "ab cd"), (Kind::Regex, "^[0-3]a"), (Kind::Suffix, "ff")]),
        (Target::Wireguard, [(Kind::Prefix, "ab"), (Kind::Prefix, "x"), (Kind::Prefix, "+")]),
        (Target::Sui, [(Kind::Prefix, "ab"), (Kind::Prefix, "c"), (Kind::Prefix, "0")]),
        (Target::Aptos, [(Kind::Contains, "abc"), (Kind::Prefix, "c"), (Kind::Suffix, "00")]),
    ] {
        let pattern = compile(parts.iter().map(|(kind, text)| one(*kind, text, target)).collect());
        let mut seen = [0u32; 3];
        for run in 0..RUNS {
            let key = if run % 2 == 0 {
                match Search::new(&pattern).window(8).run(&pool, &limits, &progress) {
                    Ok(Outcome::Found(found)) => found.public_key,
                    other => panic!("{other:?}"),
                }
            } else {
                match ExpandedSearch::new(&pattern).run(&pool, &limits, &progress) {
                    Ok(Outcome::Found(found)) => found.public_key,
                    other => panic!("{other:?}"),
                }
            };
            let text = target.encode(&key);
            let which = pattern.which(&text).expect("one of them");
            seen[parts.iter().position(|(_, text)| which.spec().text == *text).expect("one of them")] += 1;
        }
        let all = pattern.odds().probability();
        for ((kind, text), seen) in parts.iter().zip(seen) {
            let share = Pattern::compile(&one(*kind, text, target)).expect("possible").odds().probability() / all;
            let (mean, sigma) = (f64::from(RUNS) * share, (f64::from(RUNS) * share * (1.0 - share)).sqrt());
            assert!((f64::from(seen) - mean).abs() < 6.0 * sigma + 2.0, "{target} {text}: {seen}, {mean}");
        }
    }
}

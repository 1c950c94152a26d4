//! Odds: the same set of keys described in two ways is counted alike, and prefixes split up exactly.

use num_bigint::BigUint;

use super::{spelled, target};
use crate::{Kind, Pattern, PatternError, PatternSpec};

/// Two bytes choose kind and target, the rest is spelled in the target's characters.
pub fn odds(data: &[u8]) {
    let [choice, of, rest @ ..] = data else { return };
    let target = target(*of);
    let kind = [Kind::Prefix, Kind::Suffix, Kind::Contains, Kind::Sequence][usize::from(*choice) % 4];
    let words: Vec<String> = rest.chunks(4).take(4).map(|word| spelled(target.alphabet(), word).collect()).collect();
    let Some(first) = words.first() else { return };
    let text = if kind == Kind::Sequence { words.join(" ") } else { first.clone() };
    let spec = PatternSpec { text, kind, target, case_insensitive: false, fuzzy: false, any: Vec::new() };
    let escaped = |word: &String| regex_syntax::escape(word);
    let expression = match kind {
        Kind::Prefix => format!("^{}", escaped(first)),
        Kind::Suffix => format!("{}$", escaped(first)),
        Kind::Sequence => words.iter().map(escaped).collect::<Vec<_>>().join(".*"),
        _ => escaped(first),
    };
    let as_regex = PatternSpec { text: expression, kind: Kind::Regex, ..spec.clone() };
    let Some(count) = count(&spec) else { return };
    if let Some(by_regex) = self::count(&as_regex) {
        assert_eq!(count, by_regex, "{spec:?} and {as_regex:?}");
    }
    if kind == Kind::Prefix || kind == Kind::Suffix {
        // Every text goes on, so that those with one more character add up. Texts of nothing but the pattern are too short for that.
        let alphabet = target.alphabet();
        let more = (0..alphabet.base()).map(|digit| {
            let character = alphabet.character(digit as u8);
            let text = if kind == Kind::Prefix { format!("{first}{character}") } else { format!("{character}{first}") };
            self::count(&PatternSpec { text, ..spec.clone() }).unwrap_or_default()
        });
        assert_eq!(count, more.sum::<BigUint>(), "{spec:?} and one character more");
    }
}

/// How many keys match; none for limits that are exceeded.
fn count(spec: &PatternSpec) -> Option<BigUint> {
    match Pattern::compile(spec) {
        Ok(pattern) => Some(pattern.odds().count().clone()),
        Err(PatternError::Impossible(_)) => Some(BigUint::ZERO),
        Err(_) => None,
    }
}

//! Why no key matches a pattern, where in its text, and which patterns near it are possible.

use super::{Impossible, Pattern, PatternSpec, Suggestion, parse};
use crate::{alphabet::CharSet, kind::Kind, target::Target};

/// Suggestions given at most.
const MAX_SUGGESTIONS: usize = 4;

/// Explains a pattern whose count of keys is zero.
pub(super) fn explain(pattern: &Pattern) -> Impossible {
    let spec = pattern.spec();
    if spec.kind == Kind::Regex {
        let reason = format!("no {} text of a key can match this expression", spec.target);
        return Impossible { position: 0, character: None, reason, suggestions: suggest_regex(spec) };
    }
    let (position, reason) = absent(pattern).or_else(|| out_of_range(spec)).unwrap_or_else(|| too_much(spec));
    let character = spec.text.chars().nth(position);
    Impossible { position, character, reason, suggestions: suggest(spec, position) }
}

/// The first character that nothing in the alphabet matches.
fn absent(pattern: &Pattern) -> Option<(usize, String)> {
    let alphabet = pattern.target().alphabet();
    for substring in &pattern.0.substrings {
        for (i, (set, character)) in substring.sets.iter().zip(substring.text.chars()).enumerate() {
            if set.is_empty() {
                let reason = format!("{character:?} does not occur in {}", alphabet.name());
                return Some((substring.position + i, reason));
            }
        }
    }
    None
}

/// The first character of a prefix, or the last of a suffix, where the numbers behind the keys give no choice.
fn out_of_range(spec: &PatternSpec) -> Option<(usize, String)> {
    let text: Vec<char> = spec.text.chars().collect();
    let part = |range: std::ops::Range<usize>| PatternSpec { text: text[range].iter().collect(), ..spec.clone() };
    match spec.kind {
        Kind::Prefix => {
            let position = (0..text.len()).find(|&i| !is_possible(&part(0..i + 1)))?;
            let before = format!("{}{}", spec.target.lead(), part(0..position).text);
            let choice = followers(spec, &part(0..position));
            Some((position, format!("after {before:?} only {choice} can follow, not {:?}", text[position])))
        }
        Kind::Suffix => {
            let position = (0..text.len()).rev().find(|&i| !is_possible(&part(i..text.len())))?;
            Some((position, format!("no key's text ends with {:?}", part(position..text.len()).text)))
        }
        _ => None,
    }
}

fn too_much(spec: &PatternSpec) -> (usize, String) {
    (0, format!("the text of a {} key has no room for it", spec.target))
}

fn is_possible(spec: &PatternSpec) -> bool {
    Pattern::count(spec).is_ok_and(|pattern| pattern.odds().count().bits() > 0)
}

/// The characters that can follow a possible prefix, as ranges such as `e-k or m-w`.
fn followers(spec: &PatternSpec, before: &PatternSpec) -> String {
    let alphabet = spec.target.alphabet();
    let exact = PatternSpec { case_insensitive: false, fuzzy: false, ..before.clone() };
    let follows = |digit: &u8| {
        let text = format!("{}{}", exact.text, alphabet.character(*digit));
        is_possible(&PatternSpec { text, ..exact.clone() })
    };
    let set: CharSet = (0..alphabet.base() as u8).filter(follows).collect();
    let mut runs: Vec<(u8, u8)> = Vec::new();
    for digit in set.iter() {
        match runs.last_mut() {
            Some((_, end)) if *end + 1 == digit && same_kind(spec.target, *end, digit) => *end = digit,
            _ => runs.push((digit, digit)),
        }
    }
    let name = |&(start, end): &(u8, u8)| match (alphabet.character(start), alphabet.character(end)) {
        (a, b) if a == b => a.to_string(),
        (a, b) => format!("{a}-{b}"),
    };
    let names: Vec<String> = runs.iter().map(name).collect();
    match names.split_last() {
        Some((last, others)) if !others.is_empty() => format!("{} or {last}", others.join(", ")),
        _ => names.concat(),
    }
}

/// Whether two neighbouring digits are neighbours to a reader as well.
fn same_kind(target: Target, a: u8, b: u8) -> bool {
    let alphabet = target.alphabet();
    alphabet.character(a) as u32 + 1 == alphabet.character(b) as u32
}

/// Possible patterns, nearest first: an option switched on, the character replaced, or another place in the text.
fn suggest(spec: &PatternSpec, position: usize) -> Vec<Suggestion> {
    let mut candidates = Vec::new();
    let mut add = |description: String, pattern: PatternSpec| {
        if pattern != *spec {
            candidates.push(Suggestion { description, pattern });
        }
    };
    add("ignore case".to_owned(), spec.clone().case_insensitive());
    add("allow look-alikes".to_owned(), spec.clone().fuzzy());
    let character = spec.text.chars().nth(position).unwrap_or_default();
    for other in replacements(character) {
        let text = spec.text.chars().enumerate().map(|(i, c)| if i == position { other } else { c }).collect();
        add(format!("write {other:?} for {character:?}"), PatternSpec { text, ..spec.clone() });
    }
    add("ignore case and allow look-alikes".to_owned(), spec.clone().case_insensitive().fuzzy());
    let contains = PatternSpec { kind: Kind::Contains, ..spec.clone() };
    if matches!(spec.kind, Kind::Prefix | Kind::Suffix) {
        add("let it stand anywhere".to_owned(), contains.clone());
        add("let it stand anywhere and ignore case".to_owned(), contains.case_insensitive());
    }
    let without: String =
        spec.text.chars().enumerate().filter(|(i, _)| *i != position).map(|(_, character)| character).collect();
    add(format!("leave out {character:?}"), PatternSpec { text: without, ..spec.clone() });
    candidates.retain(|suggestion| is_possible(&suggestion.pattern));
    candidates.truncate(MAX_SUGGESTIONS);
    candidates
}

/// For an expression: the same without case, or without anchors.
fn suggest_regex(spec: &PatternSpec) -> Vec<Suggestion> {
    let any_case = PatternSpec { text: format!("(?i){}", spec.text), ..spec.clone() };
    let inner = spec.text.trim_start_matches('^').trim_end_matches('$');
    let anywhere = PatternSpec { text: inner.to_owned(), ..spec.clone() };
    let candidates = [("ignore case with (?i)", any_case), ("leave out the anchors ^ and $", anywhere)];
    candidates
        .into_iter()
        .filter(|(_, pattern)| pattern != spec && is_possible(pattern))
        .map(|(description, pattern)| Suggestion { description: description.to_owned(), pattern })
        .collect()
}

/// What may stand for a character: its other case, then its look-alikes.
fn replacements(character: char) -> Vec<char> {
    let mut others = vec![character.to_ascii_lowercase(), character.to_ascii_uppercase()];
    others.extend(parse::look_alikes(character));
    others.retain(|&other| other != character);
    others
}

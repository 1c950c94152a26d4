//! How far one key meets a pattern: which substrings appear, where, and how many of them at once.
//!
//! This is the plain matcher. It knows nothing of automata or digits of numbers, so that it can judge what they say.

use serde::{Deserialize, Serialize};

use super::parse::Substring;
use crate::{alphabet::Alphabet, kind::Kind};

/// How far a key meets a pattern.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Score {
    /// The largest number of substrings that appear in order and without overlap.
    pub matched: u8,
    /// The number of substrings asked for; 1 for every kind but sequence.
    pub of: u8,
    /// Those that were matched, from left to right; among equally many the leftmost.
    pub matches: Vec<SubMatch>,
    /// The others, in the order of the pattern.
    pub missing: Vec<String>,
}

/// One substring that was found.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct SubMatch {
    /// As it was asked for.
    pub text: String,
    /// Character index in the matched text, which is the displayed one without its lead (for a `did`, after `z6Mk`).
    pub position: usize,
    /// As it stands in the key.
    pub found: String,
    /// Whether `found` and `text` are the same.
    pub exact: bool,
}

impl Score {
    /// Whether the pattern is met in full.
    pub fn is_full(&self) -> bool {
        self.matched == self.of
    }
}

/// Whether the substring stands at a place of the text.
fn stands_at(substring: &Substring, text: &[char], position: usize, alphabet: &Alphabet) -> bool {
    let Some(there) = text.get(position..position + substring.sets.len()) else { return false };
    substring.sets.iter().zip(there).all(|(set, &c)| alphabet.digit(c).is_some_and(|digit| set.contains(digit)))
}

/// Whether all substrings appear as the kind asks: taking each as early as possible leaves most room for the rest.
pub(crate) fn matches(kind: Kind, substrings: &[Substring], text: &str, alphabet: &Alphabet) -> bool {
    let text: Vec<char> = text.chars().collect();
    let mut from = 0;
    for substring in substrings {
        let found =
            places(kind, substring, text.len()).find(|&p| p >= from && stands_at(substring, &text, p, alphabet));
        let Some(position) = found else { return false };
        from = position + substring.sets.len();
    }
    true
}

/// Where the kind allows a substring to stand.
fn places(kind: Kind, substring: &Substring, length: usize) -> std::ops::Range<usize> {
    match (kind, length.checked_sub(substring.sets.len())) {
        (_, None) => 0..0,
        (Kind::Prefix, Some(_)) => 0..1,
        (Kind::Suffix, Some(last)) => last..last + 1,
        (_, Some(last)) => 0..last + 1,
    }
}

/// A choice of substrings and their places: (position, index), from left to right.
type Choice = Vec<(usize, usize)>;

/// The score of a text.
pub(crate) fn score(kind: Kind, substrings: &[Substring], text: &str, alphabet: &Alphabet) -> Score {
    let text: Vec<char> = text.chars().collect();
    let choice = best(kind, substrings, &text, alphabet);
    let matches: Vec<SubMatch> = choice
        .iter()
        .map(|&(position, index)| {
            let asked = &substrings[index];
            let found: String = text[position..position + asked.sets.len()].iter().collect();
            SubMatch { text: asked.text.clone(), position, exact: found == asked.text, found }
        })
        .collect();
    let missing = (0..substrings.len())
        .filter(|index| choice.iter().all(|(_, chosen)| chosen != index))
        .map(|index| substrings[index].text.clone())
        .collect();
    Score { matched: matches.len() as u8, of: substrings.len() as u8, matches, missing }
}

/// The largest choice; among equals the one whose positions are the lowest, compared from the left.
///
/// `table[j][p]` is the best choice of substrings from the `j`th on within the text from `p` on.
fn best(kind: Kind, substrings: &[Substring], text: &[char], alphabet: &Alphabet) -> Choice {
    let mut table = vec![vec![Choice::new(); text.len() + 1]; substrings.len() + 1];
    for position in (0..text.len()).rev() {
        for first in (0..substrings.len()).rev() {
            let mut chosen = table[first][position + 1].clone();
            for (index, substring) in substrings.iter().enumerate().skip(first) {
                let allowed = places(kind, substring, text.len()).contains(&position);
                if allowed && stands_at(substring, text, position, alphabet) {
                    let rest = &table[index + 1][position + substring.sets.len()];
                    let candidate: Choice = std::iter::once((position, index)).chain(rest.iter().copied()).collect();
                    if better(&candidate, &chosen) {
                        chosen = candidate;
                    }
                }
            }
            table[first][position] = chosen;
        }
    }
    std::mem::take(&mut table[0][0])
}

fn better(a: &Choice, b: &Choice) -> bool {
    a.len() > b.len() || a.len() == b.len() && a < b
}

//! From the text of a pattern to its substrings, and from each of their characters to the set of digits that may match it.

use super::{PatternError, PatternSpec};
use crate::{
    alphabet::{Alphabet, CharSet},
    kind::Kind,
};

/// Most substrings of a sequence.
pub const MAX_SUBSTRINGS: usize = 8;
/// Most characters of one substring.
pub const MAX_SUBSTRING: usize = 16;
/// Most characters of all substrings together.
pub const MAX_TOTAL: usize = 40;

/// Characters that look alike; the digit comes first.
const LOOK_ALIKES: [&str; 7] = ["0O", "1IL", "3E", "4A", "5S", "7T", "8B"];

/// One substring of a pattern.
#[derive(Clone, Debug)]
pub(crate) struct Substring {
    /// As it was asked for.
    pub(crate) text: String,
    /// Character index of its first character in the text of the pattern.
    pub(crate) position: usize,
    /// What may match each of its characters.
    pub(crate) sets: Vec<CharSet>,
}

/// Splits a pattern of any kind but regex into its substrings and checks the limits.
pub(super) fn substrings(spec: &PatternSpec) -> Result<Vec<Substring>, PatternError> {
    let alphabet = spec.target.alphabet();
    let mut found: Vec<Substring> = Vec::new();
    let mut between = true;
    let mut total = 0;
    for (position, character) in spec.text.chars().enumerate() {
        if character.is_whitespace() {
            if spec.kind != Kind::Sequence {
                return Err(PatternError::WhiteSpace { kind: spec.kind, position });
            }
            between = true;
            continue;
        }
        if between {
            found.push(Substring { text: String::new(), position, sets: Vec::new() });
            between = false;
        }
        total += 1;
        // A text of megabytes is counted, not stored.
        if total <= MAX_TOTAL + MAX_SUBSTRING {
            let last = found.last_mut().expect("pushed above");
            last.text.push(character);
            last.sets.push(matching(character, alphabet, spec.case_insensitive, spec.fuzzy));
        }
    }
    check_limits(spec.kind, &found, total)?;
    Ok(found)
}

fn check_limits(kind: Kind, found: &[Substring], total: usize) -> Result<(), PatternError> {
    if found.is_empty() {
        return Err(PatternError::Empty);
    }
    if found.len() > MAX_SUBSTRINGS {
        return Err(PatternError::TooManySubstrings { found: found.len(), limit: MAX_SUBSTRINGS });
    }
    if let Some(long) = found.iter().find(|s| s.sets.len() > MAX_SUBSTRING) {
        let length = if found.len() == 1 { total } else { long.sets.len() };
        let text = long.text.chars().take(MAX_TOTAL).collect();
        return Err(PatternError::SubstringTooLong { text, found: length, limit: MAX_SUBSTRING });
    }
    if total > MAX_TOTAL {
        return Err(PatternError::TooLong { kind, found: total, limit: MAX_TOTAL });
    }
    Ok(())
}

/// The digits that match one character of a pattern.
///
/// Fuzzy adds the members of its look-alike group: digits as they are, letters in the case of the pattern's character
/// (upper case for a digit). Case-insensitive adds the other case of every letter so far.
pub(super) fn matching(character: char, alphabet: &Alphabet, case_insensitive: bool, fuzzy: bool) -> CharSet {
    let mut accepted = vec![character];
    if fuzzy {
        let upper = character.to_ascii_uppercase();
        if let Some(group) = LOOK_ALIKES.iter().find(|group| group.contains(upper)) {
            let lower = character.is_ascii_lowercase();
            accepted.extend(group.chars().map(|c| if lower { c.to_ascii_lowercase() } else { c }));
        }
    }
    if case_insensitive {
        let other: Vec<char> = accepted.iter().flat_map(|c| [c.to_ascii_lowercase(), c.to_ascii_uppercase()]).collect();
        accepted.extend(other);
    }
    alphabet.set(accepted)
}

/// The look-alikes of a character, itself left out, letters in both cases.
pub(crate) fn look_alikes(character: char) -> impl Iterator<Item = char> {
    let upper = character.to_ascii_uppercase();
    let group = LOOK_ALIKES.iter().find(move |group| group.contains(upper)).copied().unwrap_or_default();
    group.chars().flat_map(|c| [c, c.to_ascii_lowercase()]).filter(move |&c| !c.eq_ignore_ascii_case(&character))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::alphabet::{BASE32, BASE58, BASE64};

    fn matched(character: char, alphabet: &Alphabet, case_insensitive: bool, fuzzy: bool) -> String {
        matching(character, alphabet, case_insensitive, fuzzy).iter().map(|d| alphabet.character(d)).collect()
    }

    #[test]
    fn fuzzy_keeps_the_case_of_the_character() {
        assert_eq!(matched('E', &BASE58, false, true), "3E");
        assert_eq!(matched('e', &BASE58, false, true), "3e");
        assert_eq!(matched('3', &BASE58, false, true), "3E");
        assert_eq!(matched('3', &BASE58, true, true), "3Ee");
        assert_eq!(matched('l', &BASE64, false, true), "il1");
    }

    #[test]
    fn absent_characters_count_through_their_partners() {
        assert_eq!(matched('O', &BASE58, false, true), "");
        assert_eq!(matched('O', &BASE58, true, false), "o");
        assert_eq!(matched('0', &BASE58, true, true), "o");
        assert_eq!(matched('l', &BASE58, false, true), "1i");
        assert_eq!(matched('l', &BASE58, true, true), "1Li");
        assert_eq!(matched('Q', &BASE32, false, true), "");
        assert_eq!(matched('Q', &BASE32, true, false), "q");
    }

    #[test]
    fn limits_name_what_was_passed() {
        let refused = |kind, text: &str| substrings(&PatternSpec::new(kind, text)).expect_err("over a limit");
        assert_eq!(refused(Kind::Prefix, ""), PatternError::Empty);
        assert_eq!(refused(Kind::Sequence, " \t"), PatternError::Empty);
        assert_eq!(refused(Kind::Prefix, "a b"), PatternError::WhiteSpace { kind: Kind::Prefix, position: 1 });
        let long = PatternError::SubstringTooLong { text: "a".repeat(17), found: 17, limit: 16 };
        assert_eq!(refused(Kind::Prefix, &"a".repeat(17)), long);
        assert_eq!(
            refused(Kind::Sequence, "a b c d e f g h i"),
            PatternError::TooManySubstrings { found: 9, limit: 8 }
        );
        let total = PatternError::TooLong { kind: Kind::Sequence, found: 42, limit: 40 };
        assert_eq!(refused(Kind::Sequence, &["abcdefghijklmn"; 3].join(" ")), total);
        assert!(matches!(refused(Kind::Contains, &"z".repeat(1 << 20)), PatternError::SubstringTooLong { .. }));
    }
}

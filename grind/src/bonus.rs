//! Bonus finds: common English words that stand in the text of a key by luck. The list and its licence are in `data/`.

use serde::{Deserialize, Serialize};

/// Words of three to eight lower-case letters, one a line.
const WORDS: &str = include_str!("../data/words.txt");
/// Finds that are reported at most.
pub const MAX_FINDS: usize = 5;

/// A word in the text of a key.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct Bonus {
    /// The word, in lower case.
    pub word: String,
    /// Character index in the matched text, as in [`SubMatch`](crate::pattern::SubMatch).
    pub position: usize,
    /// As it stands in the key.
    pub found: String,
}

/// The words in a text, longest first, then from left to right, each once and five at most.
///
/// Case does not matter, and the digits that look like letters are read as letters (`0` as `o`, `1` as `i` or `l` and so on).
pub fn finds(text: &str) -> Vec<Bonus> {
    let characters: Vec<char> = text.chars().collect();
    let mut found: Vec<Bonus> = WORDS.lines().filter_map(|word| find(word, &characters)).collect();
    found.sort_by_key(|bonus| (std::cmp::Reverse(bonus.word.len()), bonus.position));
    found.truncate(MAX_FINDS);
    found
}

/// The leftmost place of a word.
fn find(word: &str, text: &[char]) -> Option<Bonus> {
    let mut places = text.windows(word.len());
    let position = places.position(|there| word.chars().zip(there).all(|(letter, &c)| reads_as(c, letter)))?;
    let found = text[position..position + word.len()].iter().collect();
    Some(Bonus { word: word.to_owned(), position, found })
}

/// Whether a character of a key can be read as a lower-case letter.
fn reads_as(character: char, letter: char) -> bool {
    let letters = match character {
        '0' => "o",
        '1' => "il",
        '3' => "e",
        '4' => "a",
        '5' => "s",
        '7' => "t",
        '8' => "b",
        other => return other.eq_ignore_ascii_case(&letter),
    };
    letters.contains(letter)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn longest_first_then_from_the_left() {
        let found = finds("xxG4meqqqAw3SoMezzCAT");
        let words: Vec<_> = found.iter().map(|b| (b.word.as_str(), b.position, b.found.as_str())).collect();
        assert_eq!(words[0], ("awesome", 9, "Aw3SoMe"));
        assert_eq!(words[1], ("game", 2, "G4me"));
        assert!(words.contains(&("some", 12, "SoMe")), "{words:?}");
        assert!(found.len() <= MAX_FINDS);
    }

    #[test]
    fn one_is_read_as_i_or_l() {
        assert_eq!(finds("zz1akezz")[0].word, "lake");
        assert_eq!(finds("zzm1ndzz")[0].word, "mind");
        assert_eq!(finds("zz"), []);
    }

    #[test]
    fn the_list_is_what_it_says() {
        let words: Vec<&str> = WORDS.lines().collect();
        assert!(words.len() > 3000);
        assert!(words.is_sorted() && words.windows(2).all(|pair| pair[0] != pair[1]));
        assert!(words.iter().all(|w| (3..=8).contains(&w.len()) && w.bytes().all(|b| b.is_ascii_lowercase())));
    }
}

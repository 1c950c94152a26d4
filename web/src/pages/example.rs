//! What a key with a pattern would look like: a made-up text of the target with the pattern put where it would stand.
//! Only a picture; the odds are counted elsewhere.

use vanikeys_grind::{Kind, PatternSpec, Target};

use super::board::Board;

/// The key behind every picture: BLAKE3 of a few words, so that nobody holds its private part.
fn anyone() -> [u8; 32] {
    blake3::hash(b"a key that nobody has").into()
}

/// What the empty board shows: three of four words of a sequence, as a pull might bring them.
pub(crate) fn first() -> Board {
    Board::with_spans("t3468Go5643BeE3596Some7QvX2nRk1YpLh9WcTz4uaJ", &[(5, 2), (11, 2), (18, 4)])
}

/// A key of the target without anything in it.
pub(crate) fn plain(target: Target) -> Board {
    Board::with_spans(&target.encode(&anyone()), &[])
}

/// A key with the pattern in it, or with the first of several. A regular expression has no one shape, so nothing is lit for it.
pub(crate) fn of(spec: &PatternSpec) -> Board {
    let spec = spec.first();
    let mut text: Vec<char> = spec.target.encode(&anyone()).chars().collect();
    let letters = |word: &str| word.chars().map(|letter| standing(letter, spec)).collect::<Vec<char>>();
    let words: Vec<Vec<char>> = match spec.kind {
        Kind::Regex | Kind::Any => Vec::new(),
        Kind::Prefix | Kind::Suffix | Kind::Contains | Kind::Sequence => {
            spec.text.split_whitespace().map(letters).collect()
        }
    };
    let letters: usize = words.iter().map(Vec::len).sum();
    let room = text.len().saturating_sub(letters);
    let mut at = match spec.kind {
        Kind::Prefix => 0,
        Kind::Suffix => room,
        Kind::Sequence => room / (words.len() + 1),
        Kind::Contains | Kind::Regex | Kind::Any => room / 3,
    };
    let mut spans = Vec::new();
    for word in &words {
        if at + word.len() > text.len() {
            break;
        }
        text[at..at + word.len()].copy_from_slice(word);
        spans.push((at, word.len()));
        at += word.len() + room / (words.len() + 1);
    }
    Board::with_spans(&text.into_iter().collect::<String>(), &spans)
}

/// The letter as it can stand in a key of the target: itself, in the other case, or a look-alike.
fn standing(letter: char, spec: &PatternSpec) -> char {
    let there = |letter: &char| spec.target.alphabet().digit(*letter).is_some();
    let other =
        |letter: char| if letter.is_lowercase() { letter.to_ascii_uppercase() } else { letter.to_ascii_lowercase() };
    let group = ["0O", "1IL", "3E", "4A", "5S", "7T", "8B"]
        .into_iter()
        .find(|group| group.contains(letter.to_ascii_uppercase()));
    let alike = group.into_iter().flat_map(str::chars).flat_map(|letter| [letter, letter.to_ascii_lowercase()]);
    [letter, other(letter)].into_iter().chain(alike).find(there).unwrap_or(letter)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn lit(board: &Board) -> String {
        board.groups.concat().iter().filter(|tile| tile.lit).map(|tile| tile.letter).collect()
    }

    #[test]
    fn a_pattern_stands_where_it_would() {
        assert_eq!(lit(&of(&PatternSpec::new(Kind::Prefix, "mvp4"))), "mvp4");
        assert!(of(&PatternSpec::new(Kind::Suffix, "end")).said().contains("end; lit: end"));
        assert_eq!(lit(&of(&PatternSpec::new(Kind::Sequence, "go be awe").case_insensitive())), "gobeawe");
        assert_eq!(lit(&of(&PatternSpec::new(Kind::Contains, "HELLO").case_insensitive().fuzzy())), "HELLo");
        assert_eq!(lit(&of(&PatternSpec::new(Kind::Regex, "^[a-f]+"))), "");
    }

    #[test]
    fn what_is_longer_than_a_key_is_left_out() {
        let long = "abcdefgh ".repeat(9);
        assert!(!lit(&of(&PatternSpec::new(Kind::Sequence, long.trim()))).is_empty());
    }
}

//! The split-flap board: a key's text on tiles, in even groups, with the matched spans lit.

use vanikeys_grind::pattern::SubMatch;

/// Tiles in one group; a line breaks between groups only.
const GROUP: usize = 4;

/// One letter.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Tile {
    /// The letter.
    pub(crate) letter: char,
    /// Whether it belongs to a match.
    pub(crate) lit: bool,
}

/// A text on tiles.
#[derive(Clone, Debug)]
pub(crate) struct Board {
    /// The tiles, in groups.
    pub(crate) groups: Vec<Vec<Tile>>,
    /// The whole text.
    text: String,
    /// The lit spans, as they stand.
    lit: Vec<String>,
}

impl Board {
    /// `text` with the spans of `matches` lit.
    pub(crate) fn new(text: &str, matches: &[SubMatch]) -> Self {
        let spans: Vec<_> = matches.iter().map(|found| (found.position, found.found.chars().count())).collect();
        Self::with_spans(text, &spans)
    }

    /// `text` with spans lit, each from a place on for so many letters.
    pub(crate) fn with_spans(text: &str, spans: &[(usize, usize)]) -> Self {
        let lit = |place: usize| spans.iter().any(|&(from, length)| (from..from + length).contains(&place));
        let tiles: Vec<_> = text.chars().enumerate().map(|(place, letter)| Tile { letter, lit: lit(place) }).collect();
        let groups = tiles.chunks(GROUP).map(<[Tile]>::to_vec).collect();
        let lit = spans.iter().map(|&(from, length)| text.chars().skip(from).take(length).collect()).collect();
        Self { groups, text: text.to_owned(), lit }
    }

    /// The board for those who hear it: the text, and what is lit in it.
    pub(crate) fn said(&self) -> String {
        if self.lit.is_empty() { self.text.clone() } else { format!("{}; lit: {}", self.text, self.lit.join(", ")) }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn matched_spans_are_lit() {
        let found = SubMatch { text: "GO".into(), position: 3, found: "Go".into(), exact: false };
        let board = Board::new("abcGodef", &[found]);
        let lit: String = board.groups.concat().iter().filter(|tile| tile.lit).map(|tile| tile.letter).collect();
        assert_eq!((board.groups.len(), lit.as_str()), (2, "Go"));
        assert_eq!(board.said(), "abcGodef; lit: Go");
    }
}

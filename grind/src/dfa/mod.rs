//! Deterministic automata over the digits of a target's text: dense tables, one byte class per row of digits that no
//! pattern tells apart.
//!
//! Odds are counted over them, and the search may run them. Patterns of every kind become one; see `explore`
//! for how a table is made, `substrings` and `regex` for what its states mean.

pub(crate) mod explore;
pub(crate) mod product;
pub(crate) mod regex;
pub(crate) mod substrings;

use crate::alphabet::CharSet;

/// A deterministic finite automaton over digits.
///
/// Every state has a *score*: how many substrings are matched if the text ends there (for a regex 1 or 0).
#[derive(Clone, Debug)]
pub struct Dfa {
    classes: [u8; 64],
    class_sets: Vec<CharSet>,
    table: Vec<u32>,
    scores: Vec<u8>,
    full: u8,
}

/// The state that every automaton starts in.
pub const START: u32 = 0;

impl Dfa {
    /// The number of states; they are numbered from 0, the start.
    pub fn states(&self) -> usize {
        self.scores.len()
    }

    /// The class of each digit; digits past the alphabet have class 0.
    pub fn classes(&self) -> &[u8; 64] {
        &self.classes
    }

    /// The digits of each class.
    pub fn class_sets(&self) -> &[CharSet] {
        &self.class_sets
    }

    /// All transitions: row after row of states, one entry per class.
    pub fn table(&self) -> &[u32] {
        &self.table
    }

    /// The successors of a state, one per class.
    pub fn row(&self, state: u32) -> &[u32] {
        let width = self.class_sets.len();
        &self.table[state as usize * width..][..width]
    }

    /// The state after reading a digit below 64.
    pub fn next(&self, state: u32, digit: u8) -> u32 {
        self.row(state)[usize::from(self.classes[usize::from(digit)])]
    }

    /// How many substrings are matched if the text ends in this state.
    pub fn score(&self, state: u32) -> u8 {
        self.scores[state as usize]
    }

    /// The score of a full match.
    pub fn full(&self) -> u8 {
        self.full
    }

    /// Whether a text that ends in this state is matched in full.
    pub fn is_match(&self, state: u32) -> bool {
        self.score(state) == self.full
    }

    /// Whether the state is never left again, so that the rest of the text need not be read.
    pub fn is_settled(&self, state: u32) -> bool {
        self.row(state).iter().all(|&next| next == state)
    }

    /// The score of a whole text, given as digits.
    pub fn run(&self, digits: &[u8]) -> u8 {
        self.score(digits.iter().fold(START, |state, &digit| self.next(state, digit)))
    }
}

//! The automaton of substrings: prefix, suffix, contains and sequence, with the score of a sequence.
//!
//! The substrings lie side by side in one 64-bit word; a set bit says that the characters before it have just been read
//! (Shift-And, Baeza-Yates and Gonnet 1992). The score needs more than how far a full match has come:
//!
//! Let `M(j)` be the best score from the first `j` substrings alone, so `M(j) - M(j-1)` is 0 or 1. Taking substring `j` can
//! only improve `M(j)` while that difference is 0, and only by an occurrence that started when `M(j-1)` already had its
//! present value, for an earlier start would add one to a smaller number. So a state is the set of substrings whose
//! difference is 1 (`raised`), and for each of the others the occurrences begun since `M(j-1)` last rose.

use super::{
    Dfa,
    explore::{Machine, TooManyStates, explore, partition},
};
use crate::{alphabet::CharSet, kind::Kind};

struct Substrings {
    kind: Kind,
    /// Per class, the characters of the pattern that it may match.
    masks: Vec<u64>,
    /// Per substring, all its bits.
    whole: Vec<u64>,
    first: u64,
    last: u64,
}

#[derive(Clone, Copy, PartialEq, Eq, Hash)]
struct State {
    /// Characters awaited next.
    awaited: u64,
    /// Substrings `j` with `M(j) = M(j-1) + 1`; their bits in `awaited` are clear.
    raised: u8,
}

/// The automaton of substrings for texts of at most `length` digits. A prefix, suffix or contains has one substring.
pub(crate) fn automaton(
    kind: Kind,
    substrings: &[Vec<CharSet>],
    all: CharSet,
    length: usize,
    limit: usize,
) -> Result<Dfa, TooManyStates> {
    let sets: Vec<CharSet> = substrings.concat();
    let class_sets = partition(all, sets.iter().copied());
    let masks = class_sets
        .iter()
        .map(|class| (0..sets.len()).filter(|&i| sets[i].bits() & class.bits() != 0).fold(0, |m, i| m | 1 << i))
        .collect();
    let mut offset = 0;
    let mut whole = Vec::new();
    let (mut first, mut last) = (0, 0);
    for substring in substrings {
        first |= 1 << offset;
        whole.push(((1 << substring.len()) - 1) << offset);
        offset += substring.len();
        last |= 1 << (offset - 1);
    }
    explore(&Substrings { kind, masks, whole, first, last }, class_sets, substrings.len() as u8, length, limit)
}

impl Machine for Substrings {
    type State = State;

    fn start(&self) -> State {
        State { awaited: self.first, raised: 0 }
    }

    fn step(&self, state: State, class: usize) -> State {
        let read = state.awaited & self.masks[class];
        let awaited = (read & !self.last) << 1;
        let complete = read & self.last != 0;
        match self.kind {
            Kind::Prefix if complete => State { awaited: 0, raised: 1 },
            Kind::Prefix => State { awaited, ..state },
            Kind::Suffix => State { awaited: awaited | self.first, raised: complete.into() },
            _ if complete => self.rise(state.raised, read, awaited),
            _ => State { awaited: awaited | self.open(state.raised), ..state },
        }
    }

    fn score(&self, state: State) -> u8 {
        state.raised.count_ones() as u8
    }
}

impl Substrings {
    /// The first characters of the substrings that may still improve the score.
    fn open(&self, raised: u8) -> u64 {
        self.each(raised, false).fold(0, |bits, whole| bits | whole & self.first)
    }

    fn each(&self, raised: u8, value: bool) -> impl Iterator<Item = u64> {
        self.whole.iter().enumerate().filter(move |(j, _)| (raised >> j & 1 == 1) == value).map(|(_, &whole)| whole)
    }

    /// The state after some substring was completed: every `M(j)` anew, from left to right.
    fn rise(&self, raised: u8, read: u64, mut awaited: u64) -> State {
        let mut now_raised = 0;
        let (mut before, mut now) = (0u32, 0u32);
        for (j, &whole) in self.whole.iter().enumerate() {
            let before_j = before + u32::from(raised >> j & 1);
            let taken = if read & self.last & whole != 0 { before + 1 } else { 0 };
            let now_j = before_j.max(taken).max(now);
            if now != before || now_j != now {
                awaited &= !whole;
            }
            now_raised |= u8::from(now_j != now) << j;
            (before, now) = (before_j, now_j);
        }
        State { awaited: awaited | self.open(now_raised), raised: now_raised }
    }
}

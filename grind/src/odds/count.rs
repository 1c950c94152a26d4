//! Counting keys digit by digit over an automaton, exactly.
//!
//! The texts of a target are the digits of consecutive numbers. A number between two bounds first follows the digits of
//! the lower, the upper or both; at the first digit where it leaves them the rest is free. So it is enough to follow the two
//! bounds themselves, one state each, and to let everything that has left them flow through the automaton in bulk.

use num_bigint::BigUint;

use super::wide::Wide;
use crate::{
    alphabet::CharSet,
    dfa::{Dfa, START},
    target::KeyRange,
};

/// How many keys have each score: entry `k` counts those whose text ends in a state of score `k`.
///
/// `base` is that of the numbers; all digits of the automaton's classes must be below it.
pub(crate) fn by_score(dfa: &Dfa, base: usize, ranges: &[KeyRange]) -> Vec<BigUint> {
    let length = ranges.iter().map(|range| range.digits).max().unwrap_or(0);
    debug_assert!(ranges.windows(2).all(|pair| pair[0].tail == pair[1].tail), "one rule for last digits a target");
    let entries = entries(dfa, base, ranges, length);
    let edges = Edges::new(dfa);
    let mut now = vec![Wide::ZERO; dfa.states()];
    for (read, entering) in entries.iter().enumerate() {
        for &(state, keys) in entering {
            now[state as usize].add_small(keys.into());
        }
        if read < length {
            now = edges.step(dfa, &now, ranges[0].allowed(length - 1 - read));
        }
    }
    let mut counts = vec![Wide::ZERO; usize::from(dfa.full()) + 1];
    for (state, count) in now.iter().enumerate() {
        counts[usize::from(dfa.score(state as u32))].add_scaled(count, 1);
    }
    counts.into_iter().map(Wide::to_big).collect()
}

/// Where numbers leave their bounds: `entries[i]` lists (state, keys) from which the last `length - i` digits are free.
fn entries(dfa: &Dfa, base: usize, ranges: &[KeyRange], length: usize) -> Vec<Vec<(u32, u32)>> {
    let mut entries = vec![Vec::new(); length + 1];
    for range in ranges.iter().filter(|range| range.low < range.high) {
        let low = digits(&range.low, base, range.digits);
        let high = digits(&(&range.high - 1u8), base, range.digits);
        let lead = range.lead.iter().fold(START, |state, &digit| dfa.next(state, digit));
        let (mut on_low, mut on_high) = (Some(lead), Some(lead));
        let mut together = true;
        for (i, (&l, &h)) in low.iter().zip(&high).enumerate() {
            let set = range.allowed(range.digits - 1 - i);
            let allowed = |digit: &u8| set.contains(*digit);
            let into = &mut entries[length - range.digits + i + 1];
            let mut leave = |state: Option<u32>, digits: std::ops::Range<u8>| {
                let Some(state) = state else { return };
                into.extend(digits.filter(allowed).map(|digit| (dfa.next(state, digit), range.weight)));
            };
            if together {
                leave(on_low, l + 1..h);
            } else {
                leave(on_low, l + 1..base as u8);
                leave(on_high, 0..h);
            }
            together &= l == h;
            let follow = |state: Option<u32>, digit| state.filter(|_| allowed(&digit)).map(|s| dfa.next(s, digit));
            (on_low, on_high) = (follow(on_low, l), follow(on_high, h));
        }
        let both = if together { None } else { on_high };
        entries[length].extend(on_low.into_iter().chain(both).map(|state| (state, range.weight)));
    }
    entries
}

/// The digits of a number, most significant first, zeros in front.
fn digits(number: &BigUint, base: usize, count: usize) -> Vec<u8> {
    let mut digits = number.to_radix_le(base as u32);
    digits.resize(count, 0);
    digits.reverse();
    digits
}

/// The transitions of an automaton with those to the same state taken together.
struct Edges {
    /// Per state, where its edges start.
    starts: Vec<u32>,
    /// (successor, how many digits lead there)
    edges: Vec<(u32, u32)>,
}

impl Edges {
    fn new(dfa: &Dfa) -> Self {
        let mut starts = vec![0];
        let mut edges: Vec<(u32, u32)> = Vec::new();
        for state in 0..dfa.states() as u32 {
            let start = edges.len();
            for (&next, set) in dfa.row(state).iter().zip(dfa.class_sets()) {
                let size = set.len() as u32;
                match edges[start..].iter_mut().find(|edge| edge.0 == next) {
                    Some(edge) => edge.1 += size,
                    None => edges.push((next, size)),
                }
            }
            starts.push(edges.len() as u32);
        }
        Self { starts, edges }
    }

    /// All counts one digit further, the digit being one of those allowed.
    fn step(&self, dfa: &Dfa, now: &[Wide], allowed: CharSet) -> Vec<Wide> {
        let mut next = vec![Wide::ZERO; now.len()];
        let all = dfa.class_sets().iter().all(|set| set.bits() & !allowed.bits() == 0);
        for (state, count) in now.iter().enumerate().filter(|(_, count)| !count.is_zero()) {
            if all {
                let edges = &self.edges[self.starts[state] as usize..self.starts[state + 1] as usize];
                for &(to, digits) in edges {
                    next[to as usize].add_scaled(count, digits.into());
                }
            } else {
                for (&to, set) in dfa.row(state as u32).iter().zip(dfa.class_sets()) {
                    let digits = (set.bits() & allowed.bits()).count_ones();
                    next[to as usize].add_scaled(count, digits.into());
                }
            }
        }
        next
    }
}

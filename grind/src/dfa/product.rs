//! The automaton of any of several patterns: theirs side by side, matched as soon as one is.

use super::{
    Dfa, START,
    explore::{Machine, TooManyStates, explore, partition},
};
use crate::alphabet::CharSet;

/// Most automata that are put together.
pub(crate) const MOST: usize = 16;

/// A state of each automaton; the same number everywhere once one of them has matched for good, since the rest does not matter then.
type States = [u32; MOST];

const MATCHED: States = [u32::MAX; MOST];

struct Product<'a> {
    dfas: &'a [&'a Dfa],
    /// For each automaton and state, whether it has matched and stays so.
    matched: Vec<Vec<bool>>,
    /// A digit of each class.
    digits: Vec<u8>,
}

/// The automaton that matches what one of `dfas`, at most [`MOST`], matches, with a score of 1, for texts of at most `length` digits.
pub(crate) fn union(dfas: &[&Dfa], all: CharSet, length: usize, limit: usize) -> Result<Dfa, TooManyStates> {
    let sets = dfas.iter().flat_map(|dfa| dfa.class_sets().iter().copied());
    let class_sets = partition(all, sets);
    let digits = class_sets.iter().filter_map(|set| set.iter().next()).collect();
    let for_good =
        |dfa: &Dfa| (0..dfa.states() as u32).map(|state| dfa.is_match(state) && dfa.is_settled(state)).collect();
    let matched = dfas.iter().map(|dfa| for_good(dfa)).collect();
    explore(&Product { dfas, matched, digits }, class_sets, 1, length, limit)
}

impl Product<'_> {
    /// The states, taken together where one has matched and stays so.
    fn settled(&self, states: States) -> States {
        let stays = |(matched, &state): (&Vec<bool>, &u32)| matched[state as usize];
        if self.matched.iter().zip(&states).any(stays) { MATCHED } else { states }
    }
}

impl Machine for Product<'_> {
    type State = States;

    fn start(&self) -> States {
        self.settled([START; MOST])
    }

    fn step(&self, states: States, class: usize) -> States {
        if states == MATCHED {
            return states;
        }
        let mut next = [START; MOST];
        for ((next, state), dfa) in next.iter_mut().zip(states).zip(self.dfas) {
            *next = dfa.next(state, self.digits[class]);
        }
        self.settled(next)
    }

    fn score(&self, states: States) -> u8 {
        (states == MATCHED || self.dfas.iter().zip(states).any(|(dfa, state)| dfa.is_match(state))).into()
    }
}

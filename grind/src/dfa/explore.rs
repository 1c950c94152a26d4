//! Making the table of an automaton: breadth first from the start state, each distinct state numbered once.

use std::{
    collections::{HashMap, hash_map::Entry},
    hash::{BuildHasherDefault, Hash, Hasher},
};

use super::Dfa;
use crate::alphabet::CharSet;

/// More states than the limit.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct TooManyStates;

/// What an automaton's states are and do, apart from their numbers.
pub(crate) trait Machine {
    /// A state's content.
    type State: Copy + Eq + Hash;
    /// Where a text starts.
    fn start(&self) -> Self::State;
    /// The state after a digit of the class.
    fn step(&self, state: Self::State, class: usize) -> Self::State;
    /// The score of a text that ends here.
    fn score(&self, state: Self::State) -> u8;
}

/// Numbers the states that can be reached within `length` steps. Those at that depth loop to themselves: no text is longer.
pub(crate) fn explore<M: Machine>(
    machine: &M,
    class_sets: Vec<CharSet>,
    full: u8,
    length: usize,
    limit: usize,
) -> Result<Dfa, TooManyStates> {
    let mut numbers: HashMap<M::State, u32, BuildHasherDefault<Mixer>> = HashMap::default();
    let mut states = vec![machine.start()];
    numbers.insert(machine.start(), 0);
    let mut table = Vec::new();
    let (mut done, mut depth) = (0, 0);
    while done < states.len() {
        // One round is one more digit read.
        let round = done..states.len();
        done = states.len();
        for number in round {
            let state = states[number];
            for class in 0..class_sets.len() {
                if depth == length {
                    table.push(number as u32);
                    continue;
                }
                let next = machine.step(state, class);
                // The successors of one state are few; most classes share the one before.
                let row = number * class_sets.len();
                if class > 0 && states[table[row + class - 1] as usize] == next {
                    table.push(table[row + class - 1]);
                    continue;
                }
                let fresh = states.len() as u32;
                match numbers.entry(next) {
                    Entry::Occupied(known) => table.push(*known.get()),
                    Entry::Vacant(place) => {
                        place.insert(fresh);
                        states.push(next);
                        table.push(fresh);
                    }
                }
            }
            if states.len() > limit {
                return Err(TooManyStates);
            }
        }
        depth += 1;
    }
    let scores = states.iter().map(|&state| machine.score(state)).collect();
    let mut classes = [0; 64];
    for (class, set) in class_sets.iter().enumerate() {
        set.iter().for_each(|digit| classes[usize::from(digit)] = class as u8);
    }
    Ok(Dfa { classes, class_sets, table, scores, full })
}

/// A multiplicative hash for small keys that no adversary can make collide to any harm: the state limit bounds the work.
#[derive(Default)]
pub(crate) struct Mixer(u64);

impl Hasher for Mixer {
    fn finish(&self) -> u64 {
        self.0
    }

    fn write(&mut self, bytes: &[u8]) {
        bytes.iter().for_each(|&byte| self.write_u64(byte.into()));
    }

    fn write_u8(&mut self, value: u8) {
        self.write_u64(value.into());
    }

    fn write_u32(&mut self, value: u32) {
        self.write_u64(value.into());
    }

    fn write_u64(&mut self, value: u64) {
        let mixed = (self.0.rotate_left(29) ^ value).wrapping_mul(0x9e37_79b9_7f4a_7c15);
        self.0 = mixed ^ mixed >> 32;
    }
}

/// The coarsest partition of the alphabet that every given set is a union of classes of; digits in none come first.
pub(crate) fn partition(all: CharSet, sets: impl Iterator<Item = CharSet> + Clone) -> Vec<CharSet> {
    let mut classes = vec![all];
    for set in sets {
        classes = classes
            .iter()
            .flat_map(|class| [class.bits() & !set.bits(), class.bits() & set.bits()])
            .filter(|&bits| bits != 0)
            .map(CharSet::from_bits)
            .collect();
    }
    classes
}

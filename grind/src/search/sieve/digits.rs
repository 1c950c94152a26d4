//! Patterns of every kind by their automaton, over the digits of eight candidates at a time.
//!
//! The automaton is written out with a full row of 64 entries per state, so that a step is one load. Eight independent rows of
//! loads hide the five cycles that each takes.

use crate::{
    Kind, Pattern,
    alphabet::CharSet,
    dfa::START,
    engine::{Backend, DOUBTFUL, Filter, MAX_CHARACTERS, PER_WORD, Spelled, Spelling},
};

use super::may_match;

/// Candidates that are matched at a time.
const ABREAST: usize = 8;

/// The automaton of a pattern, and how to read the engine's digits.
pub(in crate::search) struct DigitSieve {
    pattern: Pattern,
    spelling: Spelling,
    filter: Option<Filter>,
    /// State times 64 after each state and digit.
    next: Vec<u32>,
    /// Whether a text that ends in the state matches.
    accepts: Vec<bool>,
    /// The state, times 64, from which nothing matches any more; none has this number if there is no such state.
    dead: u32,
}

/// Candidates that may still match after their first word.
#[derive(Default)]
struct Living {
    count: usize,
    candidates: [usize; ABREAST],
    states: [u32; ABREAST],
}

impl DigitSieve {
    pub(super) fn new(pattern: &Pattern, spelling: Spelling) -> Self {
        let dfa = pattern.dfa();
        let states = dfa.states() as u32;
        let next: Vec<u32> =
            (0..states).flat_map(|state| (0..64).map(move |digit| dfa.next(state, digit) << 6)).collect();
        let accepts: Vec<bool> = (0..states).map(|state| dfa.is_match(state)).collect();
        let stays = |state: u32| (0..64).all(|digit| next[(state << 6 | digit) as usize] == state << 6);
        let dead =
            (0..states).find(|&state| !accepts[state as usize] && stays(state)).map_or(u32::MAX, |state| state << 6);
        Self { pattern: pattern.clone(), spelling, filter: filter(pattern, &spelling), next, accepts, dead }
    }

    /// What a backend can reject nearly all candidates by before their digits leave its registers. On the portable one that
    /// gains nothing over the automaton.
    pub(in crate::search) fn filter(&self, backend: Backend) -> Option<&Filter> {
        self.filter.as_ref().filter(|_| backend != Backend::Portable)
    }

    pub(in crate::search) fn spelling(&self) -> &Spelling {
        &self.spelling
    }

    /// Calls `found` for those of the first `count` candidates that may match, until it returns something.
    ///
    /// An anchored pattern is done with most candidates after the first word; only those that live on, and those whose digits
    /// are doubtful, go through the rest.
    pub(in crate::search) fn scan<T>(
        &self,
        spelled: &Spelled,
        count: usize,
        mut found: impl FnMut(usize) -> Option<T>,
    ) -> Option<T> {
        let mut living = Living::default();
        for at in 0..count {
            let state = self.first_word(spelled.words[0][at]);
            living.candidates[living.count] = at;
            living.states[living.count] = state;
            living.count += usize::from(state != self.dead || spelled.odd[at] == DOUBTFUL);
            if living.count == ABREAST {
                let result = self.rest(spelled, &living, &mut found);
                if result.is_some() {
                    return result;
                }
                living.count = 0;
            }
        }
        self.rest(spelled, &living, &mut found)
    }

    /// Goes through the digits after the first word.
    #[inline]
    fn rest<T>(&self, spelled: &Spelled, living: &Living, found: &mut impl FnMut(usize) -> Option<T>) -> Option<T> {
        let words = self.spelling.words();
        let mut states = living.states;
        for column in &spelled.words[1..words - 1] {
            let digits = living.candidates.map(|at| column[at]);
            for digit in 0..PER_WORD {
                for (state, word) in states.iter_mut().zip(digits) {
                    *state = self.step(*state, word >> (8 * digit));
                }
            }
        }
        let states = states.iter().zip(living.candidates).take(living.count);
        let admits = |(state, at): (&u32, usize)| {
            let admitted = self.ends(*state, spelled.words[words - 1][at]) || self.odd_ends(*state, spelled, at);
            admitted.then_some(at)
        };
        states.filter_map(admits).find_map(found)
    }

    #[inline(always)]
    fn step(&self, state: u32, digit: u64) -> u32 {
        self.next[(state | digit as u32 & 63) as usize]
    }

    /// The state after the first word, whose padding is skipped.
    #[inline(always)]
    fn first_word(&self, word: u64) -> u32 {
        let mut state = START << 6;
        let mut skip = self.spelling.padding();
        if self.spelling.drops_zero() && word >> (8 * skip) & 63 == 0 {
            skip += 1;
        }
        for digit in skip..PER_WORD {
            state = self.step(state, word >> (8 * digit));
        }
        state
    }

    /// Whether the text matches that goes on with these last digits.
    #[inline(always)]
    fn ends(&self, mut state: u32, word: u64) -> bool {
        for digit in 0..self.spelling.tail() {
            state = self.step(state, word >> (8 * digit));
        }
        self.accepts[(state >> 6) as usize]
    }

    #[inline(always)]
    fn odd_ends(&self, state: u32, spelled: &Spelled, candidate: usize) -> bool {
        let word = spelled.odd[candidate];
        // There is one u for both signs.
        if self.pattern.target().is_x25519() {
            return false;
        }
        if word == DOUBTFUL { self.matches_either(spelled, candidate) } else { self.ends(state, word) }
    }

    /// Whether the key matches with one sign or the other.
    #[cold]
    fn matches_either(&self, spelled: &Spelled, candidate: usize) -> bool {
        may_match(&self.pattern, &spelled.y(candidate))
    }
}

/// The rarest few characters in a row that every match has; `None` if they are not rare enough to be worth it.
fn filter(pattern: &Pattern, spelling: &Spelling) -> Option<Filter> {
    /// One candidate in so many may pass: it is matched by the plain matcher, twice.
    const ONE_IN: f64 = 500.0;
    let base = pattern.target().alphabet().base() as f64;
    let at_end = pattern.kind() == Kind::Suffix;
    let chance = |sets: &[CharSet]| sets.iter().map(|set| set.len() as f64 / base).product::<f64>();
    let (rarest, places) = if at_end {
        let sets = pattern.substrings().first()?;
        (&sets[sets.len().saturating_sub(MAX_CHARACTERS.min(spelling.tail()))..], 2.0)
    } else {
        let rows = pattern.substrings().iter().map(|sets| sets.windows(MAX_CHARACTERS.min(sets.len())));
        (rows.flatten().min_by(|a, b| chance(a).total_cmp(&chance(b)))?, (PER_WORD * spelling.words()) as f64)
    };
    let sets: Vec<u64> = rarest.iter().map(|set| set.bits()).collect();
    Filter::new(&sets, at_end).filter(|_| chance(rarest) * places * ONE_IN < 1.0)
}

//! Regular expressions: the dialect of the `regex` crate, cut down to a target's alphabet, as an automaton over digits.
//!
//! The alphabets are ASCII, so a Unicode class means no more than its characters in the alphabet. Cutting it down first
//! keeps automata small and changes no match.

use regex_automata::{
    Anchored,
    dfa::{Automaton, StartKind, dense},
    nfa::thompson::{self, NFA, WhichCaptures},
    util::{primitives::StateID, start},
};
use regex_syntax::hir::{Class, ClassBytes, ClassBytesRange, Hir, HirKind, Look, Repetition};

use super::{
    Dfa,
    explore::{Machine, TooManyStates, explore},
};
use crate::alphabet::{Alphabet, CharSet};

/// Bytes that the automaton of a regex may take before it is cut down to digits, and the work area of making it.
pub(crate) const MAX_BYTES: usize = 1 << 18;
/// Bytes of the nondeterministic automaton.
const MAX_NFA_BYTES: usize = 1 << 16;

/// A parsed expression cut down to the alphabet, as a nondeterministic automaton; `None` if it is over its size.
pub(crate) fn nfa(hir: &Hir, alphabet: &Alphabet) -> Option<NFA> {
    let config =
        thompson::Config::new().utf8(false).nfa_size_limit(Some(MAX_NFA_BYTES)).which_captures(WhichCaptures::Implicit);
    thompson::Compiler::new().configure(config).build_from_hir(&restrict(hir, alphabet)).ok()
}

/// Its deterministic automaton for texts of at most `length` digits.
pub(crate) fn automaton(nfa: &NFA, alphabet: &Alphabet, length: usize, limit: usize) -> Result<Dfa, TooManyStates> {
    let config = dense::Config::new()
        .start_kind(StartKind::Unanchored)
        .dfa_size_limit(Some(MAX_BYTES))
        .determinize_size_limit(Some(MAX_BYTES));
    let dense = dense::Builder::new().configure(config).build_from_nfa(nfa).map_err(|_| TooManyStates)?;
    let classes = dense.byte_classes();
    let mut class_sets = vec![CharSet::EMPTY; 256];
    for (digit, &character) in alphabet.characters().iter().enumerate() {
        let set = &mut class_sets[usize::from(classes.get(character))];
        *set = CharSet::from_bits(set.bits() | 1 << digit);
    }
    class_sets.retain(|set| !set.is_empty());
    let bytes = class_sets.iter().filter_map(|set| set.iter().next()).map(|d| alphabet.character(d) as u8).collect();
    explore(&Regex { dense, bytes }, class_sets, 1, length, limit)
}

struct Regex {
    dense: dense::DFA<Vec<u32>>,
    /// A byte of each class.
    bytes: Vec<u8>,
}

/// `None` once there was a match: what follows does not matter.
impl Machine for Regex {
    type State = Option<StateID>;

    fn start(&self) -> Self::State {
        let config = start::Config::new().anchored(Anchored::No);
        Some(self.dense.start_state(&config).expect("unanchored starts were built and no byte quits"))
    }

    fn step(&self, state: Self::State, class: usize) -> Self::State {
        // A match is reported one byte late.
        state.map(|s| self.dense.next_state(s, self.bytes[class])).filter(|&s| !self.dense.is_match_state(s))
    }

    fn score(&self, state: Self::State) -> u8 {
        state.is_none_or(|s| self.dense.is_match_state(self.dense.next_eoi_state(s))).into()
    }
}

/// The same expression with nothing in it but characters of the alphabet.
fn restrict(hir: &Hir, alphabet: &Alphabet) -> Hir {
    let sub = |hir: &Hir| restrict(hir, alphabet);
    match hir.kind() {
        HirKind::Empty => Hir::empty(),
        HirKind::Literal(literal) => match literal.0.iter().all(|&byte| has(alphabet, byte)) {
            true => Hir::literal(literal.0.clone()),
            false => Hir::fail(),
        },
        HirKind::Class(class) => Hir::class(Class::Bytes(ClassBytes::new(
            alphabet
                .characters()
                .iter()
                .filter(|&&byte| in_class(class, byte))
                .map(|&byte| ClassBytesRange::new(byte, byte)),
        ))),
        HirKind::Look(look) => Hir::look(ascii(*look)),
        HirKind::Repetition(repetition) => {
            Hir::repetition(Repetition { sub: Box::new(sub(&repetition.sub)), ..repetition.clone() })
        }
        HirKind::Capture(capture) => sub(&capture.sub),
        HirKind::Concat(parts) => Hir::concat(parts.iter().map(sub).collect()),
        HirKind::Alternation(parts) => Hir::alternation(parts.iter().map(sub).collect()),
    }
}

fn has(alphabet: &Alphabet, byte: u8) -> bool {
    alphabet.digit(byte as char).is_some()
}

fn in_class(class: &Class, byte: u8) -> bool {
    match class {
        Class::Unicode(class) => class.iter().any(|range| (range.start()..=range.end()).contains(&(byte as char))),
        Class::Bytes(class) => class.iter().any(|range| (range.start()..=range.end()).contains(&byte)),
    }
}

/// Word boundaries of ASCII text: there the two definitions agree, and only this one has an automaton.
fn ascii(look: Look) -> Look {
    match look {
        Look::WordUnicode => Look::WordAscii,
        Look::WordUnicodeNegate => Look::WordAsciiNegate,
        Look::WordStartUnicode => Look::WordStartAscii,
        Look::WordEndUnicode => Look::WordEndAscii,
        Look::WordStartHalfUnicode => Look::WordStartHalfAscii,
        Look::WordEndHalfUnicode => Look::WordEndHalfAscii,
        other => other,
    }
}

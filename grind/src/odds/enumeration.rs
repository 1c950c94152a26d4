//! Counting against looking: on small alphabets every number between two odd bounds is written out and judged by the plain
//! matcher, and the automaton's counts must be the same.

use std::ops::Range;

use num_bigint::BigUint;
use proptest::prelude::*;

use super::count::by_score;
use crate::{
    alphabet::{Alphabet, CharSet},
    dfa,
    kind::Kind,
    pattern::{
        parse::Substring,
        score::{matches, score},
    },
    target::KeyRange,
};

static TINY: Alphabet = Alphabet::new("tiny", b"abcde");
static BINARY: Alphabet = Alphabet::new("binary", b"ab");
const BASE: u64 = 5;

/// The text of a number, zeros in front, after a lead.
fn text(alphabet: &Alphabet, lead: &[u8], digits: usize, number: u64) -> String {
    let base = alphabet.base() as u64;
    let own = (0..digits).rev().map(|i| (number / base.pow(i as u32) % base) as u8);
    lead.iter().copied().chain(own).map(|digit| alphabet.character(digit)).collect()
}

fn range(lead: &[u8], digits: usize, numbers: &Range<u64>, tail: &[CharSet], weight: u32) -> KeyRange {
    let (low, high) = (BigUint::from(numbers.start), BigUint::from(numbers.end));
    KeyRange { lead: lead.to_vec(), digits, low, high, tail: tail.to_vec(), weight }
}

/// Texts of several ranges as (text, weight).
fn written(alphabet: &Alphabet, ranges: &[KeyRange]) -> Vec<(String, u32)> {
    let mut texts = Vec::new();
    for range in ranges {
        let bound = |n: &BigUint| n.iter_u64_digits().next().unwrap_or(0);
        for number in bound(&range.low)..bound(&range.high) {
            let text = text(alphabet, &range.lead, range.digits, number);
            let ends = text.chars().rev().take(range.digits).enumerate();
            let occurs = |(i, c)| alphabet.digit(c).is_some_and(|digit| range.allowed(i).contains(digit));
            if ends.into_iter().all(occurs) {
                texts.push((text, range.weight));
            }
        }
    }
    texts
}

/// The best score over every choice of substrings, by trying each choice: slower and simpler than the matcher's own.
fn score_by_choices(kind: Kind, substrings: &[Substring], text: &str, alphabet: &Alphabet) -> u32 {
    (0u32..1 << substrings.len())
        .filter(|choice| {
            let chosen: Vec<Substring> =
                substrings.iter().enumerate().filter(|(i, _)| choice >> i & 1 == 1).map(|(_, s)| s.clone()).collect();
            matches(kind, &chosen, text, alphabet)
        })
        .map(u32::count_ones)
        .max()
        .unwrap_or(0)
}

fn check(kind: Kind, sets: &[Vec<CharSet>], alphabet: &Alphabet, ranges: &[KeyRange]) {
    let length = ranges.iter().map(KeyRange::length).max().unwrap_or(0);
    let dfa = dfa::substrings::automaton(kind, sets, alphabet.all(), length, 1 << 16).expect("small");
    let substrings: Vec<Substring> =
        sets.iter().map(|sets| Substring { text: String::new(), position: 0, sets: sets.clone() }).collect();
    let mut seen = vec![BigUint::ZERO; sets.len() + 1];
    for (text, weight) in written(alphabet, ranges) {
        let plain = score(kind, &substrings, &text, alphabet);
        assert_eq!(u32::from(plain.matched), score_by_choices(kind, &substrings, &text, alphabet), "{text} {sets:?}");
        assert_eq!(plain.is_full(), matches(kind, &substrings, &text, alphabet), "{text} {sets:?}");
        assert_eq!(dfa.run(&alphabet.digits(&text).expect("its own")), plain.matched, "{kind} {text} {sets:?}");
        seen[usize::from(plain.matched)] += weight;
    }
    assert_eq!(by_score(&dfa, alphabet.base(), ranges), seen, "{kind} {sets:?}");
}

fn sets(
    alphabet: &'static Alphabet,
    substrings: Range<usize>,
    length: usize,
) -> impl Strategy<Value = Vec<Vec<CharSet>>> {
    // Wide sets, empty ones included, are where overlapping occurrences get interesting.
    let set = (0..=alphabet.all().bits()).prop_map(CharSet::from_bits);
    prop::collection::vec(prop::collection::vec(set, 1..=length), substrings)
}

fn kind_of_one() -> impl Strategy<Value = Kind> {
    prop_oneof![Just(Kind::Prefix), Just(Kind::Suffix), Just(Kind::Contains)]
}

fn bounds(end: u64) -> impl Strategy<Value = Range<u64>> {
    (0..=end, 0..=end).prop_map(|(a, b)| a.min(b)..a.max(b))
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(64))]

    #[test]
    fn single_substrings(kind in kind_of_one(), sets in sets(&TINY, 1..2, 4), numbers in bounds(BASE.pow(6)), tail in prop::collection::vec(0u64..32, 0..4)) {
        let tail: Vec<CharSet> = tail.into_iter().map(CharSet::from_bits).collect();
        check(kind, &sets, &TINY, &[range(&[], 6, &numbers, &tail, 1)]);
    }

    #[test]
    fn sequences(sets in sets(&TINY, 1..5, 3), numbers in bounds(BASE.pow(6))) {
        check(Kind::Sequence, &sets, &TINY, &[range(&[], 6, &numbers, &[], 1)]);
    }

    #[test]
    fn long_binary_sequences(sets in sets(&BINARY, 1..6, 4), numbers in bounds(1 << 12)) {
        check(Kind::Sequence, &sets, &BINARY, &[range(&[], 12, &numbers, &[], 1)]);
    }

    #[test]
    fn several_ranges_with_leads(
        kind in kind_of_one(), sets in sets(&TINY, 1..2, 3),
        a in bounds(BASE.pow(5)), b in bounds(BASE.pow(3)), c in bounds(1), weight in 1u32..4,
    ) {
        let ranges = [
            range(&[], 5, &a, &[], weight),
            range(&[0, 0], 3, &b, &[], 1),
            range(&[0, 0, 0, 0], 0, &c, &[], 2),
        ];
        check(kind, &sets, &TINY, &ranges);
    }
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(64))]

    /// Any of several: what one of them matches on every text, which no count of one alone is.
    #[test]
    fn unions(
        parts in prop::collection::vec((prop_oneof![kind_of_one(), Just(Kind::Sequence)], sets(&TINY, 1..2, 3)), 1..5),
        numbers in bounds(BASE.pow(6)),
        tail in prop::collection::vec(0u64..32, 0..3),
    ) {
        let substring = |sets: &Vec<CharSet>| Substring { text: String::new(), position: 0, sets: sets.clone() };
        let parts: Vec<_> = parts
            .into_iter()
            .map(|(kind, sets)| {
                let dfa = dfa::substrings::automaton(kind, &sets, TINY.all(), 6, 1 << 16).expect("small");
                (kind, sets.iter().map(substring).collect::<Vec<_>>(), dfa)
            })
            .collect();
        let dfas: Vec<_> = parts.iter().map(|(_, _, dfa)| dfa).collect();
        let union = dfa::product::union(&dfas, TINY.all(), 6, 1 << 16).expect("small");
        let tail: Vec<CharSet> = tail.into_iter().map(CharSet::from_bits).collect();
        let ranges = [range(&[], 6, &numbers, &tail, 1)];
        let mut seen = vec![BigUint::ZERO; 2];
        for (text, weight) in written(&TINY, &ranges) {
            let is_match = parts.iter().any(|(kind, substrings, _)| matches(*kind, substrings, &text, &TINY));
            assert_eq!(union.run(&TINY.digits(&text).expect("its own")), u8::from(is_match), "{text}");
            seen[usize::from(is_match)] += weight;
        }
        assert_eq!(by_score(&union, TINY.base(), &ranges), seen);
    }
}

/// The whole space at once, no bound in the way.
#[test]
fn every_text_of_six() {
    let set = |digits: &[u8]| digits.iter().copied().collect::<CharSet>();
    let sequence = [vec![set(&[0]), set(&[1])], vec![set(&[1, 2])], vec![set(&[0]), set(&[0, 3])]];
    check(Kind::Sequence, &sequence, &TINY, &[range(&[], 6, &(0..BASE.pow(6)), &[], 1)]);
}

/// A regex cut down to the alphabet, on every text, against the meta engine of the library on the expression as written.
#[test]
fn expressions_on_every_text() {
    let expressions = [
        "",
        "a*",
        "^a",
        "a$",
        "^ab?c*$",
        "ab|cd",
        "(?i)AB.",
        r"\bab",
        r"a\B",
        r"\w{6}",
        r"^\W",
        "[^a]$",
        "^(ab|ba){2,}",
        "(a|b)?c(?:d|e)*e$",
        r"\pL{3}a",
        "a.c|^d.*e$",
        r"(?m)^b.$",
        "[[:alpha:]]d{2}",
        "é|a{3}",
        r"(?x) a b  # two",
    ];
    for expression in expressions {
        let reference = regex_automata::meta::Regex::new(expression).expect(expression);
        let hir = regex_syntax::parse(expression).expect(expression);
        let nfa = dfa::regex::nfa(&hir, &TINY).expect(expression);
        let dfa = dfa::regex::automaton(&nfa, &TINY, 6, 1000).expect(expression);
        let ranges = [range(&[], 6, &(1234..12_345), &[], 1)];
        let mut seen = vec![BigUint::ZERO; 2];
        for (text, _) in written(&TINY, &ranges) {
            let is_match = reference.is_match(&text);
            assert_eq!(dfa.run(&TINY.digits(&text).expect("its own")), u8::from(is_match), "{expression} {text}");
            seen[usize::from(is_match)] += 1u8;
        }
        assert_eq!(by_score(&dfa, 5, &ranges), seen, "{expression}");
    }
}

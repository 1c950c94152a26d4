//! What the end of a batch is turned into, candidate after candidate in plain arrays.

use super::{
    filter::Filter,
    lanes::{LOW_BITS, Lanes, Limbs, MAX_LANES},
    offsets::FinishPair,
    spelling::{Digits, MAX_WORDS, Spelling},
};

/// What takes the results of a batch: y of every candidate as numerator and inverse of the denominator, both tight.
pub(crate) trait Finish<L: Lanes> {
    /// Called for every group of lanes, in any order.
    fn group(&mut self, lanes: L, group: usize, numerator: &Limbs<L::Word>, inverse: &Limbs<L::Word>);
}

/// Low limbs of y: enough to reject prefixes.
pub(crate) struct LowLimbs<'a>(pub(crate) &'a mut [u64]);

impl<L: Lanes> Finish<L> for LowLimbs<'_> {
    #[inline(always)]
    fn group(&mut self, l: L, group: usize, numerator: &Limbs<L::Word>, inverse: &Limbs<L::Word>) {
        let low = l.store(l.mul_low(numerator, inverse));
        self.0[group * L::LANES..][..L::LANES].copy_from_slice(&low[..L::LANES]);
    }
}

/// The digits of candidates, in columns: word i of all candidates in column i. See [`Spelling`] for what the words hold.
#[derive(Clone, Debug, Default)]
pub(crate) struct Spelled {
    /// The digits if x is even.
    pub(crate) words: [Vec<u64>; MAX_WORDS],
    /// The last digits if x is odd, or [`DOUBTFUL`](super::DOUBTFUL).
    pub(crate) odd: Vec<u64>,
    /// y below p, in four little-endian words.
    pub(crate) y: [Vec<u64>; 4],
}

impl Spelled {
    pub(crate) fn resize(&mut self, spelling: &Spelling, candidates: usize) {
        for column in self.words[..spelling.words()].iter_mut().chain(&mut self.y).chain([&mut self.odd]) {
            column.resize(candidates, 0);
        }
    }

    /// y of a candidate.
    pub(crate) fn y(&self, candidate: usize) -> [u64; 4] {
        [self.y[0][candidate], self.y[1][candidate], self.y[2][candidate], self.y[3][candidate]]
    }
}

/// Whether a test holds for the key of a y with one sign of x or the other.
pub(crate) fn either_sign(y: &[u64; 4], test: impl Fn(&[u8; 32]) -> bool) -> bool {
    let mut key = encode(y);
    let even = test(&key);
    key[31] |= 0x80;
    even || test(&key)
}

/// The key of a y whose x is even.
pub(crate) fn encode(y: &[u64; 4]) -> [u8; 32] {
    let mut key = [0; 32];
    for (chunk, word) in key.chunks_exact_mut(8).zip(y) {
        chunk.copy_from_slice(&word.to_le_bytes());
    }
    key
}

/// Digits of the whole key.
pub(crate) struct SpellInto<'a> {
    pub(crate) spelling: &'a Spelling,
    pub(crate) spelled: &'a mut Spelled,
}

impl<L: Lanes> Finish<L> for SpellInto<'_> {
    #[inline(always)]
    fn group(&mut self, l: L, group: usize, numerator: &Limbs<L::Word>, inverse: &Limbs<L::Word>) {
        let y = l.to_words(&l.mul(numerator, inverse));
        let [digits] = self.spelling.spell(l, &[y]);
        self.put_all(l, group, &y, &digits);
    }
}

impl<L: Lanes> FinishPair<L> for SpellInto<'_> {
    #[inline(always)]
    fn pair(&mut self, l: L, i: usize, factor: &Limbs<L::Word>, terms: [&Limbs<L::Word>; 2]) {
        let columns = [l.columns(factor, terms[0]), l.columns(factor, terms[1])];
        self.words(l, i, [&l.to_words(&l.settle(&columns[0])), &l.to_words(&l.settle(&columns[1]))]);
    }

    #[inline(always)]
    fn words(&mut self, l: L, i: usize, words: [&[L::Word; 4]; 2]) {
        let digits = self.spelling.spell(l, &[*words[0], *words[1]]);
        self.put_all(l, 2 * i, words[0], &digits[0]);
        self.put_all(l, 2 * i + 1, words[1], &digits[1]);
    }
}

impl SpellInto<'_> {
    #[inline(always)]
    fn put_all<L: Lanes>(&mut self, l: L, group: usize, y: &[L::Word; 4], digits: &Digits<L::Word>) {
        let at = group * L::LANES;
        let mut i = 0;
        while i < self.spelling.words() {
            put(l, &mut self.spelled.words[i], at, digits.words[i]);
            i += 1;
        }
        put(l, &mut self.spelled.odd, at, digits.odd);
        i = 0;
        while i < 4 {
            put(l, &mut self.spelled.y[i], at, y[i]);
            i += 1;
        }
    }
}

/// A candidate that a filter let pass: its number, and y below p in four little-endian words.
pub(crate) type Passed = (usize, [u64; 4]);

/// Those candidates whose digits pass a filter.
pub(crate) struct FilterInto<'a> {
    pub(crate) spelling: &'a Spelling,
    pub(crate) filter: &'a Filter,
    pub(crate) passed: &'a mut Vec<Passed>,
}

impl<L: Lanes> Finish<L> for FilterInto<'_> {
    #[inline(always)]
    fn group(&mut self, l: L, group: usize, numerator: &Limbs<L::Word>, inverse: &Limbs<L::Word>) {
        let y = l.to_words(&l.mul(numerator, inverse));
        let [digits] = self.spelling.spell(l, &[y]);
        self.filter_group(l, group, &y, &digits);
    }
}

impl<L: Lanes> FinishPair<L> for FilterInto<'_> {
    #[inline(always)]
    fn pair(&mut self, l: L, i: usize, factor: &Limbs<L::Word>, terms: [&Limbs<L::Word>; 2]) {
        let columns = [l.columns(factor, terms[0]), l.columns(factor, terms[1])];
        self.words(l, i, [&l.to_words(&l.settle(&columns[0])), &l.to_words(&l.settle(&columns[1]))]);
    }

    #[inline(always)]
    fn words(&mut self, l: L, i: usize, words: [&[L::Word; 4]; 2]) {
        let digits = self.spelling.spell(l, &[*words[0], *words[1]]);
        self.filter_group(l, 2 * i, words[0], &digits[0]);
        self.filter_group(l, 2 * i + 1, words[1], &digits[1]);
    }
}

impl FilterInto<'_> {
    #[inline(always)]
    fn filter_group<L: Lanes>(&mut self, l: L, group: usize, y: &[L::Word; 4], digits: &Digits<L::Word>) {
        let mask = self.filter.passes(l, self.spelling, digits);
        if mask != 0 {
            let y = [l.store(y[0]), l.store(y[1]), l.store(y[2]), l.store(y[3])];
            note_passed(self.passed, group * L::LANES, mask, L::LANES, &y);
        }
    }
}

/// Keeps the lanes of a mask.
#[cold]
#[inline(never)]
fn note_passed(passed: &mut Vec<Passed>, at: usize, mask: u8, lanes: usize, y: &[[u64; MAX_LANES]; 4]) {
    let set = (0..lanes).filter(|lane| mask >> lane & 1 == 1);
    passed.extend(set.map(|lane| (at + lane, [y[0][lane], y[1][lane], y[2][lane], y[3][lane]])));
}

/// Those candidates whose low limb of y, with its bytes in reverse order, lies in one of a few ranges.
pub(crate) struct InRanges<'a> {
    /// First number, and how many. Bits below the highest 48 are not looked at: nothing may depend on them.
    pub(crate) ranges: &'a [(u64, u64)],
    /// Number and low limb of the candidates found.
    pub(crate) found: &'a mut Vec<(usize, u64)>,
}

impl<L: Lanes> FinishPair<L> for InRanges<'_> {
    #[inline(always)]
    fn pair(&mut self, l: L, i: usize, factor: &Limbs<L::Word>, terms: [&Limbs<L::Word>; 2]) {
        self.low(l, i, l.mul_low(factor, terms[0]), l.mul_low(factor, terms[1]));
    }

    #[inline(always)]
    fn words(&mut self, l: L, i: usize, words: [&[L::Word; 4]; 2]) {
        self.low(l, i, words[0][0], words[1][0]);
    }
}

impl InRanges<'_> {
    /// Looks at the low limbs of the candidates after and before.
    #[inline(always)]
    fn low<L: Lanes>(&mut self, l: L, i: usize, after: L::Word, before: L::Word) {
        let (leading_after, leading_before) = (l.swap_bytes(after), l.swap_bytes(before));
        let (mut hits_after, mut hits_before) = (0, 0);
        let mut r = 0;
        while r < self.ranges.len() {
            let (first, span) = (l.splat(self.ranges[r].0), l.splat(self.ranges[r].1));
            hits_after |= l.less(l.sub(leading_after, first), span);
            hits_before |= l.less(l.sub(leading_before, first), span);
            r += 1;
        }
        if hits_after | hits_before != 0 {
            note(self.found, 2 * i * L::LANES, hits_after, &l.store(after));
            note(self.found, (2 * i + 1) * L::LANES, hits_before, &l.store(before));
        }
    }

    /// Ranges that hold all of these, by the highest [`LOW_BITS`] bits alone. None of these may go beyond the last number.
    pub(crate) fn coarse(&self) -> Vec<(u64, u64)> {
        const UNIT: u64 = 1 << (64 - LOW_BITS);
        let coarse = |&(first, span): &(u64, u64)| {
            let start = first / UNIT;
            let end = first.saturating_add(span - 1) / UNIT + 1;
            (start * UNIT, (end - start).saturating_mul(UNIT))
        };
        self.ranges.iter().filter(|(_, span)| *span > 0).map(coarse).collect()
    }
}

/// Keeps the lanes of a mask.
#[cold]
#[inline(never)]
fn note(found: &mut Vec<(usize, u64)>, at: usize, mask: u8, low: &[u64; MAX_LANES]) {
    found.extend((0..MAX_LANES).filter(|lane| mask >> lane & 1 == 1).map(|lane| (at + lane, low[lane])));
}

#[inline(always)]
fn put<L: Lanes>(l: L, column: &mut [u64], at: usize, word: L::Word) {
    column[at..at + L::LANES].copy_from_slice(&l.store(word)[..L::LANES]);
}

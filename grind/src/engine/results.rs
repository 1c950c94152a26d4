//! What the end of a batch is turned into, candidate after candidate in plain arrays.

use super::{
    lanes::{Lanes, Limbs, MAX_LANES},
    offsets::FinishPair,
    spelling::{MAX_WORDS, Spelling},
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

    /// The key of a candidate, less the sign of x.
    pub(crate) fn key(&self, candidate: usize) -> [u8; 32] {
        let mut key = [0; 32];
        for (chunk, column) in key.chunks_exact_mut(8).zip(&self.y) {
            chunk.copy_from_slice(&column[candidate].to_le_bytes());
        }
        key
    }

    /// Whether the test holds for the key of a candidate with one sign of x or the other.
    pub(crate) fn either_sign(&self, candidate: usize, test: impl Fn(&[u8; 32]) -> bool) -> bool {
        let mut key = self.key(candidate);
        let even = test(&key);
        key[31] |= 0x80;
        even || test(&key)
    }
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
        let (words, odd) = self.spelling.spell(l, &y);
        let at = group * L::LANES;
        let mut i = 0;
        while i < self.spelling.words() {
            put(l, &mut self.spelled.words[i], at, words[i]);
            i += 1;
        }
        put(l, &mut self.spelled.odd, at, odd);
        i = 0;
        while i < 4 {
            put(l, &mut self.spelled.y[i], at, y[i]);
            i += 1;
        }
    }
}

impl<L: Lanes> FinishPair<L> for SpellInto<'_> {
    #[inline(always)]
    fn pair(&mut self, l: L, i: usize, factor: &Limbs<L::Word>, terms: [&Limbs<L::Word>; 2]) {
        self.group(l, 2 * i, factor, terms[0]);
        self.group(l, 2 * i + 1, factor, terms[1]);
    }
}

/// Those candidates whose low limb of y, with its bytes in reverse order, lies in one of a few ranges.
pub(crate) struct InRanges<'a> {
    /// First number, and how many.
    pub(crate) ranges: &'a [(u64, u64)],
    /// Number and low limb of the candidates found.
    pub(crate) found: &'a mut Vec<(usize, u64)>,
}

impl<L: Lanes> FinishPair<L> for InRanges<'_> {
    #[inline(always)]
    fn pair(&mut self, l: L, i: usize, factor: &Limbs<L::Word>, terms: [&Limbs<L::Word>; 2]) {
        let after = l.mul_low(factor, terms[0]);
        let before = l.mul_low(factor, terms[1]);
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

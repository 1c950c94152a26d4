//! A quick look at the digits of eight candidates at once: whether a few characters in a row, or at the end, are there at all.
//!
//! A table gives every digit a bit for each of the characters that it stands for, so that a byte shuffle classifies 64 digits
//! and shifted sums of words find the row. What passes is matched in full elsewhere; no match is lost.

use super::{
    lanes::Lanes,
    spelling::{DOUBTFUL, Digits, PER_WORD, Spelling},
};

/// Most characters that are looked for.
pub(crate) const MAX_CHARACTERS: usize = 4;

/// The characters that are looked for.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Filter {
    /// Bit c of entry d is set if digit d stands for character c.
    table: [u8; 64],
    /// How many characters there are, from 2 to 4.
    characters: usize,
    at_end: bool,
}

impl Filter {
    /// Looks for a digit of each set, one after the other, anywhere or at the end; sets have a bit for each digit. `None` if there are fewer than two
    /// or more than four.
    pub(crate) fn new(sets: &[u64], at_end: bool) -> Option<Self> {
        if !(2..=MAX_CHARACTERS).contains(&sets.len()) {
            return None;
        }
        let mut table = [0; 64];
        for (digit, entry) in table.iter_mut().enumerate() {
            for (c, set) in sets.iter().enumerate() {
                *entry |= u8::from(set >> digit & 1 == 1) << c;
            }
        }
        Some(Self { table, characters: sets.len(), at_end })
    }

    /// A bit per lane whose digits pass, with one sign of x or the other.
    #[inline(always)]
    pub(crate) fn passes<L: Lanes>(&self, l: L, spelling: &Spelling, digits: &Digits<L::Word>) -> u8 {
        let tail = spelling.tail();
        let last = spelling.words() - 1;
        let mask = l.splat(if tail == PER_WORD { u64::MAX } else { (1 << (8 * tail)) - 1 });
        let even = l.and(l.lookup(&self.table, digits.words[last]), mask);
        let odd = l.and(l.lookup(&self.table, digits.odd), mask);
        let doubtful = l.and(digits.odd, l.splat(DOUBTFUL ^ DOUBTFUL >> 1));
        if self.at_end {
            let wanted = l.splat(self.last_bits(tail));
            let (no_even, no_odd) = (l.and(l.xor(even, wanted), wanted), l.and(l.xor(odd, wanted), wanted));
            return !(l.nonzero(no_even) & l.nonzero(no_odd)) | l.nonzero(doubtful);
        }
        let zero = l.splat(0);
        let mut found = l.or(self.rows(l, even, zero), self.rows(l, odd, zero));
        let mut classes = l.lookup(&self.table, digits.words[last - 1]);
        found = l.or(found, l.or(self.rows(l, classes, even), self.rows(l, classes, odd)));
        let mut i = last - 1;
        while i > 0 {
            i -= 1;
            let next = classes;
            classes = l.lookup(&self.table, digits.words[i]);
            found = l.or(found, self.rows(l, classes, next));
        }
        l.nonzero(l.or(l.and(found, l.splat(0x0101_0101_0101_0101)), doubtful))
    }

    /// In bit 0 of each byte: whether the characters start there. `next` holds the classes of the digits that follow.
    #[inline(always)]
    fn rows<L: Lanes>(&self, l: L, classes: L::Word, next: L::Word) -> L::Word {
        let mut rows = l.and(classes, l.funnel::<9>(classes, next));
        if self.characters > 2 {
            rows = l.and(rows, l.funnel::<18>(classes, next));
        }
        if self.characters > 3 {
            rows = l.and(rows, l.funnel::<27>(classes, next));
        }
        rows
    }

    /// The classes of a last word that ends with the characters.
    #[inline(always)]
    fn last_bits(&self, tail: usize) -> u64 {
        let mut bits = 0;
        let mut c = 0;
        while c < self.characters {
            bits |= 1 << (8 * (tail - self.characters + c) + c);
            c += 1;
        }
        bits
    }
}

//! Digits of public keys: from y, as little-endian words, to the digits that patterns are matched on, five to a word.
//!
//! The sign of x is the one bit of a key that y does not give. It lies among the last five digits, so these come in two
//! versions; where a carry would reach further, or the text is not a plain row of digits, the candidate is marked as doubtful.

use super::lanes::Lanes;

/// Most words that the digits of a key take.
pub(crate) const MAX_WORDS: usize = 13;
/// Digits in a word, the first in the low byte.
pub(crate) const PER_WORD: usize = 5;
/// In place of the second version of the last digits: the candidate must be matched by other means.
pub(crate) const DOUBTFUL: u64 = u64::MAX;

/// How a target writes a key.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Spelling {
    /// Base58 digits of the key as a big-endian number, plus what the bytes before it add.
    Base58 {
        /// Limbs of base 58^5 to add, the lowest first.
        offset: [u64; LIMBS],
        /// Whether a first byte of zero makes the candidate doubtful, because it is written in another way.
        zeros: bool,
    },
    /// Groups of bits of the key as a big-endian number.
    Bits {
        /// Bits of a digit.
        width: u32,
        /// Number of digits.
        digits: u32,
        /// Low bits of the key that no digit holds.
        dropped: u32,
    },
}

/// Limbs of base 58^5 in base58: 45 digits, of which the first is always zero.
const LIMBS: usize = 9;
const BASE: u64 = 58 * 58 * 58 * 58 * 58;
/// 2^(32 i) in limbs of base 58^5, for the eight 32-bit words of a key.
const POWERS: [[u64; LIMBS]; 8] = powers();

const fn powers() -> [[u64; LIMBS]; 8] {
    let mut powers = [[0; LIMBS]; 8];
    let mut power = [1, 0, 0, 0, 0, 0, 0, 0, 0];
    let mut i = 0;
    while i < 8 {
        powers[i] = power;
        power = shift_in(power, 0);
        i += 1;
    }
    powers
}

/// `limbs * 2^32 + word`, without what does not fit.
const fn shift_in(mut limbs: [u64; LIMBS], word: u64) -> [u64; LIMBS] {
    let mut carry = word;
    let mut j = 0;
    while j < LIMBS {
        let sum = (limbs[j] << 32) + carry;
        limbs[j] = sum % BASE;
        carry = sum / BASE;
        j += 1;
    }
    limbs
}

/// Every column of a conversion, with its offset and the carry from below, fits 64 bits.
const _: () = {
    let mut j = 0;
    while j < LIMBS {
        let mut sum = 0;
        let mut i = 0;
        while i < 8 {
            sum += POWERS[i][j];
            i += 1;
        }
        assert!(sum < (1 << 32) - 16, "a column of the conversion overflows");
        j += 1;
    }
};

impl Spelling {
    /// Base58 of a fixed first 32-bit word and the key, of which the last 44 digits are kept.
    pub(crate) const fn base58_after(word: u64) -> Self {
        let mut offset = [0; LIMBS];
        offset = shift_in(offset, word);
        let mut i = 0;
        while i < 8 {
            offset = shift_in(offset, 0);
            i += 1;
        }
        offset[LIMBS - 1] %= BASE / 58;
        Self::Base58 { offset, zeros: false }
    }

    /// Base58 of the key alone.
    pub(crate) const fn base58() -> Self {
        Self::Base58 { offset: [0; LIMBS], zeros: true }
    }

    /// Words that the digits take.
    pub(crate) const fn words(&self) -> usize {
        match self {
            Self::Base58 { .. } => LIMBS,
            Self::Bits { digits, .. } => digits.div_ceil(PER_WORD as u32) as usize,
        }
    }

    /// Digits at the start of the first word that belong to no text.
    pub(crate) const fn padding(&self) -> usize {
        match self {
            Self::Base58 { .. } => 1,
            Self::Bits { digits, .. } => self.words() * PER_WORD - *digits as usize,
        }
    }

    /// Whether a zero as the first digit after the padding is not written.
    pub(crate) const fn drops_zero(&self) -> bool {
        matches!(self, Self::Base58 { .. })
    }

    /// Writes out the candidates of one word: the digits of a key whose x is even, and the last five of one whose x is odd.
    #[inline(always)]
    pub(crate) fn spell<L: Lanes>(&self, l: L, y: &[L::Word; 4]) -> ([L::Word; MAX_WORDS], L::Word) {
        let number = [l.swap_bytes(y[3]), l.swap_bytes(y[2]), l.swap_bytes(y[1]), l.swap_bytes(y[0])];
        match self {
            Self::Base58 { offset, zeros } => base58(l, offset, *zeros, &number),
            Self::Bits { width, digits, dropped } => bits(l, *width, *digits, *dropped, &number),
        }
    }
}

/// Digits of base 58. Products of 32-bit words and limbs are summed up by column, carried once, and split.
#[inline(always)]
fn base58<L: Lanes>(
    l: L,
    offset: &[u64; LIMBS],
    zeros: bool,
    number: &[L::Word; 4],
) -> ([L::Word; MAX_WORDS], L::Word) {
    let zero = l.splat(0);
    let mut columns = [zero; LIMBS];
    let mut j = 0;
    while j < LIMBS {
        columns[j] = l.splat(offset[j]);
        j += 1;
    }
    let mut i = 0;
    while i < 8 {
        let word = if i % 2 == 0 { number[i / 2] } else { l.shr(number[i / 2], 32) };
        j = 0;
        while j < LIMBS {
            if POWERS[i][j] != 0 {
                columns[j] = l.add(columns[j], l.mul32(word, l.splat(POWERS[i][j])));
            }
            j += 1;
        }
        i += 1;
    }
    let mut words = [zero; MAX_WORDS];
    let mut carry = zero;
    let mut last = zero;
    j = 0;
    while j < LIMBS {
        let (quotient, limb) = divide(l, l.add(columns[j], carry));
        carry = quotient;
        if j == 0 {
            last = limb;
        }
        words[LIMBS - 1 - j] = five_digits(l, limb);
        j += 1;
    }
    let odd = l.add(last, l.splat(128));
    let mut doubtful = l.sub(l.splat(BASE - 1), odd);
    if zeros {
        doubtful = l.or(doubtful, l.sub(l.shr(number[3], 56), l.splat(1)));
    }
    let doubtful = l.sub(l.splat(0), l.shr(doubtful, 63));
    (words, l.or(five_digits(l, odd), doubtful))
}

/// Quotient and remainder by 58^5, of any word.
///
/// 2^64 / 58^5, rounded down, times the 52 high bits makes a quotient that is exact or one too small: the part lost of each
/// factor is below 1 and below 2^-17.
#[inline(always)]
fn divide<L: Lanes>(l: L, value: L::Word) -> (L::Word, L::Word) {
    const RECIPROCAL: u64 = ((1u128 << 64) / BASE as u128) as u64;
    let estimate = l.mul52_high(l.shr(value, 12), l.splat(RECIPROCAL));
    // The remainder is small, so that 52 bits of the product do.
    let mask = l.splat((1 << 52) - 1);
    let remainder = l.and(l.sub(value, l.mul52_low(estimate, l.splat(BASE))), mask);
    let reduced = l.sub(remainder, l.splat(BASE));
    let below = l.shr(reduced, 63);
    let quotient = l.sub(l.add(estimate, l.splat(1)), below);
    (quotient, l.add(reduced, l.and(l.sub(l.splat(0), below), l.splat(BASE))))
}

/// The five digits of a limb below 2^30, the first in the low byte.
///
/// `x * ceil(2^36 / 58) >> 36` is x / 58 as long as 58 x is below 2^36.
#[inline(always)]
fn five_digits<L: Lanes>(l: L, limb: L::Word) -> L::Word {
    const RECIPROCAL: u64 = (1 << 36) / 58 + 1;
    let mut word = l.splat(0);
    let mut rest = limb;
    let mut i = 0;
    while i < PER_WORD - 1 {
        let quotient = l.shr(l.mul32(rest, l.splat(RECIPROCAL)), 36);
        let digit = l.sub(rest, l.mul32(quotient, l.splat(58)));
        word = l.or(l.shl(word, 8), digit);
        rest = quotient;
        i += 1;
    }
    l.or(l.shl(word, 8), rest)
}

#[inline(always)]
fn bits<L: Lanes>(
    l: L,
    width: u32,
    digits: u32,
    dropped: u32,
    number: &[L::Word; 4],
) -> ([L::Word; MAX_WORDS], L::Word) {
    let mut words = [l.splat(0); MAX_WORDS];
    let count = (digits as usize).div_ceil(PER_WORD);
    let sign = 7 - dropped;
    let mut odd = l.splat(0);
    let mut i = 0;
    while i < digits {
        // Digit i counted from the end, at these bits of the number.
        let bit = dropped + i * width;
        let (word, shift) = ((bit / 64) as usize, bit % 64);
        let mut digit = l.shr(number[word], shift);
        if word < 3 && shift + width > 64 {
            digit = l.or(digit, l.shl(number[word + 1], 64 - shift));
        }
        digit = l.and(digit, l.splat((1 << width) - 1));
        let place = 8 * ((PER_WORD as u32 - 1) - i % PER_WORD as u32);
        let at = count - 1 - i as usize / PER_WORD;
        words[at] = l.or(words[at], l.shl(digit, place));
        if sign / width == i {
            odd = l.splat(1 << (sign % width + place));
        }
        i += 1;
    }
    (words, l.or(words[count - 1], odd))
}

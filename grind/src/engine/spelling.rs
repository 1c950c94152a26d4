//! Digits of public keys: from y, as little-endian words, to the digits that patterns are matched on, eight to a word.
//!
//! The sign of x is the one bit of a key that y does not give. It lies in the last word, which therefore comes in two
//! versions; where a carry would reach further, or the text is not a plain row of digits, the candidate is marked as doubtful.

use super::lanes::{BASE, Lanes};

/// Most words that the digits of a key take.
pub(crate) const MAX_WORDS: usize = 8;
/// Digits in a word, the first in the low byte.
pub(crate) const PER_WORD: usize = 8;
/// In place of the second version of the last digits: the candidate must be matched by other means.
pub(crate) const DOUBTFUL: u64 = u64::MAX;

/// The digits of one candidate per lane.
#[derive(Clone, Copy)]
pub(crate) struct Digits<W> {
    /// Those of a key whose x is even.
    pub(crate) words: [W; MAX_WORDS],
    /// The last word of a key whose x is odd, or [`DOUBTFUL`].
    pub(crate) odd: W,
}

/// How a target writes a key.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Spelling {
    /// Base58 digits of the key as a big-endian number, plus what the bytes before it add.
    Base58 {
        /// Limbs of base 58^4 to add, the lowest first.
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
        /// Zero bits after the key that fill up its last digit.
        filled: u32,
    },
}

/// Limbs of base 58^4 in base58: 44 digits.
const LIMBS: usize = 11;
/// 2^(32 i) in limbs of base 58^4, for the eight 32-bit words of a key. A column of eight products stays below 2^59.
const POWERS: [[u64; LIMBS]; 8] = powers();

const fn powers() -> [[u64; LIMBS]; 8] {
    let mut powers = [[0; LIMBS]; 8];
    let mut power = [1, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0];
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

impl Spelling {
    /// Base58 of some fixed bytes, up to eight, and the key, of which the last 44 digits are kept.
    pub(crate) const fn base58_after(word: u64) -> Self {
        let mut offset = shift_in([0; LIMBS], word);
        let mut i = 0;
        while i < 8 {
            offset = shift_in(offset, 0);
            i += 1;
        }
        Self::Base58 { offset, zeros: false }
    }

    /// Base58 of the key alone.
    pub(crate) const fn base58() -> Self {
        Self::Base58 { offset: [0; LIMBS], zeros: true }
    }

    /// Words that the digits take.
    pub(crate) const fn words(&self) -> usize {
        match self {
            Self::Base58 { .. } => LIMBS.div_ceil(2),
            Self::Bits { digits, .. } => digits.div_ceil(PER_WORD as u32) as usize,
        }
    }

    /// Digits at the start of the first word that belong to no text.
    pub(crate) const fn padding(&self) -> usize {
        match self {
            Self::Base58 { .. } => 0,
            Self::Bits { digits, .. } => self.words() * PER_WORD - *digits as usize,
        }
    }

    /// Digits in the last word.
    pub(crate) const fn tail(&self) -> usize {
        match self {
            Self::Base58 { .. } => 4,
            Self::Bits { .. } => PER_WORD,
        }
    }

    /// Whether a zero as the first digit after the padding is not written.
    pub(crate) const fn drops_zero(&self) -> bool {
        matches!(self, Self::Base58 { .. })
    }

    /// Writes out the candidates of some words at a time: one after the other each would wait for its own carries.
    #[inline(always)]
    pub(crate) fn spell<L: Lanes, const N: usize>(&self, l: L, y: &[[L::Word; 4]; N]) -> [Digits<L::Word>; N] {
        let mut numbers = *y;
        let mut n = 0;
        while n < N {
            numbers[n] = [l.swap_bytes(y[n][3]), l.swap_bytes(y[n][2]), l.swap_bytes(y[n][1]), l.swap_bytes(y[n][0])];
            n += 1;
        }
        match self {
            Self::Base58 { offset, zeros } => base58(l, offset, *zeros, &numbers),
            Self::Bits { width, digits, dropped, filled } => {
                let empty = Digits { words: [l.splat(0); MAX_WORDS], odd: l.splat(0) };
                let mut spelled = [empty; N];
                n = 0;
                while n < N {
                    spelled[n] = bits(l, *width, *digits, [*dropped, *filled], &numbers[n]);
                    n += 1;
                }
                spelled
            }
        }
    }
}

/// Digits of base 58. Products of 32-bit words and limbs are summed up by column, carried once, and split.
#[inline(always)]
fn base58<L: Lanes, const N: usize>(
    l: L,
    offset: &[u64; LIMBS],
    zeros: bool,
    numbers: &[[L::Word; 4]; N],
) -> [Digits<L::Word>; N] {
    let zero = l.splat(0);
    let mut limbs = [[zero; LIMBS]; N];
    let mut n = 0;
    while n < N {
        limbs[n] = columns(l, offset, &numbers[n]);
        n += 1;
    }
    let mut carries = [zero; N];
    let mut j = 0;
    while j < LIMBS {
        n = 0;
        while n < N {
            (carries[n], limbs[n][j]) = l.divide(l.add(limbs[n][j], carries[n]));
            n += 1;
        }
        j += 1;
    }
    let mut spelled = [Digits { words: [zero; MAX_WORDS], odd: zero }; N];
    n = 0;
    while n < N {
        let limbs = &limbs[n];
        let mut i = 0;
        while i < LIMBS / 2 {
            let (first, second) = (limbs[LIMBS - 1 - 2 * i], limbs[LIMBS - 2 - 2 * i]);
            let pairs = l.or(two_pairs(l, first), l.shl(two_pairs(l, second), 32));
            spelled[n].words[i] = l.split_pairs(pairs);
            i += 1;
        }
        let odd = l.add(limbs[0], l.splat(128));
        spelled[n].words[i] = l.split_pairs(two_pairs(l, limbs[0]));
        // Negative where the carry goes on, or where the first byte is zero.
        let mut doubtful = l.sub(l.splat(BASE - 1), odd);
        if zeros {
            doubtful = l.or(doubtful, l.sub(l.shr(numbers[n][3], 56), l.splat(1)));
        }
        let doubtful = l.sub(zero, l.shr(doubtful, 63));
        spelled[n].odd = l.or(l.split_pairs(two_pairs(l, odd)), doubtful);
        n += 1;
    }
    spelled
}

#[inline(always)]
fn columns<L: Lanes>(l: L, offset: &[u64; LIMBS], number: &[L::Word; 4]) -> [L::Word; LIMBS] {
    let mut columns = [l.splat(0); LIMBS];
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
    columns
}

/// A limb below 2^24 as two numbers below 58^2, the first in the low 16 bits, the second in the next.
///
/// `x * ceil(2^36 / 3364) >> 36` is x / 3364 as long as 3364 x is below 2^36; subtracting 3364 q << 16 and adding q is one product.
#[inline(always)]
fn two_pairs<L: Lanes>(l: L, limb: L::Word) -> L::Word {
    const RECIPROCAL: u64 = (1 << 36) / 3364 + 1;
    let first = l.shr(l.mul32(limb, l.splat(RECIPROCAL)), 36);
    l.sub(l.shl(limb, 16), l.mul32(first, l.splat((3364 << 16) - 1)))
}

#[inline(always)]
fn bits<L: Lanes>(
    l: L,
    width: u32,
    digits: u32,
    [dropped, filled]: [u32; 2],
    number: &[L::Word; 4],
) -> Digits<L::Word> {
    let mut words = [l.splat(0); MAX_WORDS];
    let count = (digits as usize).div_ceil(PER_WORD);
    let sign = 7 + filled - dropped;
    let mut odd = l.splat(0);
    let mut i = 0;
    while i < digits {
        // Digit i counted from the end, at these bits of the number.
        let bit = (dropped + i * width).saturating_sub(filled);
        let (word, shift) = ((bit / 64) as usize, bit % 64);
        let mut digit = l.shr(number[word], shift);
        if word < 3 && shift + width > 64 {
            digit = l.or(digit, l.shl(number[word + 1], 64 - shift));
        }
        if i == 0 {
            digit = l.shl(digit, filled);
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
    Digits { words, odd: l.or(words[count - 1], odd) }
}

#[cfg(test)]
mod tests {
    use super::{
        super::{
            backend::Make,
            lanes::{Kernel, MAX_LANES},
            tested::tested,
        },
        *,
    };

    /// Divides as many words as there may be lanes.
    struct Divide([u64; MAX_LANES]);

    impl<L: Lanes> Kernel<L> for Divide {
        type Output = Vec<(u64, u64)>;

        #[inline(always)]
        fn run(self, l: L) -> Self::Output {
            let (quotients, remainders) = l.divide(l.load(&self.0));
            let (quotients, remainders) = (l.store(quotients), l.store(remainders));
            (0..L::LANES).map(|lane| (quotients[lane], remainders[lane])).collect()
        }
    }

    impl Make for Divide {
        type Output = Vec<(u64, u64)>;

        fn with<L: Lanes + 'static>(self, lanes: L) -> Self::Output {
            lanes.enter(self)
        }
    }

    #[test]
    fn quotients_are_exact() {
        let most = (1 << 60) - 1;
        let multiples = [0, 1, 2, 1 << 20, (1 << 32) / BASE, 1 << 32, (1 << 36) - 1, most / BASE].map(|q| q * BASE);
        for backend in tested() {
            for multiple in multiples {
                for value in
                    [multiple.saturating_sub(1), multiple, multiple + 1, multiple + BASE / 2, multiple + BASE - 1]
                {
                    let value = value.min(most);
                    let words = std::array::from_fn(|lane| value ^ (lane as u64 & 3));
                    for (word, answer) in words.iter().zip(backend.with_lanes(Divide(words))) {
                        assert_eq!(answer, (word / BASE, word % BASE), "{backend} {word}");
                    }
                }
            }
        }
    }
}

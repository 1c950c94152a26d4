//! The small vector interface that every algorithm of the engine is written over: some 64-bit words side by side, and field
//! elements of five such words.
//!
//! A backend implements [`Lanes`] with its own words and its own multiplication. Algorithms are [`Kernel`]s; a backend runs
//! one with its processor features switched on, so everything that a kernel calls is inlined into that one place.

use zeroize::Zeroize;

use super::{
    field::{FieldElement, LIMB_BITS, LIMB_MASK, P},
    table::Row,
};

/// Most lanes that a backend may have.
pub(crate) const MAX_LANES: usize = 8;

/// One limb of a field element in every lane.
pub(crate) type Limbs<W> = [W; 5];

/// Work that is written once and run by any backend.
pub(crate) trait Kernel<L: Lanes> {
    /// What it returns.
    type Output;

    /// Does the work. Implementations are `#[inline(always)]`, with all that they call, closures and iterators left out:
    /// those would be compiled without the features.
    fn run(self, lanes: L) -> Self::Output;
}

/// A backend: words, shifts, and the field. Its value is the proof that the processor can do it.
///
/// Bounds of limbs, on which all formulas rely:
/// - *tight*, what multiplications return: below 2^51 + 2^15;
/// - *interior*, what table rows hold: from 2^15 to below 2^51 - 2^15, so that an interior and a tight limb add up to less than 2^52;
/// - *loose*, what multiplications take: below 2^52, all that a 52-bit multiplier sees.
pub(crate) trait Lanes: Copy + Send {
    /// One 64-bit word in every lane.
    type Word: Copy + Send + Zeroize;

    /// How many lanes there are.
    const LANES: usize;
    /// Runs a kernel with the processor features of the backend.
    fn enter<K: Kernel<Self>>(self, kernel: K) -> K::Output;

    /// The same word in every lane.
    fn splat(self, value: u64) -> Self::Word;
    /// The first words of the array, one a lane.
    fn load(self, values: &[u64; MAX_LANES]) -> Self::Word;
    /// One word a lane; entries without a lane are zero.
    fn store(self, word: Self::Word) -> [u64; MAX_LANES];

    /// Sum modulo 2^64.
    fn add(self, a: Self::Word, b: Self::Word) -> Self::Word;
    /// Difference modulo 2^64.
    fn sub(self, a: Self::Word, b: Self::Word) -> Self::Word;
    /// Bitwise and.
    fn and(self, a: Self::Word, b: Self::Word) -> Self::Word;
    /// Bitwise or.
    fn or(self, a: Self::Word, b: Self::Word) -> Self::Word;
    /// Bitwise exclusive or.
    fn xor(self, a: Self::Word, b: Self::Word) -> Self::Word;
    /// Left by the same `count` in every lane; nothing is left from 64 on.
    fn shl(self, a: Self::Word, count: u32) -> Self::Word;
    /// Right by the same `count` in every lane; nothing is left from 64 on.
    fn shr(self, a: Self::Word, count: u32) -> Self::Word;
    /// Rotated right.
    fn rotr<const COUNT: i32>(self, a: Self::Word) -> Self::Word;
    /// Exclusive or of three.
    fn xor3(self, a: Self::Word, b: Self::Word, c: Self::Word) -> Self::Word;
    /// Where `a` has a bit that of `b`, else that of `c`.
    fn choose(self, a: Self::Word, b: Self::Word, c: Self::Word) -> Self::Word;
    /// The bit that two of three have.
    fn majority(self, a: Self::Word, b: Self::Word, c: Self::Word) -> Self::Word;
    /// Bytes in reverse order.
    fn swap_bytes(self, a: Self::Word) -> Self::Word;
    /// The product of the low halves.
    fn mul32(self, a: Self::Word, b: Self::Word) -> Self::Word;
    /// The low 52 bits of the product of the low 52 bits.
    fn mul52_low(self, a: Self::Word, b: Self::Word) -> Self::Word;
    /// The high 52 bits of the product of the low 52 bits.
    fn mul52_high(self, a: Self::Word, b: Self::Word) -> Self::Word;
    /// Each number of 16 bits, below 58^2, as its quotient and remainder by 58: the quotient in the low byte.
    fn split_pairs(self, a: Self::Word) -> Self::Word;
    /// Every byte replaced by the entry of the table that its low six bits select.
    fn lookup(self, table: &[u8; 64], bytes: Self::Word) -> Self::Word;
    /// The low word of `high:low >> COUNT`, for counts from 1 to 63.
    fn funnel<const COUNT: i32>(self, low: Self::Word, high: Self::Word) -> Self::Word;
    /// A bit per lane: `a != 0`.
    fn nonzero(self, a: Self::Word) -> u8;
    /// A bit per lane: `a < b`, unsigned.
    fn less(self, a: Self::Word, b: Self::Word) -> u8;

    /// The product of loose elements, tight.
    fn mul(self, a: &Limbs<Self::Word>, b: &Limbs<Self::Word>) -> Limbs<Self::Word>;
    /// The square of a loose element, tight.
    fn square(self, a: &Limbs<Self::Word>) -> Limbs<Self::Word>;
    /// `a - b * c`, tight; `a` has limbs below 2^53.
    fn sub_mul(self, a: &Limbs<Self::Word>, b: &Limbs<Self::Word>, c: &Limbs<Self::Word>) -> Limbs<Self::Word>;
    /// `a - b - c^2`, tight; limbs of `a` are below 2^53, those of `b` tight.
    fn sub_square(self, a: &Limbs<Self::Word>, b: &Limbs<Self::Word>, c: &Limbs<Self::Word>) -> Limbs<Self::Word>;
    /// The low limb of the product below p, without the others.
    ///
    /// It is off by a multiple of 19 when a carry runs through the whole of the top limb, once in about 2^40 products.
    fn mul_low(self, a: &Limbs<Self::Word>, b: &Limbs<Self::Word>) -> Self::Word;
    /// One pass of carries, from limbs below 2^62.
    fn carried(self, a: &Limbs<Self::Word>) -> Limbs<Self::Word>;

    /// The x of one row per lane, interior. The row numbers are the low halves of `index`, which is best read from memory.
    fn gather_x(self, rows: &[Row], index: &Self::Word) -> Limbs<Self::Word>;
    /// The y of one row per lane, interior.
    fn gather_y(self, rows: &[Row], index: &Self::Word) -> Limbs<Self::Word>;
    /// Asks for one row per lane to be brought near.
    fn prefetch(self, rows: &[Row], index: &Self::Word);

    /// Sum limb by limb.
    #[inline(always)]
    fn lazy_add(self, a: &Limbs<Self::Word>, b: &Limbs<Self::Word>) -> Limbs<Self::Word> {
        [self.add(a[0], b[0]), self.add(a[1], b[1]), self.add(a[2], b[2]), self.add(a[3], b[3]), self.add(a[4], b[4])]
    }

    /// Difference limb by limb; no limb of `b` is above that of `a`.
    #[inline(always)]
    fn lazy_sub(self, a: &Limbs<Self::Word>, b: &Limbs<Self::Word>) -> Limbs<Self::Word> {
        [self.sub(a[0], b[0]), self.sub(a[1], b[1]), self.sub(a[2], b[2]), self.sub(a[3], b[3]), self.sub(a[4], b[4])]
    }

    /// `-a` for an interior element, interior.
    #[inline(always)]
    fn negate_interior(self, a: &Limbs<Self::Word>) -> Limbs<Self::Word> {
        self.lazy_sub(&self.splat_limbs(&P), a)
    }

    /// `a` or `-a`, where `negative` is all ones, for an interior element. With p = 2^255 - 19, p - a flips every bit of
    /// the limbs and takes 18 off the lowest.
    #[inline(always)]
    fn negate_where(self, a: &Limbs<Self::Word>, negative: Self::Word) -> Limbs<Self::Word> {
        let flip = self.and(negative, self.splat(LIMB_MASK));
        let low = self.sub(self.xor(a[0], flip), self.and(negative, self.splat(18)));
        [low, self.xor(a[1], flip), self.xor(a[2], flip), self.xor(a[3], flip), self.xor(a[4], flip)]
    }

    /// The same element in every lane.
    #[inline(always)]
    fn splat_limbs(self, a: &[u64; 5]) -> Limbs<Self::Word> {
        [self.splat(a[0]), self.splat(a[1]), self.splat(a[2]), self.splat(a[3]), self.splat(a[4])]
    }

    /// One element per lane.
    #[inline(always)]
    fn load_limbs(self, a: &[FieldElement; MAX_LANES]) -> Limbs<Self::Word> {
        let mut limbs = [self.splat(0); 5];
        for (i, limb) in limbs.iter_mut().enumerate() {
            let mut column = [0; MAX_LANES];
            for (word, element) in column.iter_mut().zip(a) {
                *word = element.0[i];
            }
            *limb = self.load(&column);
        }
        limbs
    }

    /// One element per lane; entries without a lane are zero.
    #[inline(always)]
    fn store_limbs(self, a: &Limbs<Self::Word>) -> [FieldElement; MAX_LANES] {
        let mut elements = [FieldElement::ZERO; MAX_LANES];
        for (i, limb) in a.iter().enumerate() {
            for (element, word) in elements.iter_mut().zip(self.store(*limb)) {
                element.0[i] = word;
            }
        }
        elements
    }

    /// The inverse in every lane, tight; zero in every lane if one of them is zero.
    #[inline(always)]
    fn invert(self, a: &Limbs<Self::Word>) -> Limbs<Self::Word> {
        let mut elements = self.store_limbs(a);
        invert_together(&mut elements[..Self::LANES]);
        self.load_limbs(&elements)
    }

    /// The number below p in four little-endian words per lane, from a tight element.
    #[inline(always)]
    fn to_words(self, a: &Limbs<Self::Word>) -> [Self::Word; 4] {
        let a = self.carried(a);
        // Now the value is below 2^255 + 2^52: adding 19 shows by the carry out of the top whether p fits in it once.
        let mut quotient = self.shr(self.add(a[0], self.splat(19)), LIMB_BITS);
        let mut i = 1;
        while i < 5 {
            quotient = self.shr(self.add(a[i], quotient), LIMB_BITS);
            i += 1;
        }
        let times19 = self.add(self.add(self.shl(quotient, 4), self.shl(quotient, 1)), quotient);
        let mask = self.splat(LIMB_MASK);
        let mut r = a;
        let mut carry = times19;
        i = 0;
        while i < 5 {
            let sum = self.add(a[i], carry);
            carry = self.shr(sum, LIMB_BITS);
            r[i] = self.and(sum, mask);
            i += 1;
        }
        [
            self.or(r[0], self.shl(r[1], 51)),
            self.or(self.shr(r[1], 13), self.shl(r[2], 38)),
            self.or(self.shr(r[2], 26), self.shl(r[3], 25)),
            self.or(self.shr(r[3], 39), self.shl(r[4], 12)),
        ]
    }
}

/// Replaces every element by its inverse, with one inversion (Montgomery's trick). Kept out of line: it runs once a sweep.
#[inline(never)]
fn invert_together(elements: &mut [FieldElement]) {
    let mut prefixes = [FieldElement::ONE; MAX_LANES];
    let mut product = FieldElement::ONE;
    for (element, prefix) in elements.iter().zip(&mut prefixes) {
        *prefix = product;
        product = product.mul(element);
    }
    let mut inverse = product.invert();
    for (element, prefix) in elements.iter_mut().zip(&prefixes).rev() {
        let this = inverse.mul(prefix);
        inverse = inverse.mul(element);
        *element = this;
    }
}

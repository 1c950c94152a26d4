//! The small vector interface that every algorithm of the engine is written over: some 64-bit words side by side, and field
//! elements of five such words.
//!
//! A backend implements [`Lanes`] with its own words and its own multiplication. Algorithms are [`Kernel`]s; a backend runs
//! one with its processor features switched on, so everything that a kernel calls is inlined into that one place.

use zeroize::Zeroize;

use super::{field::FieldElement, form::Form, table::Row};

/// Words of a constant of which low bits of products are wanted.
pub(crate) const LOW_WORDS: usize = 15;
/// How many low bits those are.
pub(crate) const LOW_BITS: u32 = 24;
/// The base of the limbs that numbers are spelled in base58 with: four digits.
pub(crate) const BASE: u64 = 58 * 58 * 58 * 58;
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
/// Elements have five limbs, of 51 or 52 bits as the backend's multiplier likes it, integers or doubles. Formulas rely on these kinds:
/// - *tight*: may be added and subtracted. What is loaded, gathered or tidied is, and what `sub_settle` returns;
/// - a *product*: what `mul`, `square`, `plus` and `minus` return. It may be multiplied as it is; anything else takes a tidied one;
/// - *signed*: what `negate_where` returns, a tight element or the negative of each of its limbs;
/// - a *sum*: what `sum` and `less_loose` return. It may be multiplied with a tight element or a product;
/// - *loose*: what `loose_less` and `loose_less_twice` return, products whose carries are never done. They go into `less_loose`, where tight and signed
///   elements may stand in for them, and nowhere else.
pub(crate) trait Lanes: Copy + Send {
    /// One 64-bit word in every lane.
    type Word: Copy + Send + Zeroize;

    /// A product whose carries are still to be done. To do something else between multiplying and settling hides how long that takes.
    type Columns: Copy;
    /// A constant that is a factor of many products.
    type Rows: Copy;
    /// A product with a constant whose carries are still to be done.
    type RowColumns: Copy;

    /// How many lanes there are.
    const LANES: usize;
    /// What limbs and rows are like.
    const FORM: Form;
    /// Whether multiplications by `Rows` and low bits are cheaper than others.
    const CONSTANTS_ARE_CHEAP: bool;
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
    /// The low [`LOW_BITS`] bits, with their bytes in reverse order, at the top of the word.
    fn leading(self, a: Self::Word) -> Self::Word;
    /// The product of the low halves.
    fn mul32(self, a: Self::Word, b: Self::Word) -> Self::Word;
    /// The low 52 bits of the product of the low 52 bits.
    fn mul52_low(self, a: Self::Word, b: Self::Word) -> Self::Word;
    /// The high 52 bits of the product of the low 52 bits.
    fn mul52_high(self, a: Self::Word, b: Self::Word) -> Self::Word;
    /// Each number of 16 bits, below 58^2, as its quotient and remainder by 58: the quotient in the low byte.
    fn split_pairs(self, a: Self::Word) -> Self::Word;
    /// Quotient and remainder by 58^4 of a word below 2^60.
    #[inline(always)]
    fn divide(self, value: Self::Word) -> (Self::Word, Self::Word) {
        divide(self, value)
    }
    /// Every byte replaced by the entry of the table that its low six bits select.
    fn lookup(self, table: &[u8; 64], bytes: Self::Word) -> Self::Word;
    /// The low word of `high:low >> COUNT`, for counts from 1 to 63.
    fn funnel<const COUNT: i32>(self, low: Self::Word, high: Self::Word) -> Self::Word;
    /// A bit per lane: `a != 0`.
    fn nonzero(self, a: Self::Word) -> u8;
    /// A bit per lane: `a < b`, unsigned.
    fn less(self, a: Self::Word, b: Self::Word) -> u8;

    /// The limbs of the number below p.
    fn limbs(element: &FieldElement) -> [u64; 5];
    /// The product of two elements of which at most one is a sum.
    fn columns(self, a: &Limbs<Self::Word>, b: &Limbs<Self::Word>) -> Self::Columns;
    /// A product from its columns.
    fn settle(self, columns: &Self::Columns) -> Limbs<Self::Word>;
    /// The product of two elements of which at most one is a sum.
    #[inline(always)]
    fn mul(self, a: &Limbs<Self::Word>, b: &Limbs<Self::Word>) -> Limbs<Self::Word> {
        self.settle(&self.columns(a, b))
    }
    /// The square of an element that is no sum.
    fn square_columns(self, a: &Limbs<Self::Word>) -> Self::Columns;
    /// The square of an element that is no sum.
    #[inline(always)]
    fn square(self, a: &Limbs<Self::Word>) -> Limbs<Self::Word> {
        self.settle(&self.square_columns(a))
    }
    /// `a` less a product, tight; `a` is tight.
    fn sub_settle(self, a: &Limbs<Self::Word>, columns: &Self::Columns) -> Limbs<Self::Word>;
    /// The low 51 bits of the product below p, without the others; one factor may be a sum.
    ///
    /// They are off by a multiple of 19 when a carry runs through the whole of the top limb, once in about 2^40 products.
    fn mul_low(self, a: &Limbs<Self::Word>, b: &Limbs<Self::Word>) -> Self::Word;
    /// An element, tight or a product, as a constant factor.
    fn rows(self, a: &Limbs<Self::Word>) -> Self::Rows;
    /// `a + b * c`; `a` is the lazy sum of two tight elements at most.
    fn row_columns(self, a: &Limbs<Self::Word>, b: &Limbs<Self::Word>, c: &Self::Rows) -> Self::RowColumns;
    /// A product from its columns.
    fn settle_rows(self, columns: &Self::RowColumns) -> Limbs<Self::Word>;
    /// What `low_bits` takes as a constant factor.
    fn low_factor(element: &FieldElement) -> [u64; LOW_WORDS];
    /// The low [`LOW_BITS`] bits below p, with anything above them, of the sum and the difference of `a0 b0 + a1 b1` and `a2 b2 + a3 b3`, for two
    /// lists of factors b. No factor is a sum.
    ///
    /// They are off by 19 if what is left out of the products makes a difference, once in about 2^27 times.
    fn low_bits(self, a: [&Limbs<Self::Word>; 4], b: &[[[u64; LOW_WORDS]; 4]; 2]) -> [Self::Word; 4];
    /// Sum limb by limb.
    #[inline(always)]
    fn lazy_add(self, a: &Limbs<Self::Word>, b: &Limbs<Self::Word>) -> Limbs<Self::Word> {
        [self.add(a[0], b[0]), self.add(a[1], b[1]), self.add(a[2], b[2]), self.add(a[3], b[3]), self.add(a[4], b[4])]
    }
    /// The same element without anything above its limbs.
    fn tidy(self, a: &Limbs<Self::Word>) -> Limbs<Self::Word>;
    /// The sum of tight elements.
    fn sum(self, a: &Limbs<Self::Word>, b: &Limbs<Self::Word>) -> Limbs<Self::Word>;
    /// The sum of tight elements or tidied sums, as a product.
    fn plus(self, a: &Limbs<Self::Word>, b: &Limbs<Self::Word>) -> Limbs<Self::Word>;
    /// The difference of tight elements or tidied sums, as a product.
    fn minus(self, a: &Limbs<Self::Word>, b: &Limbs<Self::Word>) -> Limbs<Self::Word>;
    /// A product less a tight or a signed element, loose.
    fn loose_less(self, columns: &Self::Columns, a: &Limbs<Self::Word>) -> Limbs<Self::Word>;
    /// A product less `2 a - b`, loose; `a` is tight, `b` a tidied sum at most, or from `less_loose_tidied`.
    fn loose_less_twice(
        self,
        columns: &Self::Columns,
        a: &Limbs<Self::Word>,
        b: &Limbs<Self::Word>,
    ) -> Limbs<Self::Word>;
    /// A tight or a signed element less a loose one, as a sum.
    fn less_loose(self, a: &Limbs<Self::Word>, b: &Limbs<Self::Word>) -> Limbs<Self::Word>;
    /// `a` less `b`, both tight, signed or loose, of the kind that `loose_less_twice` takes and that may be multiplied with a tight element or a product: tidied,
    /// where a backend needs that.
    #[inline(always)]
    fn less_loose_tidied(self, a: &Limbs<Self::Word>, b: &Limbs<Self::Word>) -> Limbs<Self::Word> {
        self.tidy(&self.less_loose(a, b))
    }
    /// `a`, which is tight, or `-a` where the top bit of `sign` is set. The result is signed.
    fn negate_where(self, a: &Limbs<Self::Word>, sign: Self::Word) -> Limbs<Self::Word>;
    /// The number below p in four little-endian words per lane, from a tight element or a product.
    fn to_words(self, a: &Limbs<Self::Word>) -> [Self::Word; 4];

    /// The x of one row per lane. The row numbers are the low halves of `index`, which is best read from memory.
    fn gather_x(self, rows: &[Row], index: &Self::Word) -> Limbs<Self::Word>;
    /// The y of one row per lane.
    fn gather_y(self, rows: &[Row], index: &Self::Word) -> Limbs<Self::Word>;
    /// Asks for one row per lane to be brought near.
    fn prefetch(self, rows: &[Row], index: &Self::Word);

    /// The same element in every lane.
    #[inline(always)]
    fn splat_element(self, element: &FieldElement) -> Limbs<Self::Word> {
        self.splat_limbs(&Self::limbs(element))
    }

    /// The same limbs in every lane.
    #[inline(always)]
    fn splat_limbs(self, a: &[u64; 5]) -> Limbs<Self::Word> {
        [self.splat(a[0]), self.splat(a[1]), self.splat(a[2]), self.splat(a[3]), self.splat(a[4])]
    }

    /// One element per lane.
    #[inline(always)]
    fn load_elements(self, a: &[FieldElement; MAX_LANES]) -> Limbs<Self::Word> {
        let mut columns = [[0; MAX_LANES]; 5];
        for (lane, element) in a.iter().enumerate().take(Self::LANES) {
            for (column, limb) in columns.iter_mut().zip(Self::limbs(element)) {
                column[lane] = limb;
            }
        }
        let [a, b, c, d, e] = &columns;
        [self.load(a), self.load(b), self.load(c), self.load(d), self.load(e)]
    }

    /// The element of each lane, from a tight one or a product; entries without a lane are zero.
    #[inline(always)]
    fn store_elements(self, a: &Limbs<Self::Word>) -> [FieldElement; MAX_LANES] {
        let [a, b, c, d] = self.to_words(a);
        let words = [self.store(a), self.store(b), self.store(c), self.store(d)];
        let mut elements = [FieldElement::ZERO; MAX_LANES];
        for (lane, element) in elements.iter_mut().enumerate() {
            *element = FieldElement::from_words(&[words[0][lane], words[1][lane], words[2][lane], words[3][lane]]);
        }
        elements
    }

    /// The inverse in every lane, tight; zero in every lane if one of them is zero.
    #[inline(always)]
    fn invert(self, a: &Limbs<Self::Word>) -> Limbs<Self::Word> {
        let mut elements = self.store_elements(a);
        invert_together(&mut elements[..Self::LANES]);
        self.load_elements(&elements)
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

/// Quotient and remainder by 58^4, of a word below 2^60.
///
/// 2^64 / 58^4, rounded down, times the high bits makes a quotient that is exact or one too small: of the factors, less than 1 and
/// less than 2^-11 are lost.
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

//! Field arithmetic modulo 2^255 - 19 in doubles, for vectors that have a fused multiply-add and no wide integer multiplication.
//!
//! An element is five limbs of 51 bits, whole numbers of either sign around zero, each kept as a fraction of 2^51: what is said of limbs below counts
//! whole numbers. Two fused multiply-adds split a product of two limbs: [`SPLIT`] + ab is rounded to a multiple of 2^51 and so holds the upper half in its
//! mantissa, and ab + ([`SPLIT`] + [`CENTER`] - that) holds the rest, which lies between -2^50 and 2^50 and is exact. Bit patterns of both are summed up as
//! integers, see `columns`. Fractions are no slower than whole numbers, and bits that a column has above a limb become the exponent of a limb by a mask alone.
//!
//! With T = [`TIGHT`] the kinds of [`Lanes`] are bounded, limb by limb in either direction, like this:
//! tight, signed, product: T; loose: 2 T; sum: 3 T. `columns` and `field` say where each bound comes from, and check it when they are compiled.
//! All of it needs the processor to round to the nearest double, which a backend makes sure of when it is entered.

mod columns;
mod field;
#[cfg(any(test, feature = "fuzzing"))]
mod model;
#[cfg(any(test, feature = "fuzzing"))]
mod reference;

pub(super) use columns::{BOTTOM_LESS, LESS, MASK, PRODUCT_START, SQUARE_START};
pub(super) use field::{
    less_twice, limbs, low_bits, minus, mul_low, negate_where, pack, plus, row_columns, sub_settle, sum, tidy, unpack,
};
#[cfg(any(test, feature = "fuzzing"))]
pub(crate) use model::Model;
#[cfg(any(test, feature = "fuzzing"))]
pub(super) use reference::{product, square};

use super::lanes::Lanes;

/// How many numbers a limb counts to.
pub(super) const UNIT: f64 = (1u64 << 51) as f64;
/// What one is as a limb.
pub(super) const ONE: f64 = 1.0 / UNIT;
/// What a product is added to so that 2^51 is the last place of the sum. The sum stays below the next power of two while the product is below 2^102.
pub(super) const SPLIT: f64 = 3.0;
/// What the rest of a product, below 2^51, is added to so that one is the last place of the sum, whose bit pattern then counts like an integer.
pub(super) const CENTER: f64 = 3.0 * ONE;
/// Both; it is a multiple of 2^51, and what is taken from it leaves an exact difference.
pub(super) const SPLIT_CENTER: f64 = SPLIT + CENTER;
/// What has 2^51 limbs above it with one as their last place.
pub(super) const BASE: f64 = 2.0;
/// What a number is added to so that whole ones, not limbs, are the last place of the sum.
pub(super) const WHOLE: f64 = 3.0 * UNIT;

/// Most that a limb of a tight element or a product is away from zero.
pub(super) const TIGHT: u64 = (1 << 50) + (1 << 14);

/// A vector of doubles. Bitwise and integer operations are those of [`Lanes`] on the same words.
pub(crate) trait Doubles: Lanes {
    /// `a * b + c`, rounded once, to the nearest double.
    fn fused(self, a: Self::Word, b: Self::Word, c: Self::Word) -> Self::Word;
    /// The sum of doubles.
    fn float_add(self, a: Self::Word, b: Self::Word) -> Self::Word;
    /// The difference of doubles.
    fn float_sub(self, a: Self::Word, b: Self::Word) -> Self::Word;
    /// The product of doubles, rounded.
    fn float_mul(self, a: Self::Word, b: Self::Word) -> Self::Word;
    /// The same double in every lane.
    #[inline(always)]
    fn float(self, value: f64) -> Self::Word {
        self.splat(value.to_bits())
    }
}

/// Applies an operation to each pair of limbs. A macro, because closures are compiled without the processor features of the kernel around them.
macro_rules! each {
    ($d:ident.$operation:ident($a:expr, $b:expr)) => {
        [
            $d.$operation($a[0], $b[0]),
            $d.$operation($a[1], $b[1]),
            $d.$operation($a[2], $b[2]),
            $d.$operation($a[3], $b[3]),
            $d.$operation($a[4], $b[4]),
        ]
    };
}
use each;

/// The part of [`Lanes`] that is the same for every vector of doubles.
macro_rules! lanes_of_doubles {
    () => {
        const FORM: Form = Form::Doubles;
        const CONSTANTS_ARE_CHEAP: bool = false;

        #[inline(always)]
        fn limbs(element: &FieldElement) -> [u64; 5] {
            doubles::limbs(element)
        }
        #[inline(always)]
        fn settle(self, product: &Limbs<Self::Word>) -> Limbs<Self::Word> {
            *product
        }
        #[inline(always)]
        fn sub_settle(self, a: &Limbs<Self::Word>, product: &Limbs<Self::Word>) -> Limbs<Self::Word> {
            doubles::sub_settle(self, a, product)
        }
        #[inline(always)]
        fn mul_low(self, a: &Limbs<Self::Word>, b: &Limbs<Self::Word>) -> Self::Word {
            doubles::mul_low(self, a, b)
        }
        #[inline(always)]
        fn rows(self, a: &Limbs<Self::Word>) -> Limbs<Self::Word> {
            *a
        }
        #[inline(always)]
        fn row_columns(self, a: &Limbs<Self::Word>, b: &Limbs<Self::Word>, c: &Limbs<Self::Word>) -> Limbs<Self::Word> {
            doubles::row_columns(self, a, b, c)
        }
        #[inline(always)]
        fn settle_rows(self, product: &Limbs<Self::Word>) -> Limbs<Self::Word> {
            *product
        }
        fn low_factor(element: &FieldElement) -> [u64; LOW_WORDS] {
            let [a, b, c, d, e] = doubles::limbs(element);
            [a, b, c, d, e, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0]
        }
        #[inline(always)]
        fn low_bits(self, a: [&Limbs<Self::Word>; 4], b: &[[[u64; LOW_WORDS]; 4]; 2]) -> [Self::Word; 4] {
            let [plus1, minus1] = doubles::low_bits(self, a, &b[0]);
            let [plus2, minus2] = doubles::low_bits(self, a, &b[1]);
            [plus1, minus1, plus2, minus2]
        }
        #[inline(always)]
        fn lazy_add(self, a: &Limbs<Self::Word>, b: &Limbs<Self::Word>) -> Limbs<Self::Word> {
            doubles::sum(self, a, b)
        }
        #[inline(always)]
        fn tidy(self, a: &Limbs<Self::Word>) -> Limbs<Self::Word> {
            doubles::tidy(self, a)
        }
        #[inline(always)]
        fn sum(self, a: &Limbs<Self::Word>, b: &Limbs<Self::Word>) -> Limbs<Self::Word> {
            doubles::sum(self, a, b)
        }
        #[inline(always)]
        fn plus(self, a: &Limbs<Self::Word>, b: &Limbs<Self::Word>) -> Limbs<Self::Word> {
            doubles::plus(self, a, b)
        }
        #[inline(always)]
        fn minus(self, a: &Limbs<Self::Word>, b: &Limbs<Self::Word>) -> Limbs<Self::Word> {
            doubles::tidy(self, &doubles::minus(self, a, b))
        }
        #[inline(always)]
        fn loose_less(self, product: &Limbs<Self::Word>, a: &Limbs<Self::Word>) -> Limbs<Self::Word> {
            doubles::minus(self, product, a)
        }
        #[inline(always)]
        fn loose_less_twice(
            self,
            product: &Limbs<Self::Word>,
            a: &Limbs<Self::Word>,
            b: &Limbs<Self::Word>,
        ) -> Limbs<Self::Word> {
            doubles::less_twice(self, product, a, b)
        }
        #[inline(always)]
        fn less_loose(self, a: &Limbs<Self::Word>, b: &Limbs<Self::Word>) -> Limbs<Self::Word> {
            doubles::minus(self, a, b)
        }
        #[inline(always)]
        fn less_loose_tidied(self, a: &Limbs<Self::Word>, b: &Limbs<Self::Word>) -> Limbs<Self::Word> {
            doubles::minus(self, a, b)
        }
        #[inline(always)]
        fn negate_where(self, a: &Limbs<Self::Word>, sign: Self::Word) -> Limbs<Self::Word> {
            doubles::negate_where(self, a, sign)
        }
        #[inline(always)]
        fn to_words(self, a: &Limbs<Self::Word>) -> [Self::Word; 4] {
            doubles::pack(self, a)
        }
    };
}
pub(super) use lanes_of_doubles;

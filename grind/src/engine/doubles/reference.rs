//! Products and squares as plain sums over any vector of doubles. Backends have the same in assembly, with the same constants, so that results are equal
//! bit by bit.

use super::{
    super::lanes::Limbs,
    Doubles, SPLIT, SPLIT_CENTER,
    columns::{BOTTOM_LESS, LESS, MASK, PRODUCT_START, SQUARE_START},
};

/// The halves of a product of two limbs, with the bits of their constants: the upper one in steps of 2^51, and the rest.
#[inline(always)]
fn halves<D: Doubles>(d: D, a: D::Word, b: D::Word) -> (D::Word, D::Word) {
    let upper = d.fused(a, b, d.float(SPLIT));
    (upper, d.fused(a, b, d.float_sub(d.float(SPLIT_CENTER), upper)))
}

/// The product of two elements of which at most one is a sum.
#[inline(always)]
pub(in super::super) fn product<D: Doubles>(d: D, a: &Limbs<D::Word>, b: &Limbs<D::Word>) -> Limbs<D::Word> {
    let mut columns = [d.splat(0); 10];
    let mut i = 0;
    while i < 5 {
        let mut j = 0;
        while j < 5 {
            let (upper, lower) = halves(d, a[i], b[j]);
            columns[i + j] = d.add(columns[i + j], lower);
            columns[i + j + 1] = d.add(columns[i + j + 1], upper);
            j += 1;
        }
        i += 1;
    }
    settle(d, &columns, &PRODUCT_START)
}

/// The square of an element that is no sum.
#[inline(always)]
pub(in super::super) fn square<D: Doubles>(d: D, a: &Limbs<D::Word>) -> Limbs<D::Word> {
    let mut columns = [d.splat(0); 10];
    let mut i = 0;
    while i < 5 {
        let twice = d.float_add(a[i], a[i]);
        let mut j = i;
        while j < 5 {
            let (upper, lower) = halves(d, if i == j { a[i] } else { twice }, a[j]);
            columns[i + j] = d.add(columns[i + j], lower);
            columns[i + j + 1] = d.add(columns[i + j + 1], upper);
            j += 1;
        }
        i += 1;
    }
    settle(d, &columns, &SQUARE_START)
}

/// Folds ten columns and carries them, all at the same time: to limbs that are at most T from zero.
#[inline(always)]
fn settle<D: Doubles>(d: D, columns: &[D::Word; 10], starts: &[u64; 5]) -> Limbs<D::Word> {
    let mut folded = [d.splat(0); 5];
    let mut k = 0;
    while k < 5 {
        let upper = columns[k + 5];
        let nineteen = d.add(d.add(upper, d.shl(upper, 4)), d.add(upper, upper));
        folded[k] = d.add(d.add(columns[k], d.splat(starts[k])), nineteen);
        k += 1;
    }
    let mut settled = folded;
    k = 0;
    while k < 5 {
        let carry = d.shr(folded[(k + 4) % 5], 51);
        let (carry, less) = if k == 0 { (d.mul32(carry, d.splat(19)), BOTTOM_LESS) } else { (carry, LESS) };
        settled[k] = d.float_sub(d.add(d.and(folded[k], d.splat(MASK)), carry), d.float(less));
        k += 1;
    }
    settled
}

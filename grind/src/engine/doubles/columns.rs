//! What products and squares are summed up from, and that nothing overflows on the way: see `reference` for the sums.
//!
//! Column k collects the lower halves of the products of limbs i and j with i + j = k and the upper ones of those with i + j = k - 1. Every half
//! comes with the bits of the constant that it was made with, so that a column is off by a number that is known before: it is
//! taken off together with what [`start`] adds. Columns from 5 on count 19 times, 5 columns below.

use super::{super::field::LIMB_MASK, BASE, CENTER, Doubles, ONE, SPLIT, TIGHT};

/// How many products of limbs i and j there are by i + j, and none after those.
type Counts = [u64; 10];
const ALL: Counts = [1, 2, 3, 4, 5, 4, 3, 2, 1, 0];
/// Those of a square, where i and j may be swapped.
const HALF: Counts = [1, 1, 2, 2, 3, 2, 2, 1, 1, 0];

/// Most that is carried out of a column, in either direction, with a sum as one factor.
const MOST_CARRIED: u64 = 117;
/// What every column has above its limb besides what is carried: the upper bits of [`BASE`] and 128, so that the eight bits below those five count
/// what is carried, and clearing them leaves the exponent of the base.
const ABOVE: u64 = (BASE.to_bits() >> 51) + 128;
/// What is kept of a column in its limb.
pub(in super::super) const MASK: u64 = 31 << 59 | LIMB_MASK;
/// What is taken off a limb that has a carry: the base, half a limb, and what the carry has besides.
pub(in super::super) const LESS: f64 = BASE + 0.5 + ABOVE as f64 * ONE;
/// The same for the bottom limb, where the carry from the top counts 19 times.
pub(in super::super) const BOTTOM_LESS: f64 = BASE + 0.5 + (19 * ABOVE) as f64 * ONE;

// Factors of T and 3 T, and twice T and T in a square: what is split stays below 2^102.
const _: () = assert!(3 * (TIGHT as u128) * (TIGHT as u128) < 1 << 102);
// Carries of a settled product, the bottom one 19 times: a limb ends at most T from zero.
const _: () = assert!(MOST_CARRIED < 128 && (1 << 50) + 19 * (MOST_CARRIED + 1) <= TIGHT);
const _: () = assert!(BASE.to_bits() & !(31 << 59) == 0);
// All columns of products of T and 3 T, and of 2 T and T in a square, fit what may be carried.
const _: () = assert!(fits(&ALL, 3) && fits(&HALF, 2));

/// Whether columns of products of up to so many T^2 are small enough: lower halves are at most 2^50, upper ones at most the product by 2^51.
const fn fits(counts: &Counts, squares: u128) -> bool {
    let upper = ((squares * (TIGHT as u128) * (TIGHT as u128)) >> 51) + 1;
    let mut k = 0;
    while k < 5 {
        let below = if k == 0 { 0 } else { counts[k - 1] };
        let whole = (counts[k] + 19 * counts[k + 5]) as u128 * (1 << 50) + (below + 19 * counts[k + 4]) as u128 * upper;
        if whole >= (MOST_CARRIED as u128) << 51 {
            return false;
        }
        k += 1;
    }
    true
}

/// The bits of the constants that the halves in a column come with.
const fn constants(counts: &Counts, k: usize) -> u64 {
    let below = if k == 0 { 0 } else { counts[k - 1] };
    counts[k].wrapping_mul(CENTER.to_bits()).wrapping_add(below.wrapping_mul(SPLIT.to_bits()))
}

/// What a column starts with: what it has above its limb, half a limb so that carries round to the nearest, and what takes the bits of all constants off
/// again.
const fn start(counts: &Counts, k: usize) -> u64 {
    let off = constants(counts, k).wrapping_add(constants(counts, k + 5).wrapping_mul(19));
    ((ABOVE << 51) + (1 << 50)).wrapping_sub(off)
}

const fn starts(counts: &Counts) -> [u64; 5] {
    [start(counts, 0), start(counts, 1), start(counts, 2), start(counts, 3), start(counts, 4)]
}

/// What the columns of a product start with.
pub(in super::super) const PRODUCT_START: [u64; 5] = starts(&ALL);
/// What the columns of a square start with.
pub(in super::super) const SQUARE_START: [u64; 5] = starts(&HALF);

/// The double of an integer below 2^51 less half a limb.
#[inline(always)]
pub(super) fn signed<D: Doubles>(d: D, limb: D::Word) -> D::Word {
    d.float_sub(d.or(limb, d.float(BASE)), d.float(BASE + 0.5))
}

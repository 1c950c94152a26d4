//! What products and squares are summed up from, and that nothing overflows on the way: see `reference` for the sums.
//!
//! Column k collects the lower halves of the products of limbs i and j with i + j = k and the upper ones of those with i + j = k - 1. Every half
//! comes with the bits of the constant that it was made with, so that a column is off by a number that is known before: it is
//! taken off together with what [`start`] adds. Columns from 5 on count 19 times, 5 columns below.

use super::{super::field::P, BASE, CENTER, Doubles, SPLIT, TIGHT, UNIT};

/// How many products of limbs i and j there are by i + j, and none after those.
type Counts = [u64; 10];
const ALL: Counts = [1, 2, 3, 4, 5, 4, 3, 2, 1, 0];
/// Those of a square, where i and j may be swapped.
const HALF: Counts = [1, 1, 2, 2, 3, 2, 2, 1, 1, 0];

/// Most that is carried out of a column besides the [`ROOM`] that it starts with, with a sum as one factor.
const MOST_CARRIED: u64 = 117;
/// How many times p goes into the columns of a product before it is carried, so that no column is negative.
const ROOM: u64 = 256;

// Factors of T and 3 T, and twice T and T in a square: what is split stays below 2^102.
const _: () = assert!(3 * (TIGHT as u128) * (TIGHT as u128) < 1 << 102);
// Carries of a settled product, the bottom one 19 times: a limb ends at most T from zero.
const _: () = assert!(ROOM > MOST_CARRIED && (1 << 50) + 19 * (ROOM + MOST_CARRIED + 1) <= TIGHT);
// All columns: with n products on either side, halves below 2^50 and 3 T^2 / 2^51, fit what may be carried.
const _: () = {
    let upper = (3 * (TIGHT as u128) * (TIGHT as u128) >> 51) + 1;
    let mut k = 0;
    while k < 5 {
        let below = if k == 0 { 0 } else { ALL[k - 1] };
        let whole = (ALL[k] + 19 * ALL[k + 5]) as u128 * (1 << 50) + (below + 19 * ALL[k + 4]) as u128 * upper;
        assert!(whole < (MOST_CARRIED as u128) << 51);
        k += 1;
    }
};

/// The bits of the constants that the halves in a column come with.
const fn constants(counts: &Counts, k: usize) -> u64 {
    let below = if k == 0 { 0 } else { counts[k - 1] };
    counts[k].wrapping_mul(CENTER.to_bits()).wrapping_add(below.wrapping_mul(SPLIT.to_bits()))
}

/// What a column starts with: room, half a limb so that carries round to the nearest, and what takes the bits of all constants off again.
const fn start(counts: &Counts, k: usize) -> u64 {
    let off = constants(counts, k).wrapping_add(constants(counts, k + 5).wrapping_mul(19));
    (P[k] * ROOM + (1 << 50)).wrapping_sub(off)
}

const fn starts(counts: &Counts) -> [u64; 5] {
    [start(counts, 0), start(counts, 1), start(counts, 2), start(counts, 3), start(counts, 4)]
}

/// What the columns of a product start with.
pub(in super::super) const PRODUCT_START: [u64; 5] = starts(&ALL);
/// What the columns of a square start with.
pub(in super::super) const SQUARE_START: [u64; 5] = starts(&HALF);

/// The double of an integer below 2^52 less half a limb.
#[inline(always)]
pub(super) fn signed<D: Doubles>(d: D, limb: D::Word) -> D::Word {
    d.float_sub(d.or(limb, d.float(BASE)), d.float(BASE + UNIT / 2.0))
}

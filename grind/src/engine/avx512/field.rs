//! Multiplication modulo 2^255 - 19 with `vpmadd52`: the low or high 52 bits of a 104-bit product, added to 64 bits.
//!
//! Limbs have the 52 bits that the multiplier sees, so that high halves fall into the next column as they are, and bits above a
//! limb need not be cleared before a multiplication. Ten columns of a product are folded at 2^260 = 608, by multiplications again;
//! what is above 2^255 goes around once more, which leaves the top limb room for sums. Ripples of carries make a multiplication
//! wait longer than in radix 2^51 but take 79 instructions instead of 99; give them something else to overlap with.

use std::arch::x86_64::*;

use super::{
    super::{
        field::FieldElement,
        lanes::{LOW_BITS, LOW_WORDS, Limbs},
    },
    Avx512,
};

/// A full limb.
pub(super) const LIMB: u64 = (1 << 52) - 1;
/// The top limb of a number below 2^255.
pub(super) const TOP: u64 = (1 << 47) - 1;
/// The limbs of p.
pub(super) const P: [u64; 5] = [LIMB - 18, LIMB, LIMB, LIMB, TOP];
/// 2^10 p: limbs above those of a folded product and of a tidied sum, so that both can be subtracted.
const ROOM: [u64; 5] = [P[0] << 10, P[1] << 10, P[2] << 10, P[3] << 10, P[4] << 10];

/// The ten columns of a product, column i with the weight 2^(52 i).
pub(super) type Columns = [__m512i; 10];

/// `sum` plus the low 52 bits of the product.
#[inline(always)]
fn lo(_: Avx512, sum: __m512i, a: __m512i, b: __m512i) -> __m512i {
    // SAFETY: an `Avx512` proves AVX-512 IFMA.
    unsafe { _mm512_madd52lo_epu64(sum, a, b) }
}

/// `sum` plus the high 52 bits of the product.
#[inline(always)]
fn hi(_: Avx512, sum: __m512i, a: __m512i, b: __m512i) -> __m512i {
    // SAFETY: an `Avx512` proves AVX-512 IFMA.
    unsafe { _mm512_madd52hi_epu64(sum, a, b) }
}

#[inline(always)]
fn add(_: Avx512, a: __m512i, b: __m512i) -> __m512i {
    // SAFETY: an `Avx512` proves AVX-512F.
    unsafe { _mm512_add_epi64(a, b) }
}

#[inline(always)]
fn sub(_: Avx512, a: __m512i, b: __m512i) -> __m512i {
    // SAFETY: an `Avx512` proves AVX-512F.
    unsafe { _mm512_sub_epi64(a, b) }
}

#[inline(always)]
fn and(_: Avx512, a: __m512i, mask: u64) -> __m512i {
    // SAFETY: an `Avx512` proves AVX-512F.
    unsafe { _mm512_and_si512(a, _mm512_set1_epi64(mask as i64)) }
}

#[inline(always)]
fn splat(_: Avx512, a: u64) -> __m512i {
    // SAFETY: an `Avx512` proves AVX-512F.
    unsafe { _mm512_set1_epi64(a as i64) }
}

#[inline(always)]
fn zero(_: Avx512) -> __m512i {
    // SAFETY: an `Avx512` proves AVX-512F.
    unsafe { _mm512_setzero_si512() }
}

/// What is above a limb, with its sign.
#[inline(always)]
fn over(_: Avx512, a: __m512i) -> __m512i {
    // SAFETY: an `Avx512` proves AVX-512F.
    unsafe { _mm512_srai_epi64::<52>(a) }
}

/// What is above 2^255, from the top limb.
#[inline(always)]
fn over_top(_: Avx512, a: __m512i) -> __m512i {
    // SAFETY: an `Avx512` proves AVX-512F.
    unsafe { _mm512_srli_epi64::<47>(a) }
}

/// Runs a step for every pair of limbs: written out, because as loops the larger ones would stay loops.
macro_rules! for_pairs {
    ($step:ident) => {
        for_pairs!($step: 0 0, 0 1, 0 2, 0 3, 0 4, 1 0, 1 1, 1 2, 1 3, 1 4, 2 0, 2 1, 2 2, 2 3, 2 4, 3 0, 3 1, 3 2, 3 3, 3 4, 4 0, 4 1, 4 2, 4 3, 4 4);
    };
    ($step:ident: $($i:literal $j:literal),*) => {
        $($step!($i, $j);)*
    };
}

/// The columns of a product. One operand has a top limb below 2^47.1, as products have, the other one below 2^48.2, as sums have.
///
/// Those above 2^260 come first, as they have the longer way to go.
#[inline(always)]
pub(super) fn columns(v: Avx512, a: &Limbs<__m512i>, b: &Limbs<__m512i>) -> Columns {
    let mut c = [zero(v); 10];
    macro_rules! low {
        ($i:literal, $j:literal) => {
            if $i + $j < 4 {
                c[$i + $j + 1] = hi(v, c[$i + $j + 1], a[$i], b[$j]);
            }
            if $i + $j < 5 {
                c[$i + $j] = lo(v, c[$i + $j], a[$i], b[$j]);
            }
        };
    }
    macro_rules! high {
        ($i:literal, $j:literal) => {
            if $i + $j >= 4 {
                c[$i + $j + 1] = hi(v, c[$i + $j + 1], a[$i], b[$j]);
            }
            if $i + $j >= 5 {
                c[$i + $j] = lo(v, c[$i + $j], a[$i], b[$j]);
            }
        };
    }
    for_pairs!(high);
    for_pairs!(low);
    c
}

/// The columns of the square of an element with a top limb below 2^47.1.
///
/// Products of different limbs count twice: they come first, and their columns are doubled.
#[inline(always)]
pub(super) fn square_columns(v: Avx512, a: &Limbs<__m512i>) -> Columns {
    let mut c = [zero(v); 10];
    let mut i = 0;
    while i < 5 {
        let mut j = i + 1;
        while j < 5 {
            c[i + j] = lo(v, c[i + j], a[i], a[j]);
            c[i + j + 1] = hi(v, c[i + j + 1], a[i], a[j]);
            j += 1;
        }
        i += 1;
    }
    i = 1;
    while i < 9 {
        c[i] = add(v, c[i], c[i]);
        i += 1;
    }
    i = 0;
    while i < 5 {
        c[2 * i] = lo(v, c[2 * i], a[i], a[i]);
        c[2 * i + 1] = hi(v, c[2 * i + 1], a[i], a[i]);
        i += 1;
    }
    c
}

/// Brings ten columns to five limbs below 2^56, because 2^260 = 608.
///
/// The multiplier sees 52 bits: what an upper column has above them is multiplied by itself, one limb up, so that no column waits for the one
/// below. The topmost is below 2^43.3, and 608 times that above 52 bits: it is added in two halves.
#[inline(always)]
pub(super) fn fold(v: Avx512, c: &Columns) -> Limbs<__m512i> {
    let (k, half) = (splat(v, 608), splat(v, 304));
    let r4 = lo(v, lo(v, c[4], c[9], half), c[9], half);
    let r4 = lo(v, hi(v, r4, c[8], k), over(v, c[8]), k);
    let r3 = lo(v, hi(v, lo(v, c[3], c[8], k), c[7], k), over(v, c[7]), k);
    let r2 = lo(v, hi(v, lo(v, c[2], c[7], k), c[6], k), over(v, c[6]), k);
    let r1 = lo(v, hi(v, lo(v, c[1], c[6], k), c[5], k), over(v, c[5]), k);
    [lo(v, c[0], c[5], k), r1, r2, r3, r4]
}

/// Carries limbs that are above -2^62 and below 2^63, the top one not negative, with what is above 2^255 19 times at the bottom. The top limb
/// ends below 2^47 + 2^10, or 2^47 + 2^4 after a product; the bits above the others are no part of the number.
#[inline(always)]
pub(super) fn settle(v: Avx512, r: &Limbs<__m512i>) -> Limbs<__m512i> {
    let bottom = lo(v, r[0], over_top(v, r[4]), splat(v, 19));
    ripple(v, &[bottom, r[1], r[2], r[3], and(v, r[4], TOP)])
}

/// `a - b` carried, for limbs of either sign whose difference is between -2^57 and 2^57.
///
/// 1,024 times 2^255 - 19 goes into the outer limbs, so that the number is positive, and of 2^255 one is left in the top limb, so that carries of
/// either sign leave that positive: it ends between 2^46.9 and 2^48.1.
#[inline(always)]
pub(super) fn difference(v: Avx512, a: &Limbs<__m512i>, b: &Limbs<__m512i>) -> Limbs<__m512i> {
    let r = lazy_sub(v, a, b);
    let top = add(v, r[4], splat(v, 1024 << 47));
    let bottom = sub(v, r[0], splat(v, 1025 * 19));
    let bottom = lo(v, bottom, over_top(v, top), splat(v, 19));
    // SAFETY: an `Avx512` proves AVX-512F.
    let top = unsafe { _mm512_ternarylogic_epi64::<0xf8>(splat(v, 1 << 47), top, splat(v, TOP)) };
    ripple(v, &[bottom, r[1], r[2], r[3], top])
}

/// Limb by limb `a`, or `-a` where the top bit of `sign` is set.
#[inline(always)]
pub(super) fn negate_where(v: Avx512, a: &Limbs<__m512i>, sign: __m512i) -> Limbs<__m512i> {
    // SAFETY: an `Avx512` proves AVX-512DQ.
    let negative = unsafe { _mm512_movepi64_mask(sign) };
    let mut r = *a;
    let mut i = 0;
    while i < 5 {
        // SAFETY: an `Avx512` proves AVX-512F.
        r[i] = unsafe { _mm512_mask_sub_epi64(a[i], negative, zero(v), a[i]) };
        i += 1;
    }
    r
}

/// Carries upwards, and leaves in place what was carried.
#[inline(always)]
pub(super) fn ripple(v: Avx512, r: &Limbs<__m512i>) -> Limbs<__m512i> {
    let r1 = add(v, r[1], over(v, r[0]));
    let r2 = add(v, r[2], over(v, r1));
    let r3 = add(v, r[3], over(v, r2));
    let r4 = add(v, r[4], over(v, r3));
    [r[0], r1, r2, r3, r4]
}

/// Clears the bits above the limbs.
#[inline(always)]
pub(super) fn tidy(v: Avx512, r: &Limbs<__m512i>) -> Limbs<__m512i> {
    [and(v, r[0], LIMB), and(v, r[1], LIMB), and(v, r[2], LIMB), and(v, r[3], LIMB), r[4]]
}

/// `a` plus a large multiple of p.
#[inline(always)]
pub(super) fn with_room(v: Avx512, a: &Limbs<__m512i>) -> Limbs<__m512i> {
    let mut r = *a;
    let mut i = 0;
    while i < 5 {
        r[i] = add(v, r[i], splat(v, ROOM[i]));
        i += 1;
    }
    r
}

/// The low 51 bits of the product of two elements, of which one at most is a sum: columns 0 and 5, and what 4, 8 and 9 carry over, 28 of the
/// 65 instructions with a multiplier. Carries into the top limb from below are left out; see the interface.
#[inline(always)]
pub(super) fn mul_low(v: Avx512, a: &Limbs<__m512i>, b: &Limbs<__m512i>) -> __m512i {
    let (mut c4, mut c5) = (zero(v), hi(v, zero(v), a[0], b[4]));
    let mut i = 0;
    while i < 4 {
        c4 = hi(v, c4, a[i], b[3 - i]);
        c5 = hi(v, c5, a[i + 1], b[3 - i]);
        i += 1;
    }
    c4 = lo(v, c4, a[0], b[4]);
    i = 1;
    while i < 5 {
        c4 = lo(v, c4, a[i], b[4 - i]);
        c5 = lo(v, c5, a[i], b[5 - i]);
        i += 1;
    }
    let c8 = hi(v, hi(v, lo(v, zero(v), a[4], b[4]), a[3], b[4]), a[4], b[3]);
    let c9 = add(v, hi(v, zero(v), a[4], b[4]), over(v, c8));
    let (k, half) = (splat(v, 608), splat(v, 304));
    let top = lo(v, lo(v, hi(v, c4, c8, k), c9, half), c9, half);
    let low = lo(v, lo(v, zero(v), a[0], b[0]), c5, k);
    and(v, lo(v, low, over_top(v, top), splat(v, 19)), LIMB >> 1)
}

/// A constant times the weight of each limb, tight: with it a product has five columns and a little, as its upper half is folded already.
pub(super) type Rows = [Limbs<__m512i>; 5];

/// The rows of an element.
#[inline(always)]
pub(super) fn rows(v: Avx512, a: &Limbs<__m512i>) -> Rows {
    let mut rows = [tidy(v, &settle(v, &tidy(v, a))); 5];
    let (zero, k) = (zero(v), splat(v, 608));
    let mut i = 1;
    while i < 5 {
        // One limb up, which is a factor of 2^52.
        let a = &rows[i - 1];
        let up = [lo(v, zero, a[4], k), hi(v, a[0], a[4], k), a[1], a[2], a[3]];
        rows[i] = tidy(v, &settle(v, &up));
        i += 1;
    }
    rows
}

/// The columns of a product with a constant: the sixth counts 608 times in the first.
pub(super) type RowColumns = [__m512i; 6];

/// The columns of `a + b c`.
#[inline(always)]
pub(super) fn row_columns(v: Avx512, a: &Limbs<__m512i>, b: &Limbs<__m512i>, c: &Rows) -> RowColumns {
    let mut r = [a[0], a[1], a[2], a[3], a[4], zero(v)];
    macro_rules! step {
        ($i:literal, $j:literal) => {
            r[$j + 1] = hi(v, r[$j + 1], b[$i], c[$i][$j]);
            r[$j] = lo(v, r[$j], b[$i], c[$i][$j]);
        };
    }
    for_pairs!(step);
    r
}

/// Settles the columns of a product with a constant. Top limbs of rows are below 2^47.1, so that their high halves add up to less than 2^50.
#[inline(always)]
pub(super) fn settle_rows(v: Avx512, r: &RowColumns) -> Limbs<__m512i> {
    let k = splat(v, 608);
    settle(v, &[lo(v, r[0], r[5], k), hi(v, r[1], r[5], k), r[2], r[3], r[4]])
}

/// Of a sum of products: column 0, and in two parts what is above 2^255, with [`FRACTION`] bits of what is below that.
pub(super) type Low = [__m512i; 3];

/// Bits after the point of how often 2^255 goes into a sum, as far as the multiplier sees both.
const FRACTION: u32 = 52 - LOW_BITS;
// What `low_factor` shifts by, and the whole bytes that `leading` takes.
const _: () = assert!(LOW_BITS == 24);

/// Of the rows of a constant: bits 0 to 51, the top 28, and the 52 below those.
pub(super) fn low_factor(element: &FieldElement) -> [u64; LOW_WORDS] {
    let shift = FieldElement::from_words(&[1 << 52, 0, 0, 0]);
    let mut row = *element;
    let mut words = [0; LOW_WORDS];
    for i in 0..5 {
        let w = row.to_words();
        words[i] = w[0] & LIMB;
        words[5 + i] = w[3] >> (63 - FRACTION);
        words[10 + i] = (w[2] >> (63 - FRACTION + 12) | w[3] << (FRACTION - 11)) & LIMB;
        row = row.mul(&shift);
    }
    words
}

/// Adds one limb's part of a term: three multiplications.
#[inline(always)]
fn low_step(v: Avx512, [low, above, beside]: Low, a: __m512i, b: &[u64; LOW_WORDS], i: usize) -> Low {
    let (bottom, top, next) = (splat(v, b[i]), splat(v, b[5 + i]), splat(v, b[10 + i]));
    [lo(v, low, a, bottom), lo(v, above, a, top), hi(v, beside, a, next)]
}

/// For each of two lists of factors the sums of the first two and of the last two products, 15 multiplications each. What is left out of a sum is
/// less than 20 units of its fraction and seven in the middle, so that it begins with those.
#[inline(always)]
pub(super) fn low_sums(v: Avx512, a: [&Limbs<__m512i>; 4], b: &[[[u64; LOW_WORDS]; 4]; 2]) -> [[Low; 2]; 2] {
    let [mut s1, mut t1, mut s2, mut t2] = [[zero(v), splat(v, 7), zero(v)]; 4];
    macro_rules! limb {
        ($i:literal) => {
            s1 = low_step(v, s1, a[0][$i], &b[0][0], $i);
            s2 = low_step(v, s2, a[0][$i], &b[1][0], $i);
            t1 = low_step(v, t1, a[2][$i], &b[0][2], $i);
            t2 = low_step(v, t2, a[2][$i], &b[1][2], $i);
            s1 = low_step(v, s1, a[1][$i], &b[0][1], $i);
            s2 = low_step(v, s2, a[1][$i], &b[1][1], $i);
            t1 = low_step(v, t1, a[3][$i], &b[0][3], $i);
            t2 = low_step(v, t2, a[3][$i], &b[1][3], $i);
        };
    }
    limb!(0);
    limb!(1);
    limb!(2);
    limb!(3);
    limb!(4);
    [[s1, t1], [s2, t2]]
}

/// The low bits of sum and difference: what is above 2^255 counts 19 times.
#[inline(always)]
pub(super) fn low_of_both(v: Avx512, a: Low, b: Low) -> [__m512i; 2] {
    let (a_above, b_above) = (add(v, a[1], a[2]), add(v, b[1], b[2]));
    [low_of(v, add(v, a[0], b[0]), add(v, a_above, b_above)), low_of(v, sub(v, a[0], b[0]), sub(v, a_above, b_above))]
}

#[inline(always)]
fn low_of(v: Avx512, low: __m512i, above: __m512i) -> __m512i {
    // SAFETY: an `Avx512` proves AVX-512F.
    let above = unsafe { _mm512_srli_epi64::<FRACTION>(above) };
    lo(v, low, above, splat(v, 19))
}

/// Limbs of 52 bits from words of 64, for numbers below 2^255.
#[inline(always)]
pub(super) fn unpack(v: Avx512, w: &[__m512i; 4]) -> Limbs<__m512i> {
    // SAFETY: an `Avx512` proves AVX-512F and AVX-512 VBMI2.
    let (w1, w2, w3, w4) = unsafe {
        (
            _mm512_shrdi_epi64::<52>(w[0], w[1]),
            _mm512_shrdi_epi64::<40>(w[1], w[2]),
            _mm512_shrdi_epi64::<28>(w[2], w[3]),
            _mm512_srli_epi64::<16>(w[3]),
        )
    };
    tidy(v, &[w[0], w1, w2, w3, w4])
}

/// The number below p in four words, from a tight element or a product.
#[inline(always)]
pub(super) fn pack(v: Avx512, a: &Limbs<__m512i>) -> [__m512i; 4] {
    // Such an element is below 2^255 + 2^218, so that it holds p once at most; adding 19 shows by the carry out of the top whether it does.
    let a = tidy(v, a);
    let carried = ripple(v, &[add(v, a[0], splat(v, 19)), a[1], a[2], a[3], a[4]]);
    let bottom = lo(v, a[0], over_top(v, carried[4]), splat(v, 19));
    let r = tidy(v, &ripple(v, &[bottom, a[1], a[2], a[3], a[4]]));
    // SAFETY: an `Avx512` proves AVX-512F.
    unsafe {
        [
            _mm512_or_si512(r[0], _mm512_slli_epi64::<52>(r[1])),
            _mm512_or_si512(_mm512_srli_epi64::<12>(r[1]), _mm512_slli_epi64::<40>(r[2])),
            _mm512_or_si512(_mm512_srli_epi64::<24>(r[2]), _mm512_slli_epi64::<28>(r[3])),
            _mm512_or_si512(_mm512_srli_epi64::<36>(r[3]), _mm512_slli_epi64::<16>(and(v, r[4], TOP))),
        ]
    }
}

/// Sum limb by limb.
#[inline(always)]
pub(super) fn lazy_add(v: Avx512, a: &Limbs<__m512i>, b: &Limbs<__m512i>) -> Limbs<__m512i> {
    [add(v, a[0], b[0]), add(v, a[1], b[1]), add(v, a[2], b[2]), add(v, a[3], b[3]), add(v, a[4], b[4])]
}

/// Difference limb by limb, of either sign.
#[inline(always)]
pub(super) fn lazy_sub(v: Avx512, a: &Limbs<__m512i>, b: &Limbs<__m512i>) -> Limbs<__m512i> {
    [sub(v, a[0], b[0]), sub(v, a[1], b[1]), sub(v, a[2], b[2]), sub(v, a[3], b[3]), sub(v, a[4], b[4])]
}

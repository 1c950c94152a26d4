//! Multiplication modulo 2^255 - 19 with `vpmadd52`: the low or high 52 bits of a 104-bit product, added to 64 bits.
//!
//! Limbs have 51 bits and products are cut at 52, so high halves count twice. Columns are sums of at most five low halves and twice
//! five high halves, 2^52 each; folded, column 0 is the largest, 267 * 2^52 < 2^60.1.

use std::arch::x86_64::*;

use super::{
    super::{
        field::{LIMB_MASK, P},
        lanes::Limbs,
    },
    Avx512,
};

/// 2^10 p: limbs above every folded column plus a tight limb, so that those can be subtracted.
pub(super) const ROOM: [u64; 5] = [P[0] << 10, P[1] << 10, P[2] << 10, P[3] << 10, P[4] << 10];

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
fn zero(_: Avx512) -> __m512i {
    // SAFETY: an `Avx512` proves AVX-512F.
    unsafe { _mm512_setzero_si512() }
}

/// The bits above a limb.
#[inline(always)]
fn over(_: Avx512, a: __m512i) -> __m512i {
    // SAFETY: an `Avx512` proves AVX-512F.
    unsafe { _mm512_srli_epi64::<51>(a) }
}

/// The bits of a limb.
#[inline(always)]
fn limb(_: Avx512, a: __m512i) -> __m512i {
    // SAFETY: an `Avx512` proves AVX-512F.
    unsafe { _mm512_and_si512(a, _mm512_set1_epi64(LIMB_MASK as i64)) }
}

/// `sum + 19 * a` for a below 2^60. Rotations stand in for shifts because the compiler would join shifts and sums to a 64-bit
/// multiplication, which takes three passes and 15 cycles on Intel.
#[inline(always)]
fn add19(v: Avx512, sum: __m512i, a: __m512i) -> __m512i {
    // SAFETY: an `Avx512` proves AVX-512F.
    let (times16, times2) = unsafe { (_mm512_rol_epi64::<4>(a), _mm512_rol_epi64::<1>(a)) };
    add(v, add(v, sum, a), add(v, times16, times2))
}

/// Columns 5 to 9 count 19 times in columns 0 to 4, because 2^255 = 19.
#[inline(always)]
fn fold(v: Avx512, c: &[__m512i; 10]) -> Limbs<__m512i> {
    [add19(v, c[0], c[5]), add19(v, c[1], c[6]), add19(v, c[2], c[7]), add19(v, c[3], c[8]), add19(v, c[4], c[9])]
}

/// The columns of the product of loose elements.
#[inline(always)]
pub(super) fn mul(v: Avx512, a: &Limbs<__m512i>, b: &Limbs<__m512i>) -> Limbs<__m512i> {
    let mut c = [zero(v); 10];
    let mut i = 0;
    while i < 5 {
        let mut j = 0;
        while j < 5 {
            c[i + j + 1] = hi(v, c[i + j + 1], a[i], b[j]);
            j += 1;
        }
        i += 1;
    }
    let mut k = 1;
    while k < 10 {
        c[k] = add(v, c[k], c[k]);
        k += 1;
    }
    i = 0;
    while i < 5 {
        let mut j = 0;
        while j < 5 {
            c[i + j] = lo(v, c[i + j], a[i], b[j]);
            j += 1;
        }
        i += 1;
    }
    fold(v, &c)
}

/// The columns of the square of a loose element.
///
/// High halves count twice and so do products of different limbs: the sums are doubled between the kinds, so that 30
/// multiplications and 16 additions do.
#[inline(always)]
pub(super) fn square(v: Avx512, a: &Limbs<__m512i>) -> Limbs<__m512i> {
    let mut c = [zero(v); 10];
    let mut i = 0;
    while i < 5 {
        let mut j = i + 1;
        while j < 5 {
            c[i + j + 1] = hi(v, c[i + j + 1], a[i], a[j]);
            j += 1;
        }
        i += 1;
    }
    let mut k = 2;
    while k < 9 {
        c[k] = add(v, c[k], c[k]);
        k += 1;
    }
    i = 0;
    while i < 5 {
        let mut j = i + 1;
        while j < 5 {
            c[i + j] = lo(v, c[i + j], a[i], a[j]);
            j += 1;
        }
        c[2 * i + 1] = hi(v, c[2 * i + 1], a[i], a[i]);
        i += 1;
    }
    k = 1;
    while k < 10 {
        c[k] = add(v, c[k], c[k]);
        k += 1;
    }
    i = 0;
    while i < 5 {
        c[2 * i] = lo(v, c[2 * i], a[i], a[i]);
        i += 1;
    }
    fold(v, &c)
}

/// One pass of carries, all at once: limbs below 2^62 become tight, because a carry is below 2^11 and 19 of them are below 2^15.3;
/// after a product they are below 2^10.1 and the lowest limb is below 2^51 + 2^14.4.
#[inline(always)]
pub(super) fn carry(v: Avx512, r: &Limbs<__m512i>) -> Limbs<__m512i> {
    // SAFETY: an `Avx512` proves AVX-512F.
    let nineteen = unsafe { _mm512_set1_epi64(19) };
    [
        lo(v, limb(v, r[0]), over(v, r[4]), nineteen),
        add(v, limb(v, r[1]), over(v, r[0])),
        add(v, limb(v, r[2]), over(v, r[1])),
        add(v, limb(v, r[3]), over(v, r[2])),
        add(v, limb(v, r[4]), over(v, r[3])),
    ]
}

/// The lowest limb of the product of loose elements: columns 0 and 5, and what column 4 carries over, 20 of the 50
/// multiplications. Carries from column 3 into the top are left out; see the interface.
#[inline(always)]
pub(super) fn mul_low(v: Avx512, a: &Limbs<__m512i>, b: &Limbs<__m512i>) -> __m512i {
    let (mut c4, mut c5) = (zero(v), hi(v, zero(v), a[0], b[4]));
    let mut i = 0;
    while i < 4 {
        c4 = hi(v, c4, a[i], b[3 - i]);
        c5 = hi(v, c5, a[i + 1], b[3 - i]);
        i += 1;
    }
    c4 = lo(v, add(v, c4, c4), a[0], b[4]);
    c5 = add(v, c5, c5);
    i = 1;
    while i < 5 {
        c4 = lo(v, c4, a[i], b[4 - i]);
        c5 = lo(v, c5, a[i], b[5 - i]);
        i += 1;
    }
    let c9 = hi(v, zero(v), a[4], b[4]);
    let carried = over(v, add19(v, c4, add(v, c9, c9)));
    limb(v, add19(v, lo(v, zero(v), a[0], b[0]), add(v, c5, carried)))
}

/// Limbs of 51 bits from words of 64, for numbers below 2^255.
#[inline(always)]
pub(super) fn unpack(v: Avx512, w: &[__m512i; 4]) -> Limbs<__m512i> {
    // SAFETY: an `Avx512` proves AVX-512F and AVX-512 VBMI2.
    let (w1, w2, w3, w4) = unsafe {
        (
            _mm512_shrdi_epi64::<51>(w[0], w[1]),
            _mm512_shrdi_epi64::<38>(w[1], w[2]),
            _mm512_shrdi_epi64::<25>(w[2], w[3]),
            _mm512_srli_epi64::<12>(w[3]),
        )
    };
    [limb(v, w[0]), limb(v, w1), limb(v, w2), limb(v, w3), w4]
}

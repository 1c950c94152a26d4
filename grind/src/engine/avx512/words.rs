//! Eight 64-bit words in one register: the interface of the engine, instruction by instruction.

use std::arch::x86_64::*;

use super::{
    super::{
        field::FieldElement,
        form::Form,
        lanes::{Kernel, LOW_WORDS, Lanes, Limbs, MAX_LANES},
        table::Row,
    },
    Avx512, enter, field,
};

impl Lanes for Avx512 {
    type Word = __m512i;
    type Columns = field::Columns;
    type Rows = field::Rows;
    type RowColumns = field::RowColumns;

    const LANES: usize = 8;
    const FORM: Form = Form::Limbs52;
    const CONSTANTS_ARE_CHEAP: bool = true;

    #[inline]
    fn enter<K: Kernel<Self>>(self, kernel: K) -> K::Output {
        // SAFETY: `self` proves every feature that `enter` enables.
        unsafe { enter(self, kernel) }
    }

    #[inline(always)]
    fn splat(self, value: u64) -> __m512i {
        // SAFETY: `self` proves AVX-512F.
        unsafe { _mm512_set1_epi64(value as i64) }
    }

    #[inline(always)]
    fn load(self, values: &[u64; MAX_LANES]) -> __m512i {
        // SAFETY: `self` proves AVX-512F; the reference is to 64 readable bytes, and the load asks for no alignment.
        unsafe { _mm512_loadu_si512(values.as_ptr().cast()) }
    }

    #[inline(always)]
    fn store(self, word: __m512i) -> [u64; MAX_LANES] {
        let mut values = [0; MAX_LANES];
        // SAFETY: `self` proves AVX-512F; the array is 64 writable bytes, and the store asks for no alignment.
        unsafe { _mm512_storeu_si512(values.as_mut_ptr().cast(), word) };
        values
    }

    #[inline(always)]
    fn add(self, a: __m512i, b: __m512i) -> __m512i {
        // SAFETY: `self` proves AVX-512F.
        unsafe { _mm512_add_epi64(a, b) }
    }

    #[inline(always)]
    fn sub(self, a: __m512i, b: __m512i) -> __m512i {
        // SAFETY: `self` proves AVX-512F.
        unsafe { _mm512_sub_epi64(a, b) }
    }

    #[inline(always)]
    fn and(self, a: __m512i, b: __m512i) -> __m512i {
        // SAFETY: `self` proves AVX-512F.
        unsafe { _mm512_and_si512(a, b) }
    }

    #[inline(always)]
    fn or(self, a: __m512i, b: __m512i) -> __m512i {
        // SAFETY: `self` proves AVX-512F.
        unsafe { _mm512_or_si512(a, b) }
    }

    #[inline(always)]
    fn xor(self, a: __m512i, b: __m512i) -> __m512i {
        // SAFETY: `self` proves AVX-512F.
        unsafe { _mm512_xor_si512(a, b) }
    }

    #[inline(always)]
    fn shl(self, a: __m512i, count: u32) -> __m512i {
        // SAFETY: `self` proves AVX-512F.
        unsafe { _mm512_sllv_epi64(a, _mm512_set1_epi64(count as i64)) }
    }

    #[inline(always)]
    fn shr(self, a: __m512i, count: u32) -> __m512i {
        // SAFETY: `self` proves AVX-512F.
        unsafe { _mm512_srlv_epi64(a, _mm512_set1_epi64(count as i64)) }
    }

    #[inline(always)]
    fn rotr<const COUNT: i32>(self, a: __m512i) -> __m512i {
        // SAFETY: `self` proves AVX-512F.
        unsafe { _mm512_ror_epi64::<COUNT>(a) }
    }

    #[inline(always)]
    fn xor3(self, a: __m512i, b: __m512i, c: __m512i) -> __m512i {
        // SAFETY: `self` proves AVX-512F.
        unsafe { _mm512_ternarylogic_epi64::<0x96>(a, b, c) }
    }

    #[inline(always)]
    fn choose(self, a: __m512i, b: __m512i, c: __m512i) -> __m512i {
        // SAFETY: `self` proves AVX-512F.
        unsafe { _mm512_ternarylogic_epi64::<0xca>(a, b, c) }
    }

    #[inline(always)]
    fn majority(self, a: __m512i, b: __m512i, c: __m512i) -> __m512i {
        // SAFETY: `self` proves AVX-512F.
        unsafe { _mm512_ternarylogic_epi64::<0xe8>(a, b, c) }
    }

    #[inline(always)]
    fn swap_bytes(self, a: __m512i) -> __m512i {
        // SAFETY: `self` proves AVX-512F and AVX-512BW.
        unsafe {
            let order = _mm512_broadcast_i32x4(_mm_set_epi64x(0x0809_0a0b_0c0d_0e0f, 0x0001_0203_0405_0607));
            _mm512_shuffle_epi8(a, order)
        }
    }

    #[inline(always)]
    fn leading(self, a: __m512i) -> __m512i {
        // SAFETY: `self` proves AVX-512F and AVX-512BW. A selector with its top bit set leaves a zero.
        unsafe {
            let order = _mm512_broadcast_i32x4(_mm_set_epi64x(0x0809_0a80_8080_8080, 0x0001_0280_8080_8080));
            _mm512_shuffle_epi8(a, order)
        }
    }

    #[inline(always)]
    fn mul32(self, a: __m512i, b: __m512i) -> __m512i {
        // SAFETY: `self` proves AVX-512F.
        unsafe { _mm512_mul_epu32(a, b) }
    }

    #[inline(always)]
    fn mul52_low(self, a: __m512i, b: __m512i) -> __m512i {
        // SAFETY: `self` proves AVX-512 IFMA.
        unsafe { _mm512_madd52lo_epu64(_mm512_setzero_si512(), a, b) }
    }

    #[inline(always)]
    fn mul52_high(self, a: __m512i, b: __m512i) -> __m512i {
        // SAFETY: `self` proves AVX-512 IFMA.
        unsafe { _mm512_madd52hi_epu64(_mm512_setzero_si512(), a, b) }
    }

    #[inline(always)]
    fn split_pairs(self, a: __m512i) -> __m512i {
        // x * 1130 >> 16 is x / 58 for x below 58^2. Then q + 256 (x - 58 q) = 256 x - 14847 q, all modulo 2^16.
        // SAFETY: `self` proves AVX-512BW.
        unsafe {
            let quotients = _mm512_mulhi_epu16(a, _mm512_set1_epi16(1130));
            let taken = _mm512_mullo_epi16(quotients, _mm512_set1_epi16(58 * 256 - 1));
            _mm512_sub_epi16(_mm512_slli_epi16::<8>(a), taken)
        }
    }

    #[inline(always)]
    fn lookup(self, table: &[u8; 64], bytes: __m512i) -> __m512i {
        // SAFETY: `self` proves AVX-512 VBMI; the reference is to 64 readable bytes, and the load asks for no alignment.
        unsafe { _mm512_permutexvar_epi8(bytes, _mm512_loadu_si512(table.as_ptr().cast())) }
    }

    #[inline(always)]
    fn funnel<const COUNT: i32>(self, low: __m512i, high: __m512i) -> __m512i {
        // SAFETY: `self` proves AVX-512 VBMI2.
        unsafe { _mm512_shrdi_epi64::<COUNT>(low, high) }
    }

    #[inline(always)]
    fn nonzero(self, a: __m512i) -> u8 {
        // SAFETY: `self` proves AVX-512F.
        unsafe { _mm512_test_epi64_mask(a, a) }
    }

    #[inline(always)]
    fn less(self, a: __m512i, b: __m512i) -> u8 {
        // SAFETY: `self` proves AVX-512F.
        unsafe { _mm512_cmplt_epu64_mask(a, b) }
    }

    #[inline(always)]
    fn limbs(element: &FieldElement) -> [u64; 5] {
        let w = element.to_words();
        [
            w[0] & field::LIMB,
            (w[0] >> 52 | w[1] << 12) & field::LIMB,
            (w[1] >> 40 | w[2] << 24) & field::LIMB,
            (w[2] >> 28 | w[3] << 36) & field::LIMB,
            w[3] >> 16,
        ]
    }

    #[inline(always)]
    fn columns(self, a: &Limbs<__m512i>, b: &Limbs<__m512i>) -> field::Columns {
        field::columns(self, a, b)
    }

    #[inline(always)]
    fn settle(self, columns: &field::Columns) -> Limbs<__m512i> {
        field::settle(self, &field::fold(self, columns))
    }

    #[inline(always)]
    fn square_columns(self, a: &Limbs<__m512i>) -> field::Columns {
        field::square_columns(self, a)
    }

    #[inline(always)]
    fn sub_settle(self, a: &Limbs<__m512i>, columns: &field::Columns) -> Limbs<__m512i> {
        let difference = field::lazy_sub(self, &field::with_room(self, a), &field::fold(self, columns));
        field::tidy(self, &field::settle(self, &difference))
    }

    #[inline(always)]
    fn mul_low(self, a: &Limbs<__m512i>, b: &Limbs<__m512i>) -> __m512i {
        field::mul_low(self, a, b)
    }

    #[inline(always)]
    fn rows(self, a: &Limbs<__m512i>) -> field::Rows {
        field::rows(self, a)
    }

    #[inline(always)]
    fn row_columns(self, a: &Limbs<__m512i>, b: &Limbs<__m512i>, c: &field::Rows) -> field::RowColumns {
        field::row_columns(self, a, b, c)
    }

    #[inline(always)]
    fn settle_rows(self, columns: &field::RowColumns) -> Limbs<__m512i> {
        field::settle_rows(self, columns)
    }

    fn low_factor(element: &FieldElement) -> [u64; LOW_WORDS] {
        field::low_factor(element)
    }

    #[inline(always)]
    fn low_bits(self, a: [&Limbs<__m512i>; 4], b: &[[[u64; LOW_WORDS]; 4]; 2]) -> [__m512i; 4] {
        let [[s1, t1], [s2, t2]] = field::low_sums(self, a, b);
        let [plus1, minus1] = field::low_of_both(self, s1, t1);
        let [plus2, minus2] = field::low_of_both(self, s2, t2);
        [plus1, minus1, plus2, minus2]
    }

    #[inline(always)]
    fn tidy(self, a: &Limbs<__m512i>) -> Limbs<__m512i> {
        field::tidy(self, a)
    }

    #[inline(always)]
    fn sum(self, a: &Limbs<__m512i>, b: &Limbs<__m512i>) -> Limbs<__m512i> {
        field::ripple(self, &field::lazy_add(self, a, b))
    }

    #[inline(always)]
    fn plus(self, a: &Limbs<__m512i>, b: &Limbs<__m512i>) -> Limbs<__m512i> {
        field::settle(self, &field::lazy_add(self, a, b))
    }

    #[inline(always)]
    fn minus(self, a: &Limbs<__m512i>, b: &Limbs<__m512i>) -> Limbs<__m512i> {
        field::settle(self, &field::lazy_sub(self, &field::with_room(self, a), b))
    }

    #[inline(always)]
    fn loose_less(self, columns: &field::Columns, a: &Limbs<__m512i>) -> Limbs<__m512i> {
        field::lazy_sub(self, &field::fold(self, columns), a)
    }

    #[inline(always)]
    fn loose_less_twice(self, columns: &field::Columns, a: &Limbs<__m512i>, b: &Limbs<__m512i>) -> Limbs<__m512i> {
        let twice = field::lazy_sub(self, &field::lazy_add(self, a, a), b);
        field::lazy_sub(self, &field::fold(self, columns), &twice)
    }

    #[inline(always)]
    fn less_loose(self, a: &Limbs<__m512i>, b: &Limbs<__m512i>) -> Limbs<__m512i> {
        field::difference(self, a, b)
    }

    #[inline(always)]
    fn negate_where(self, a: &Limbs<__m512i>, sign: __m512i) -> Limbs<__m512i> {
        field::negate_where(self, a, sign)
    }

    #[inline(always)]
    fn to_words(self, a: &Limbs<__m512i>) -> [__m512i; 4] {
        field::pack(self, a)
    }

    #[inline(always)]
    fn gather_x(self, rows: &[Row], index: &__m512i) -> Limbs<__m512i> {
        let near = nearby(rows, index);
        field::unpack(self, &transpose(self, &near.map_x()))
    }

    #[inline(always)]
    fn gather_y(self, rows: &[Row], index: &__m512i) -> Limbs<__m512i> {
        let near = nearby(rows, index);
        field::unpack(self, &transpose(self, &near.map_y()))
    }

    #[inline(always)]
    fn prefetch(self, rows: &[Row], index: &__m512i) {
        let near = nearby(rows, index);
        let mut i = 0;
        while i < MAX_LANES {
            super::prefetch(near.0[i]);
            i += 1;
        }
    }
}

/// The rows of each lane.
struct Near<'a>([&'a Row; MAX_LANES]);

impl<'a> Near<'a> {
    #[inline(always)]
    fn map_x(&self) -> [&'a [u64; 4]; MAX_LANES] {
        let [a, b, c, d, e, f, g, h] = self.0;
        [&a.x, &b.x, &c.x, &d.x, &e.x, &f.x, &g.x, &h.x]
    }

    #[inline(always)]
    fn map_y(&self) -> [&'a [u64; 4]; MAX_LANES] {
        let [a, b, c, d, e, f, g, h] = self.0;
        [&a.y, &b.y, &c.y, &d.y, &e.y, &f.y, &g.y, &h.y]
    }
}

/// The rows that the low halves of an index select. The numbers of rows are powers of two, so that a mask does for eight comparisons and branches.
#[inline(always)]
fn nearby<'a>(rows: &'a [Row], index: &__m512i) -> Near<'a> {
    let index = lanes_of(index);
    let mask = (1 << rows.len().ilog2()) - 1;
    let mut near = [&rows[0]; MAX_LANES];
    let mut i = 0;
    while i < MAX_LANES {
        // SAFETY: the mask is below the largest power of two that is not above the number of rows.
        near[i] = unsafe { rows.get_unchecked(index[i] as u32 as usize & mask) };
        i += 1;
    }
    Near(near)
}

/// The lanes where they lie in memory. To take them out of a register costs two passes of the shuffle port each.
#[inline(always)]
fn lanes_of(word: &__m512i) -> &[u64; MAX_LANES] {
    // SAFETY: a register is eight 64-bit words without padding, and its alignment is larger.
    unsafe { &*std::ptr::from_ref(word).cast() }
}

/// The half rows `low` and `high` in one register.
#[inline(always)]
fn pair(_: Avx512, low: &[u64; 4], high: &[u64; 4]) -> __m512i {
    // SAFETY: an `Avx512` proves AVX-512F; both references are to 32 readable bytes, and the loads ask for no alignment.
    unsafe {
        let low = _mm512_castsi256_si512(_mm256_loadu_si256(low.as_ptr().cast()));
        _mm512_inserti64x4::<1>(low, _mm256_loadu_si256(high.as_ptr().cast()))
    }
}

/// Word i of every half row in lane order, for i below 4.
///
/// Rows l and l + 4 share a register, so that eight shuffles do.
#[inline(always)]
fn transpose(proof: Avx512, rows: &[&[u64; 4]; MAX_LANES]) -> [__m512i; 4] {
    let p0 = pair(proof, rows[0], rows[4]);
    let p1 = pair(proof, rows[1], rows[5]);
    let p2 = pair(proof, rows[2], rows[6]);
    let p3 = pair(proof, rows[3], rows[7]);
    // SAFETY: an `Avx512` proves AVX-512F.
    unsafe {
        let (even01, odd01) = (_mm512_unpacklo_epi64(p0, p1), _mm512_unpackhi_epi64(p0, p1));
        let (even23, odd23) = (_mm512_unpacklo_epi64(p2, p3), _mm512_unpackhi_epi64(p2, p3));
        let first = _mm512_set_epi64(13, 12, 5, 4, 9, 8, 1, 0);
        let second = _mm512_set_epi64(15, 14, 7, 6, 11, 10, 3, 2);
        [
            _mm512_permutex2var_epi64(even01, first, even23),
            _mm512_permutex2var_epi64(odd01, first, odd23),
            _mm512_permutex2var_epi64(even01, second, even23),
            _mm512_permutex2var_epi64(odd01, second, odd23),
        ]
    }
}

//! Four 64-bit words in one register: the interface of the engine, instruction by instruction, where AVX2 has one.

use std::arch::x86_64::*;

use super::{
    super::{
        doubles::{self, Doubles, lanes_of_doubles},
        field::FieldElement,
        form::Form,
        lanes::{BASE, Kernel, LOW_WORDS, Lanes, Limbs, MAX_LANES},
        table::Row,
    },
    Avx2, enter, kernel,
};

const LANES: usize = 4;
const LOW_52: u64 = (1 << 52) - 1;
/// The double from which on steps are of one, and the one from which on they are of 2^52.
const TWO_52: f64 = (1u64 << 52) as f64;
const TWO_104: f64 = TWO_52 * TWO_52;

/// The same bytes in both halves of a register, the first one lowest.
#[inline(always)]
fn bytes(_: Avx2, high: u64, low: u64) -> __m256i {
    // SAFETY: an `Avx2` proves AVX2.
    unsafe { _mm256_broadcastsi128_si256(_mm_set_epi64x(high as i64, low as i64)) }
}

/// Sixteen bytes in both halves of a register.
#[inline(always)]
fn twice(_: Avx2, bytes: &[u8; 16]) -> __m256i {
    // SAFETY: an `Avx2` proves AVX2; the reference is to 16 readable bytes, and the load asks for no alignment.
    unsafe { _mm256_broadcastsi128_si256(_mm_loadu_si128(bytes.as_ptr().cast())) }
}

#[inline(always)]
fn double(word: __m256i) -> __m256d {
    // SAFETY: a cast, and the word is proof of AVX enough, as only an `Avx2` makes one.
    unsafe { _mm256_castsi256_pd(word) }
}

#[inline(always)]
fn word(double: __m256d) -> __m256i {
    // SAFETY: as above.
    unsafe { _mm256_castpd_si256(double) }
}

impl Doubles for Avx2 {
    #[inline(always)]
    fn fused(self, a: __m256i, b: __m256i, c: __m256i) -> __m256i {
        // SAFETY: `self` proves FMA.
        word(unsafe { _mm256_fmadd_pd(double(a), double(b), double(c)) })
    }

    #[inline(always)]
    fn float_add(self, a: __m256i, b: __m256i) -> __m256i {
        // SAFETY: `self` proves AVX.
        word(unsafe { _mm256_add_pd(double(a), double(b)) })
    }

    #[inline(always)]
    fn float_sub(self, a: __m256i, b: __m256i) -> __m256i {
        // SAFETY: `self` proves AVX.
        word(unsafe { _mm256_sub_pd(double(a), double(b)) })
    }

    #[inline(always)]
    fn float_mul(self, a: __m256i, b: __m256i) -> __m256i {
        // SAFETY: `self` proves AVX.
        word(unsafe { _mm256_mul_pd(double(a), double(b)) })
    }
}

impl Lanes for Avx2 {
    type Word = __m256i;
    type Columns = Limbs<__m256i>;
    type Rows = Limbs<__m256i>;
    type RowColumns = Limbs<__m256i>;

    const LANES: usize = LANES;
    lanes_of_doubles!();

    #[inline]
    fn enter<K: Kernel<Self>>(self, kernel: K) -> K::Output {
        enter(self, kernel)
    }

    #[inline(always)]
    fn splat(self, value: u64) -> __m256i {
        // SAFETY: `self` proves AVX.
        unsafe { _mm256_set1_epi64x(value as i64) }
    }

    #[inline(always)]
    fn load(self, values: &[u64; MAX_LANES]) -> __m256i {
        // SAFETY: `self` proves AVX; the reference is to more than 32 readable bytes, and the load asks for no alignment.
        unsafe { _mm256_loadu_si256(values.as_ptr().cast()) }
    }

    #[inline(always)]
    fn store(self, word: __m256i) -> [u64; MAX_LANES] {
        let mut values = [0; MAX_LANES];
        // SAFETY: `self` proves AVX; the array has more than 32 writable bytes, and the store asks for no alignment.
        unsafe { _mm256_storeu_si256(values.as_mut_ptr().cast(), word) };
        values
    }

    #[inline(always)]
    fn add(self, a: __m256i, b: __m256i) -> __m256i {
        // SAFETY: `self` proves AVX2.
        unsafe { _mm256_add_epi64(a, b) }
    }

    #[inline(always)]
    fn sub(self, a: __m256i, b: __m256i) -> __m256i {
        // SAFETY: `self` proves AVX2.
        unsafe { _mm256_sub_epi64(a, b) }
    }

    #[inline(always)]
    fn and(self, a: __m256i, b: __m256i) -> __m256i {
        // SAFETY: `self` proves AVX2.
        unsafe { _mm256_and_si256(a, b) }
    }

    #[inline(always)]
    fn or(self, a: __m256i, b: __m256i) -> __m256i {
        // SAFETY: `self` proves AVX2.
        unsafe { _mm256_or_si256(a, b) }
    }

    #[inline(always)]
    fn xor(self, a: __m256i, b: __m256i) -> __m256i {
        // SAFETY: `self` proves AVX2.
        unsafe { _mm256_xor_si256(a, b) }
    }

    #[inline(always)]
    fn shl(self, a: __m256i, count: u32) -> __m256i {
        // SAFETY: `self` proves AVX2.
        unsafe { _mm256_sll_epi64(a, _mm_cvtsi32_si128(count as i32)) }
    }

    #[inline(always)]
    fn shr(self, a: __m256i, count: u32) -> __m256i {
        // SAFETY: `self` proves AVX2.
        unsafe { _mm256_srl_epi64(a, _mm_cvtsi32_si128(count as i32)) }
    }

    #[inline(always)]
    fn rotr<const COUNT: i32>(self, a: __m256i) -> __m256i {
        if COUNT == 8 {
            let order = bytes(self, 0x080f_0e0d_0c0b_0a09, 0x0007_0605_0403_0201);
            // SAFETY: `self` proves AVX2.
            return unsafe { _mm256_shuffle_epi8(a, order) };
        }
        self.or(self.shr(a, COUNT as u32), self.shl(a, 64 - COUNT as u32))
    }

    #[inline(always)]
    fn xor3(self, a: __m256i, b: __m256i, c: __m256i) -> __m256i {
        self.xor(self.xor(a, b), c)
    }

    #[inline(always)]
    fn choose(self, a: __m256i, b: __m256i, c: __m256i) -> __m256i {
        self.xor(c, self.and(a, self.xor(b, c)))
    }

    #[inline(always)]
    fn majority(self, a: __m256i, b: __m256i, c: __m256i) -> __m256i {
        // Of two rounds of SHA-512 one after the other, the exclusive or of b and c in one is that of a and b in the other.
        self.xor(b, self.and(self.xor(a, b), self.xor(b, c)))
    }

    #[inline(always)]
    fn swap_bytes(self, a: __m256i) -> __m256i {
        // SAFETY: `self` proves AVX2.
        unsafe { _mm256_shuffle_epi8(a, bytes(self, 0x0809_0a0b_0c0d_0e0f, 0x0001_0203_0405_0607)) }
    }

    #[inline(always)]
    fn leading(self, a: __m256i) -> __m256i {
        // SAFETY: `self` proves AVX2. A selector with its top bit set leaves a zero.
        unsafe { _mm256_shuffle_epi8(a, bytes(self, 0x0809_0a80_8080_8080, 0x0001_0280_8080_8080)) }
    }

    #[inline(always)]
    fn mul32(self, a: __m256i, b: __m256i) -> __m256i {
        // SAFETY: `self` proves AVX2.
        unsafe { _mm256_mul_epu32(a, b) }
    }

    #[inline(always)]
    fn mul52_low(self, a: __m256i, b: __m256i) -> __m256i {
        let across = self.add(self.mul32(self.shr(a, 32), b), self.mul32(a, self.shr(b, 32)));
        self.and(self.add(self.mul32(a, b), self.shl(across, 32)), self.splat(LOW_52))
    }

    #[inline(always)]
    fn mul52_high(self, a: __m256i, b: __m256i) -> __m256i {
        let (mask, base) = (self.splat(LOW_52), self.float(TWO_52));
        let a = self.float_sub(self.or(self.and(a, mask), base), base);
        let b = self.float_sub(self.or(self.and(b, mask), base), base);
        // The upper half rounded to the nearest is one too many where what is left is negative.
        let upper = self.fused(a, b, self.float(TWO_104));
        let rest = self.fused(a, b, self.float_sub(self.float(TWO_104), upper));
        self.sub(self.sub(upper, self.float(TWO_104)), self.shr(rest, 63))
    }

    #[inline(always)]
    fn split_pairs(self, a: __m256i) -> __m256i {
        // x * 1130 >> 16 is x / 58 for x below 58^2. Then q + 256 (x - 58 q) = 256 x - 14847 q, all modulo 2^16.
        // SAFETY: `self` proves AVX2.
        unsafe {
            let quotients = _mm256_mulhi_epu16(a, _mm256_set1_epi16(1130));
            let taken = _mm256_mullo_epi16(quotients, _mm256_set1_epi16(58 * 256 - 1));
            _mm256_sub_epi16(_mm256_slli_epi16::<8>(a), taken)
        }
    }

    #[inline(always)]
    fn divide(self, value: __m256i) -> (__m256i, __m256i) {
        // In steps of 256, and half a quotient less, so that rounding to the nearest gives the quotient or one less: four steps more make up for what is cut off
        // and rounded.
        const STEP: f64 = 256.0;
        const HALF: f64 = (BASE / 512 + 4) as f64;
        let base = self.splat(BASE);
        let steps = self.float_sub(self.or(self.shr(value, 8), self.float(TWO_52)), self.float(TWO_52 + HALF));
        let estimate = self.fused(steps, self.float(STEP / BASE as f64), self.float(doubles::WHOLE));
        // The remainder is below 2^25, so that the low halves do.
        let taken = self.sub(value, self.mul32(estimate, base));
        let remainder = self.and(taken, self.splat(u64::from(u32::MAX)));
        let reduced = self.sub(remainder, base);
        let quotient = self.sub(self.sub(estimate, self.splat(doubles::WHOLE.to_bits() - 1)), self.shr(reduced, 63));
        // SAFETY: `self` proves AVX. The top bit of `reduced` says that it is too small.
        let blended = unsafe { _mm256_blendv_pd(double(reduced), double(remainder), double(reduced)) };
        (quotient, word(blended))
    }

    #[inline(always)]
    fn lookup(self, table: &[u8; 64], bytes: __m256i) -> __m256i {
        let (rows, _) = table.as_chunks::<16>();
        // A shuffle sees 16 entries, and a blend takes the top bit of a byte: bits 4 and 5 choose among four.
        let (first, second) = (twice(self, &rows[0]), twice(self, &rows[1]));
        let (third, fourth) = (twice(self, &rows[2]), twice(self, &rows[3]));
        // SAFETY: `self` proves AVX2.
        unsafe {
            let low = _mm256_and_si256(bytes, _mm256_set1_epi8(15));
            let (bit_4, bit_5) = (_mm256_slli_epi16::<3>(bytes), _mm256_slli_epi16::<2>(bytes));
            let (first, second) = (_mm256_shuffle_epi8(first, low), _mm256_shuffle_epi8(second, low));
            let (third, fourth) = (_mm256_shuffle_epi8(third, low), _mm256_shuffle_epi8(fourth, low));
            let below = _mm256_blendv_epi8(first, second, bit_4);
            let above = _mm256_blendv_epi8(third, fourth, bit_4);
            _mm256_blendv_epi8(below, above, bit_5)
        }
    }

    #[inline(always)]
    fn funnel<const COUNT: i32>(self, low: __m256i, high: __m256i) -> __m256i {
        self.or(self.shr(low, COUNT as u32), self.shl(high, 64 - COUNT as u32))
    }

    #[inline(always)]
    fn nonzero(self, a: __m256i) -> u8 {
        // SAFETY: `self` proves AVX2.
        unsafe { !_mm256_movemask_pd(double(_mm256_cmpeq_epi64(a, _mm256_setzero_si256()))) as u8 & 15 }
    }

    #[inline(always)]
    fn less(self, a: __m256i, b: __m256i) -> u8 {
        let sign = self.splat(1 << 63);
        // SAFETY: `self` proves AVX2. The comparison is of signed numbers.
        unsafe { _mm256_movemask_pd(double(_mm256_cmpgt_epi64(self.xor(b, sign), self.xor(a, sign)))) as u8 }
    }

    #[inline(always)]
    fn columns(self, a: &Limbs<__m256i>, b: &Limbs<__m256i>) -> Limbs<__m256i> {
        kernel::product(self, a, b)
    }

    #[inline(always)]
    fn square_columns(self, a: &Limbs<__m256i>) -> Limbs<__m256i> {
        kernel::square(self, a)
    }

    #[inline(always)]
    fn gather_x(self, rows: &[Row], index: &__m256i) -> Limbs<__m256i> {
        let [a, b, c, d] = nearby(rows, index);
        doubles::unpack(self, &transpose(self, [&a.x, &b.x, &c.x, &d.x]))
    }

    #[inline(always)]
    fn gather_y(self, rows: &[Row], index: &__m256i) -> Limbs<__m256i> {
        let [a, b, c, d] = nearby(rows, index);
        doubles::unpack(self, &transpose(self, [&a.y, &b.y, &c.y, &d.y]))
    }

    #[inline(always)]
    fn prefetch(self, rows: &[Row], index: &__m256i) {
        let [a, b, c, d] = nearby(rows, index);
        super::super::avx512::prefetch(a);
        super::super::avx512::prefetch(b);
        super::super::avx512::prefetch(c);
        super::super::avx512::prefetch(d);
    }
}

/// The rows that the low halves of an index select. The numbers of rows are powers of two, so that a mask does for four comparisons and branches.
#[inline(always)]
fn nearby<'a>(rows: &'a [Row], index: &__m256i) -> [&'a Row; LANES] {
    // SAFETY: a register is four 64-bit words without padding, and its alignment is larger.
    let index: &[u64; LANES] = unsafe { &*std::ptr::from_ref(index).cast() };
    let mask = (1 << rows.len().ilog2()) - 1;
    let mut near = [&rows[0]; LANES];
    let mut i = 0;
    while i < LANES {
        // SAFETY: the mask is below the largest power of two that is not above the number of rows.
        near[i] = unsafe { rows.get_unchecked(index[i] as u32 as usize & mask) };
        i += 1;
    }
    near
}

#[inline(always)]
fn load(_: Avx2, row: &[u64; LANES]) -> __m256i {
    // SAFETY: an `Avx2` proves AVX; the reference is to 32 readable bytes, and the load asks for no alignment.
    unsafe { _mm256_loadu_si256(row.as_ptr().cast()) }
}

/// Word i of every half row in lane order, for i below 4.
#[inline(always)]
fn transpose(proof: Avx2, rows: [&[u64; LANES]; LANES]) -> [__m256i; 4] {
    let (a, b) = (load(proof, rows[0]), load(proof, rows[1]));
    let (c, d) = (load(proof, rows[2]), load(proof, rows[3]));
    // SAFETY: an `Avx2` proves AVX2.
    unsafe {
        let (even_ab, odd_ab) = (_mm256_unpacklo_epi64(a, b), _mm256_unpackhi_epi64(a, b));
        let (even_cd, odd_cd) = (_mm256_unpacklo_epi64(c, d), _mm256_unpackhi_epi64(c, d));
        [
            _mm256_permute2x128_si256::<0x20>(even_ab, even_cd),
            _mm256_permute2x128_si256::<0x20>(odd_ab, odd_cd),
            _mm256_permute2x128_si256::<0x31>(even_ab, even_cd),
            _mm256_permute2x128_si256::<0x31>(odd_ab, odd_cd),
        ]
    }
}

//! The backend for every processor: one lane of plain 64-bit integers.

use super::{
    field::{FieldElement, LIMB_MASK},
    form::Form,
    lanes::{Kernel, LOW_BITS, LOW_WORDS, Lanes, Limbs, MAX_LANES},
    table::Row,
};

const LOW_52: u64 = (1 << 52) - 1;

/// One lane, on any processor.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Portable;

impl Lanes for Portable {
    type Word = u64;
    type Columns = Limbs<u64>;
    type Rows = Limbs<u64>;
    type RowColumns = Limbs<u64>;

    const LANES: usize = 1;
    const FORM: Form = Form::Limbs51;
    const CONSTANTS_ARE_CHEAP: bool = false;
    #[inline(always)]
    fn enter<K: Kernel<Self>>(self, kernel: K) -> K::Output {
        kernel.run(self)
    }

    #[inline(always)]
    fn splat(self, value: u64) -> u64 {
        value
    }
    #[inline(always)]
    fn load(self, values: &[u64; MAX_LANES]) -> u64 {
        values[0]
    }
    #[inline(always)]
    fn store(self, word: u64) -> [u64; MAX_LANES] {
        [word, 0, 0, 0, 0, 0, 0, 0]
    }

    #[inline(always)]
    fn add(self, a: u64, b: u64) -> u64 {
        a.wrapping_add(b)
    }
    #[inline(always)]
    fn sub(self, a: u64, b: u64) -> u64 {
        a.wrapping_sub(b)
    }
    #[inline(always)]
    fn and(self, a: u64, b: u64) -> u64 {
        a & b
    }
    #[inline(always)]
    fn or(self, a: u64, b: u64) -> u64 {
        a | b
    }
    #[inline(always)]
    fn xor(self, a: u64, b: u64) -> u64 {
        a ^ b
    }
    #[inline(always)]
    fn shl(self, a: u64, count: u32) -> u64 {
        a.checked_shl(count).unwrap_or(0)
    }
    #[inline(always)]
    fn shr(self, a: u64, count: u32) -> u64 {
        a.checked_shr(count).unwrap_or(0)
    }
    #[inline(always)]
    fn rotr<const COUNT: i32>(self, a: u64) -> u64 {
        a.rotate_right(COUNT as u32)
    }
    #[inline(always)]
    fn xor3(self, a: u64, b: u64, c: u64) -> u64 {
        a ^ b ^ c
    }
    #[inline(always)]
    fn choose(self, a: u64, b: u64, c: u64) -> u64 {
        c ^ (a & (b ^ c))
    }
    #[inline(always)]
    fn majority(self, a: u64, b: u64, c: u64) -> u64 {
        (a & b) | (c & (a | b))
    }
    #[inline(always)]
    fn swap_bytes(self, a: u64) -> u64 {
        a.swap_bytes()
    }
    #[inline(always)]
    fn leading(self, a: u64) -> u64 {
        (a << (64 - LOW_BITS)).swap_bytes() << (64 - LOW_BITS)
    }
    #[inline(always)]
    fn mul32(self, a: u64, b: u64) -> u64 {
        u64::from(a as u32) * u64::from(b as u32)
    }
    #[inline(always)]
    fn mul52_low(self, a: u64, b: u64) -> u64 {
        a.wrapping_mul(b) & LOW_52
    }
    #[inline(always)]
    fn mul52_high(self, a: u64, b: u64) -> u64 {
        ((u128::from(a & LOW_52) * u128::from(b & LOW_52)) >> 52) as u64
    }
    #[inline(always)]
    fn split_pairs(self, a: u64) -> u64 {
        // Numbers of 16 bits in fields of 32, so that products stay apart: x * 1130 >> 16 is x / 58 for x below 58^2.
        const FIELDS: u64 = 0x0000_ffff_0000_ffff;
        let even = ((a & FIELDS) * 1130) >> 16 & FIELDS;
        let odd = ((a >> 16 & FIELDS) * 1130) >> 16 & FIELDS;
        let quotients = even | odd << 16;
        quotients | (a - 58 * quotients) << 8
    }
    #[inline(always)]
    fn lookup(self, table: &[u8; 64], bytes: u64) -> u64 {
        u64::from_le_bytes(bytes.to_le_bytes().map(|byte| table[usize::from(byte & 63)]))
    }
    #[inline(always)]
    fn funnel<const COUNT: i32>(self, low: u64, high: u64) -> u64 {
        low >> COUNT | high << (64 - COUNT)
    }
    #[inline(always)]
    fn nonzero(self, a: u64) -> u8 {
        u8::from(a != 0)
    }
    #[inline(always)]
    fn less(self, a: u64, b: u64) -> u8 {
        u8::from(a < b)
    }

    #[inline(always)]
    fn limbs(element: &FieldElement) -> [u64; 5] {
        element.canonical()
    }
    #[inline(always)]
    fn columns(self, a: &Limbs<u64>, b: &Limbs<u64>) -> Limbs<u64> {
        FieldElement(*a).mul(&FieldElement(*b)).0
    }
    #[inline(always)]
    fn settle(self, columns: &Limbs<u64>) -> Limbs<u64> {
        *columns
    }
    #[inline(always)]
    fn square_columns(self, a: &Limbs<u64>) -> Limbs<u64> {
        FieldElement(*a).square().0
    }
    #[inline(always)]
    fn sub_settle(self, a: &Limbs<u64>, columns: &Limbs<u64>) -> Limbs<u64> {
        FieldElement(*a).sub(&FieldElement(*columns)).0
    }
    #[inline(always)]
    fn mul_low(self, a: &Limbs<u64>, b: &Limbs<u64>) -> u64 {
        FieldElement(*a).mul(&FieldElement(*b)).0[0] & LIMB_MASK
    }
    #[inline(always)]
    fn rows(self, a: &Limbs<u64>) -> Limbs<u64> {
        *a
    }
    #[inline(always)]
    fn row_columns(self, a: &Limbs<u64>, b: &Limbs<u64>, c: &Limbs<u64>) -> Limbs<u64> {
        FieldElement(*b).mul(&FieldElement(*c)).add(&FieldElement(*a)).0
    }
    #[inline(always)]
    fn settle_rows(self, columns: &Limbs<u64>) -> Limbs<u64> {
        *columns
    }
    fn low_factor(element: &FieldElement) -> [u64; LOW_WORDS] {
        let [a, b, c, d, e] = element.canonical();
        [a, b, c, d, e, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0]
    }
    #[inline(always)]
    fn low_bits(self, a: [&Limbs<u64>; 4], b: &[[[u64; LOW_WORDS]; 4]; 2]) -> [u64; 4] {
        let term = |a: &Limbs<u64>, b: &[u64; LOW_WORDS]| FieldElement(self.mul(a, &[b[0], b[1], b[2], b[3], b[4]]));
        let both = |b: &[[u64; LOW_WORDS]; 4]| {
            let s = term(a[0], &b[0]).add(&term(a[1], &b[1]));
            let t = term(a[2], &b[2]).add(&term(a[3], &b[3]));
            [s.add(&t).to_words()[0], s.sub(&t).to_words()[0]]
        };
        let ([plus1, minus1], [plus2, minus2]) = (both(&b[0]), both(&b[1]));
        [plus1, minus1, plus2, minus2]
    }
    #[inline(always)]
    fn tidy(self, a: &Limbs<u64>) -> Limbs<u64> {
        *a
    }
    #[inline(always)]
    fn sum(self, a: &Limbs<u64>, b: &Limbs<u64>) -> Limbs<u64> {
        FieldElement(*a).lazy_add(&FieldElement(*b)).0
    }
    #[inline(always)]
    fn plus(self, a: &Limbs<u64>, b: &Limbs<u64>) -> Limbs<u64> {
        FieldElement(*a).add(&FieldElement(*b)).0
    }
    #[inline(always)]
    fn minus(self, a: &Limbs<u64>, b: &Limbs<u64>) -> Limbs<u64> {
        FieldElement(*a).sub(&FieldElement(*b)).0
    }
    #[inline(always)]
    fn loose_less(self, columns: &Limbs<u64>, a: &Limbs<u64>) -> Limbs<u64> {
        FieldElement(*columns).sub(&FieldElement(*a)).0
    }
    #[inline(always)]
    fn loose_less_twice(self, columns: &Limbs<u64>, a: &Limbs<u64>, b: &Limbs<u64>) -> Limbs<u64> {
        let a = FieldElement(*a);
        FieldElement(*columns).lazy_add(&FieldElement(*b)).sub(&a.lazy_add(&a)).0
    }
    #[inline(always)]
    fn less_loose(self, a: &Limbs<u64>, b: &Limbs<u64>) -> Limbs<u64> {
        FieldElement(*a).sub(&FieldElement(*b)).0
    }
    #[inline(always)]
    fn negate_where(self, a: &Limbs<u64>, sign: u64) -> Limbs<u64> {
        let (minus, mask) = (FieldElement(*a).neg().0, (sign as i64 >> 63) as u64);
        let choose = |a: u64, minus: u64| a ^ (mask & (a ^ minus));
        [
            choose(a[0], minus[0]),
            choose(a[1], minus[1]),
            choose(a[2], minus[2]),
            choose(a[3], minus[3]),
            choose(a[4], minus[4]),
        ]
    }
    #[inline(always)]
    fn to_words(self, a: &Limbs<u64>) -> [u64; 4] {
        FieldElement(*a).to_words()
    }

    #[inline(always)]
    fn gather_x(self, rows: &[Row], index: &u64) -> Limbs<u64> {
        FieldElement::from_words(&rows[*index as u32 as usize].x).0
    }
    #[inline(always)]
    fn gather_y(self, rows: &[Row], index: &u64) -> Limbs<u64> {
        FieldElement::from_words(&rows[*index as u32 as usize].y).0
    }
    #[inline(always)]
    fn prefetch(self, rows: &[Row], index: &u64) {
        // Elsewhere stable Rust has no prefetch. A plain load in its place does not help: it stalls as soon as it is the
        // oldest instruction in flight.
        #[cfg(target_arch = "x86_64")]
        super::avx512::prefetch(&rows[*index as u32 as usize]);
        #[cfg(not(target_arch = "x86_64"))]
        let _ = (rows, index);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn leading_bytes() {
        assert_eq!(Portable.leading(0x1122_3344_5566_7788), 0x8877_6600_0000_0000);
    }
}

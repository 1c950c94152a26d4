//! Sums, carries, shortened products, and the ways in and out, in doubles.

use super::{
    super::{
        field::{FieldElement, LIMB_MASK, P},
        lanes::{LOW_WORDS, Limbs},
    },
    BASE, CENTER, Doubles, ONE, SPLIT, SPLIT_CENTER, TIGHT, UNIT, WHOLE,
    columns::signed,
    each,
};

// One round of carries from limbs of up to 6 T, the most that any sum here comes to: at most 3 T / 2^50 + 1 steps go up, and 19 times that at the bottom.
const _: () = assert!((1 << 50) + 19 * (3 * TIGHT / (1 << 50) + 1) <= TIGHT);

/// The limbs of a tight element, as the bits of doubles.
pub(in super::super) fn limbs(element: &FieldElement) -> [u64; 5] {
    let mut limbs = element.canonical().map(|limb| limb as i64);
    // The first round leaves at most one step to carry around the top.
    for _ in 0..2 {
        let mut carry = 0;
        for limb in &mut limbs {
            *limb += carry;
            carry = (*limb + (1 << 50)) >> 51;
            *limb -= carry << 51;
        }
        limbs[0] += 19 * carry;
    }
    limbs.map(|limb| (limb as f64 * ONE).to_bits())
}

/// One round of carries: from limbs of up to 6 T to a tight element.
#[inline(always)]
pub(in super::super) fn tidy<D: Doubles>(d: D, a: &Limbs<D::Word>) -> Limbs<D::Word> {
    let whole = [d.float(WHOLE); 5];
    let rounded = each!(d.float_add(a, whole));
    let carry = each!(d.float_sub(rounded, whole));
    let rest = each!(d.float_sub(a, carry));
    let up = d.float(ONE);
    [
        d.fused(carry[4], d.float(19.0 * ONE), rest[0]),
        d.fused(carry[0], up, rest[1]),
        d.fused(carry[1], up, rest[2]),
        d.fused(carry[2], up, rest[3]),
        d.fused(carry[3], up, rest[4]),
    ]
}

/// Limb by limb: of two tight elements a sum, with limbs of up to 2 T.
#[inline(always)]
pub(in super::super) fn sum<D: Doubles>(d: D, a: &Limbs<D::Word>, b: &Limbs<D::Word>) -> Limbs<D::Word> {
    each!(d.float_add(a, b))
}

/// Limb by limb: a tight or signed element or a product less a tight one is loose, with limbs of up to 2 T; less a loose one it is a sum, with limbs of up
/// to 3 T.
#[inline(always)]
pub(in super::super) fn minus<D: Doubles>(d: D, a: &Limbs<D::Word>, b: &Limbs<D::Word>) -> Limbs<D::Word> {
    each!(d.float_sub(a, b))
}

/// The sum of tight elements or tidied sums, carried.
#[inline(always)]
pub(in super::super) fn plus<D: Doubles>(d: D, a: &Limbs<D::Word>, b: &Limbs<D::Word>) -> Limbs<D::Word> {
    tidy(d, &sum(d, a, b))
}

/// `product - (2 a - b)`, loose, with limbs of up to 2 T, for a tight a and any sum b.
///
/// What is taken off is carried by itself, so that nothing but an addition waits for the product.
#[inline(always)]
pub(in super::super) fn less_twice<D: Doubles>(
    d: D,
    product: &Limbs<D::Word>,
    a: &Limbs<D::Word>,
    b: &Limbs<D::Word>,
) -> Limbs<D::Word> {
    let two = d.float(-2.0);
    let other = [
        d.fused(a[0], two, b[0]),
        d.fused(a[1], two, b[1]),
        d.fused(a[2], two, b[2]),
        d.fused(a[3], two, b[3]),
        d.fused(a[4], two, b[4]),
    ];
    sum(d, product, &tidy(d, &other))
}

/// `a` less a product, tight.
#[inline(always)]
pub(in super::super) fn sub_settle<D: Doubles>(d: D, a: &Limbs<D::Word>, product: &Limbs<D::Word>) -> Limbs<D::Word> {
    tidy(d, &minus(d, a, product))
}

/// `a`, or `-a` where the top bit of `sign` is set.
#[inline(always)]
pub(in super::super) fn negate_where<D: Doubles>(d: D, a: &Limbs<D::Word>, sign: D::Word) -> Limbs<D::Word> {
    let signs = [d.and(sign, d.splat(1 << 63)); 5];
    each!(d.xor(a, signs))
}

/// `a + b c` as a product; `a` is the lazy sum of two tight elements at most.
#[inline(always)]
pub(in super::super) fn row_columns<D: Doubles>(
    d: D,
    a: &Limbs<D::Word>,
    b: &Limbs<D::Word>,
    c: &Limbs<D::Word>,
) -> Limbs<D::Word> {
    tidy(d, &sum(d, &d.mul(b, c), a))
}

/// What the upper halves of the middle column are summed up on: 2^53 is the last place of such a sum, which stays below the next power of two while five
/// products come to less than 2^104.
const CHAIN: f64 = 4.0 * SPLIT;
const _: () = assert!(5 * 3 * (TIGHT as u128) * (TIGHT as u128) < 1 << 104);

/// The bits of the constants in the sum that [`mul_low`] ends with.
const LOW_BIAS: u64 = {
    let fifth = CENTER.to_bits().wrapping_mul(4).wrapping_add(WHOLE.to_bits()).wrapping_add(CHAIN.to_bits() << 2);
    fifth.wrapping_mul(19).wrapping_add(CENTER.to_bits())
};

/// The low 51 bits of the product of two elements, of which one at most is a sum.
///
/// They are those of columns 0 and 5 and of how often 2^255 goes into the product. For that, column 4 is exact down to 2^51 of its weight, and what
/// is below takes part as a double, with columns 3 and 8. Columns 2 and 7, less than 123 * 2^100, are left out: the
/// count is off where what is below comes within 2^-45 of a whole.
#[inline(always)]
pub(in super::super) fn mul_low<D: Doubles>(d: D, a: &Limbs<D::Word>, b: &Limbs<D::Word>) -> D::Word {
    let (mut upper, mut rest) = (d.float(CHAIN), d.float(0.0));
    let mut i = 0;
    while i < 5 {
        let sum = d.fused(a[i], b[4 - i], upper);
        rest = d.float_add(rest, d.fused(a[i], b[4 - i], d.float_sub(upper, sum)));
        upper = sum;
        i += 1;
    }
    // Half of a step is taken off, so that rounding to the nearest is rounding down.
    let mut below = d.fused(d.float_mul(a[4], d.float(19.0)), b[4], d.float(-0.5));
    i = 0;
    while i < 4 {
        below = d.fused(a[i], b[3 - i], below);
        i += 1;
    }
    let rest = d.fused(below, d.float(ONE), rest);
    let rest = d.fused(rest, d.float(UNIT), d.float(WHOLE));
    let mut fifth = d.add(d.shl(upper, 2), rest);
    i = 1;
    while i < 5 {
        fifth = d.add(fifth, lower(d, a[i], b[5 - i]));
        i += 1;
    }
    let nineteen = d.add(d.add(fifth, d.shl(fifth, 4)), d.add(fifth, fifth));
    let low = d.sub(d.add(lower(d, a[0], b[0]), nineteen), d.splat(LOW_BIAS));
    d.and(low, d.splat(LIMB_MASK))
}

/// The product of two limbs modulo 2^51, with the bits of [`CENTER`].
#[inline(always)]
fn lower<D: Doubles>(d: D, a: D::Word, b: D::Word) -> D::Word {
    let upper = d.fused(a, b, d.float(SPLIT));
    d.fused(a, b, d.float_sub(d.float(SPLIT_CENTER), upper))
}

/// The low bits of sums and differences of products with constants, see [`Lanes::low_bits`](super::super::lanes::Lanes::low_bits): computed in full.
#[inline(always)]
pub(in super::super) fn low_bits<D: Doubles>(d: D, a: [&Limbs<D::Word>; 4], b: &[[u64; LOW_WORDS]; 4]) -> [D::Word; 2] {
    let mut terms = [*a[0]; 4];
    let mut i = 0;
    while i < 4 {
        let [b0, b1, b2, b3, b4, ..] = b[i];
        terms[i] = d.mul(a[i], &d.splat_limbs(&[b0, b1, b2, b3, b4]));
        i += 1;
    }
    let (s, t) = (sum(d, &terms[0], &terms[1]), sum(d, &terms[2], &terms[3]));
    [pack(d, &plus(d, &s, &t))[0], pack(d, &tidy(d, &minus(d, &s, &t)))[0]]
}

/// What the bits of [`BASE`] come to, shifted down by a limb.
const BASE_CARRY: u64 = BASE.to_bits() >> 51;
// It is even, so that a carry of 0 or 1 is the lowest bit of the sum.
const _: () = assert!(BASE_CARRY & 1 == 0);

/// [`BASE`] and a limb of p, less what the carry from below has of the base.
const fn positive(k: usize) -> f64 {
    BASE + (P[k] - if k == 0 { 0 } else { BASE_CARRY }) as f64 * ONE
}

/// The number below p in four words, from a tight element or a product.
#[inline(always)]
pub(in super::super) fn pack<D: Doubles>(d: D, a: &Limbs<D::Word>) -> [D::Word; 4] {
    // Such an element is less than p away from zero, so that p more is positive and below 2 p. All numbers have the bits of the base on top.
    let offsets =
        [d.float(positive(0)), d.float(positive(1)), d.float(positive(2)), d.float(positive(3)), d.float(positive(4))];
    let r = each!(d.float_add(a, offsets));
    // Adding 19 shows by the carry out of the top whether p goes into it.
    let mut carry = d.shr(d.add(r[0], d.splat(19)), 51);
    let mut i = 1;
    while i < 5 {
        carry = d.shr(d.add(r[i], carry), 51);
        i += 1;
    }
    let r0 = d.add(r[0], d.mul32(d.and(carry, d.splat(1)), d.splat(19)));
    let r1 = d.add(r[1], d.shr(r0, 51));
    let r2 = d.add(r[2], d.shr(r1, 51));
    let r3 = d.add(r[3], d.shr(r2, 51));
    let r4 = d.add(r[4], d.shr(r3, 51));
    let mask = [d.splat(LIMB_MASK); 5];
    let limbs = [r0, r1, r2, r3, r4];
    let [r0, r1, r2, r3, r4] = each!(d.and(limbs, mask));
    [
        d.or(r0, d.shl(r1, 51)),
        d.or(d.shr(r1, 13), d.shl(r2, 38)),
        d.or(d.shr(r2, 26), d.shl(r3, 25)),
        d.or(d.shr(r3, 39), d.shl(r4, 12)),
    ]
}

/// An element from a coordinate of a row: from four words of it plus half of every limb, below p.
#[inline(always)]
pub(in super::super) fn unpack<D: Doubles>(d: D, w: &[D::Word; 4]) -> Limbs<D::Word> {
    let mask = d.splat(LIMB_MASK);
    [
        signed(d, d.and(w[0], mask)),
        signed(d, d.and(d.or(d.shr(w[0], 51), d.shl(w[1], 13)), mask)),
        signed(d, d.and(d.or(d.shr(w[1], 38), d.shl(w[2], 26)), mask)),
        signed(d, d.and(d.or(d.shr(w[2], 25), d.shl(w[3], 39)), mask)),
        signed(d, d.shr(w[3], 12)),
    ]
}

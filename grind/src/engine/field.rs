//! Field elements modulo p = 2^255 - 19 in five limbs of 51 bits, on 64-bit integers.
//!
//! This is the arithmetic of everything that is done once (tables, start points) and of the portable backend. Formulas
//! follow `curve25519-dalek` (`backend/serial/u64/field.rs`); it is not constant-time where that costs speed, because an
//! attacker who can time a search on its own machine reads its memory as well.

use super::inverse;

/// The bits of one limb.
pub(crate) const LIMB_BITS: u32 = 51;
/// A full limb.
pub(crate) const LIMB_MASK: u64 = (1 << LIMB_BITS) - 1;
/// The limbs of p.
pub(crate) const P: [u64; 5] = [LIMB_MASK - 18, LIMB_MASK, LIMB_MASK, LIMB_MASK, LIMB_MASK];

/// An element of the field. *Tight* limbs are below 2^51 + 2^15; every operation returns tight limbs unless it says
/// otherwise, and multiplication takes limbs below 2^54.
#[derive(Clone, Copy, Debug)]
pub(crate) struct FieldElement(pub(crate) [u64; 5]);

#[inline(always)]
fn wide(a: u64, b: u64) -> u128 {
    u128::from(a) * u128::from(b)
}

impl FieldElement {
    pub(crate) const ZERO: Self = Self([0; 5]);
    pub(crate) const ONE: Self = Self([1, 0, 0, 0, 0]);

    /// A small number.
    pub(crate) const fn small(value: u32) -> Self {
        Self([value as u64, 0, 0, 0, 0])
    }

    /// Reads 255 little-endian bits; the top bit is ignored, numbers from p up are accepted.
    pub(crate) fn from_bytes(bytes: &[u8; 32]) -> Self {
        Self::from_words(&words_le(bytes))
    }

    /// Reads 255 bits in little-endian words; the top bit is ignored.
    #[inline(always)]
    pub(crate) fn from_words(w: &[u64; 4]) -> Self {
        Self([
            w[0] & LIMB_MASK,
            (w[0] >> 51 | w[1] << 13) & LIMB_MASK,
            (w[1] >> 38 | w[2] << 26) & LIMB_MASK,
            (w[2] >> 25 | w[3] << 39) & LIMB_MASK,
            w[3] >> 12 & LIMB_MASK,
        ])
    }

    /// The one representation below p, in little-endian words.
    #[inline(always)]
    pub(crate) fn to_words(self) -> [u64; 4] {
        let mut r = self.carried().carried().0;
        // The value is below 2^255 + 2^52; adding 19 shows by the carry out of the top whether p fits once.
        let mut quotient = (r[0] + 19) >> LIMB_BITS;
        for limb in &r[1..] {
            quotient = (limb + quotient) >> LIMB_BITS;
        }
        r[0] += 19 * quotient;
        let mut carry = 0;
        for limb in &mut r {
            *limb += carry;
            carry = *limb >> LIMB_BITS;
            *limb &= LIMB_MASK;
        }
        [r[0] | r[1] << 51, r[1] >> 13 | r[2] << 38, r[2] >> 26 | r[3] << 25, r[3] >> 39 | r[4] << 12]
    }

    /// The one representation below p, in little-endian bytes.
    #[cfg(test)]
    pub(crate) fn to_bytes(self) -> [u8; 32] {
        let mut bytes = [0; 32];
        for (chunk, word) in bytes.chunks_exact_mut(8).zip(self.to_words()) {
            chunk.copy_from_slice(&word.to_le_bytes());
        }
        bytes
    }

    /// The limbs of the number below p.
    pub(crate) fn canonical(self) -> [u64; 5] {
        Self::from_words(&self.to_words()).0
    }

    /// One pass of carries, from limbs of any size below 2^63.
    #[inline(always)]
    pub(crate) fn carried(self) -> Self {
        let mut r = self.0;
        let c: [u64; 5] = [r[0] >> 51, r[1] >> 51, r[2] >> 51, r[3] >> 51, r[4] >> 51];
        r[0] = (r[0] & LIMB_MASK) + 19 * c[4];
        r[1] = (r[1] & LIMB_MASK) + c[0];
        r[2] = (r[2] & LIMB_MASK) + c[1];
        r[3] = (r[3] & LIMB_MASK) + c[2];
        r[4] = (r[4] & LIMB_MASK) + c[3];
        Self(r)
    }

    /// The sum without a carry: its limbs are the sums of the limbs.
    #[inline(always)]
    pub(crate) fn lazy_add(&self, rhs: &Self) -> Self {
        let (a, b) = (&self.0, &rhs.0);
        Self([a[0] + b[0], a[1] + b[1], a[2] + b[2], a[3] + b[3], a[4] + b[4]])
    }

    #[inline(always)]
    pub(crate) fn add(&self, rhs: &Self) -> Self {
        self.lazy_add(rhs).carried()
    }

    /// The difference; the limbs of `rhs` are below 2^54.
    #[inline(always)]
    pub(crate) fn sub(&self, rhs: &Self) -> Self {
        const ROOM: [u64; 5] = [P[0] << 4, P[1] << 4, P[2] << 4, P[3] << 4, P[4] << 4];
        let (a, b) = (&self.0, &rhs.0);
        Self([
            a[0] + ROOM[0] - b[0],
            a[1] + ROOM[1] - b[1],
            a[2] + ROOM[2] - b[2],
            a[3] + ROOM[3] - b[3],
            a[4] + ROOM[4] - b[4],
        ])
        .carried()
    }

    #[inline(always)]
    pub(crate) fn neg(&self) -> Self {
        Self::ZERO.sub(self)
    }

    #[inline(always)]
    pub(crate) fn mul(&self, rhs: &Self) -> Self {
        let (a, b) = (&self.0, &rhs.0);
        let (b1, b2, b3, b4) = (b[1] * 19, b[2] * 19, b[3] * 19, b[4] * 19);
        Self::reduce([
            wide(a[0], b[0]) + wide(a[4], b1) + wide(a[3], b2) + wide(a[2], b3) + wide(a[1], b4),
            wide(a[1], b[0]) + wide(a[0], b[1]) + wide(a[4], b2) + wide(a[3], b3) + wide(a[2], b4),
            wide(a[2], b[0]) + wide(a[1], b[1]) + wide(a[0], b[2]) + wide(a[4], b3) + wide(a[3], b4),
            wide(a[3], b[0]) + wide(a[2], b[1]) + wide(a[1], b[2]) + wide(a[0], b[3]) + wide(a[4], b4),
            wide(a[4], b[0]) + wide(a[3], b[1]) + wide(a[2], b[2]) + wide(a[1], b[3]) + wide(a[0], b[4]),
        ])
    }

    #[inline(always)]
    pub(crate) fn square(&self) -> Self {
        let a = &self.0;
        let (d0, d1) = (a[0] * 2, a[1] * 2);
        let (a3_19, a4_19) = (a[3] * 19, a[4] * 19);
        Self::reduce([
            wide(a[0], a[0]) + 2 * (wide(a[1], a4_19) + wide(a[2], a3_19)),
            wide(a[3], a3_19) + wide(d0, a[1]) + 2 * wide(a[2], a4_19),
            wide(a[1], a[1]) + wide(d0, a[2]) + 2 * wide(a[4], a3_19),
            wide(a[4], a4_19) + wide(d0, a[3]) + wide(d1, a[2]),
            wide(a[2], a[2]) + wide(d0, a[4]) + wide(d1, a[3]),
        ])
    }

    /// Carries five columns of a product into tight limbs.
    ///
    /// With inputs below 2^54 a column stays below 77 * 2^108 < 2^115, so a carry fits 64 bits.
    #[inline(always)]
    fn reduce(c: [u128; 5]) -> Self {
        let [c0, mut c1, mut c2, mut c3, mut c4] = c;
        c1 += c0 >> 51;
        c2 += c1 >> 51;
        c3 += c2 >> 51;
        c4 += c3 >> 51;
        let low = |c: u128| c as u64 & LIMB_MASK;
        let r0 = wide((c4 >> 51) as u64, 19) + u128::from(low(c0));
        Self([low(r0), low(c1) + (r0 >> 51) as u64, low(c2), low(c3), low(c4)])
    }

    /// `self^(2^n)`.
    fn square_times(&self, n: u32) -> Self {
        let mut r = *self;
        for _ in 0..n {
            r = r.square();
        }
        r
    }

    /// `self^(2^250 - 1)`.
    fn pow_22501(&self) -> Self {
        let t2 = self.square();
        let t9 = self.mul(&t2.square_times(2));
        let t11 = t2.mul(&t9);
        let e5 = t9.mul(&t11.square());
        let e10 = e5.square_times(5).mul(&e5);
        let e20 = e10.square_times(10).mul(&e10);
        let e40 = e20.square_times(20).mul(&e20);
        let e50 = e40.square_times(10).mul(&e10);
        let e100 = e50.square_times(50).mul(&e50);
        let e200 = e100.square_times(100).mul(&e100);
        e200.square_times(50).mul(&e50)
    }

    /// The inverse; zero for zero.
    pub(crate) fn invert(&self) -> Self {
        Self::from_words(&inverse::invert(&self.to_words()))
    }

    /// `self^((p-5)/8)`.
    fn pow_p58(&self) -> Self {
        self.pow_22501().square_times(2).mul(self)
    }

    /// A square root of `num / den`, the one with an even number, if there is one (RFC 8032, section 5.1.3).
    pub(crate) fn sqrt_ratio(num: &Self, den: &Self) -> Option<Self> {
        let d3 = den.square().mul(den);
        let d7 = d3.square().mul(den);
        let mut root = num.mul(&d3).mul(&num.mul(&d7).pow_p58());
        if !den.mul(&root.square()).equals(num) {
            // 2^((p-1)/4), a square root of -1.
            let i = Self::small(2).pow_p58().square().mul(&Self::small(2));
            root = root.mul(&i);
        }
        den.mul(&root.square()).equals(num).then(|| if root.is_odd() { root.neg() } else { root })
    }

    pub(crate) fn equals(&self, rhs: &Self) -> bool {
        self.to_words() == rhs.to_words()
    }

    /// Whether the number below p is odd.
    pub(crate) fn is_odd(&self) -> bool {
        self.to_words()[0] & 1 == 1
    }
}

/// Little-endian words of 32 bytes.
pub(crate) fn words_le(bytes: &[u8; 32]) -> [u64; 4] {
    let mut words = [0; 4];
    for (word, chunk) in words.iter_mut().zip(bytes.chunks_exact(8)) {
        for (i, byte) in chunk.iter().enumerate() {
            *word |= u64::from(*byte) << (8 * i);
        }
    }
    words
}

//! Whole numbers of 320 bits for counting keys.
//!
//! A count never exceeds the number of texts of its length, at most 64^43 = 2^258 or 58^44 < 2^258, nor 2^256 keys in all,
//! so nothing overflows; the sums are still checked in debug builds.

use num_bigint::BigUint;

/// An unsigned number, least significant limb first.
#[derive(Clone, Copy, Default, PartialEq, Eq)]
pub(super) struct Wide([u64; 5]);

impl Wide {
    pub(super) const ZERO: Self = Self([0; 5]);

    pub(super) fn is_zero(&self) -> bool {
        self.0 == [0; 5]
    }

    /// `self += other * factor`.
    #[inline]
    pub(super) fn add_scaled(&mut self, other: &Self, factor: u64) {
        let mut carry = 0u128;
        for (limb, &add) in self.0.iter_mut().zip(&other.0) {
            // At most (2^64-1)^2 + 2(2^64-1) = 2^128 - 1.
            let sum = u128::from(add) * u128::from(factor) + u128::from(*limb) + carry;
            *limb = sum as u64;
            carry = sum >> 64;
        }
        debug_assert_eq!(carry, 0, "a count is below 2^320");
    }

    /// `self += small`.
    pub(super) fn add_small(&mut self, small: u64) {
        self.add_scaled(&Self([small, 0, 0, 0, 0]), 1);
    }

    pub(super) fn to_big(self) -> BigUint {
        BigUint::from_bytes_le(&self.0.map(u64::to_le_bytes).concat())
    }
}

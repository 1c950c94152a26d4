//! The numbers behind the texts of all keys, which is what odds are counted over.

use num_bigint::BigUint;

use crate::alphabet::CharSet;

/// A run of consecutive numbers whose digits, after some fixed ones, are the texts of keys.
///
/// The ranges of a target together hold every one of the 2^256 public keys once.
#[derive(Clone, Debug)]
pub struct KeyRange {
    /// Digits that every text of the range starts with, before those of the number.
    pub lead: Vec<u8>,
    /// How many digits the number is written with, zeros in front included.
    pub digits: usize,
    /// The first number.
    pub low: BigUint,
    /// The number after the last; at most base^digits.
    pub high: BigUint,
    /// Which digits its last places may hold, for as many places as there are sets; others do not occur.
    pub tail: Vec<CharSet>,
    /// How many public keys share each text.
    pub weight: u32,
}

impl KeyRange {
    /// Which digits may stand `from_end` places before the end.
    pub(crate) fn allowed(&self, from_end: usize) -> CharSet {
        let place = self.tail.len().checked_sub(from_end + 1);
        place.map_or(CharSet::from_bits(u64::MAX), |place| self.tail[place])
    }

    /// The length of the texts.
    pub fn length(&self) -> usize {
        self.lead.len() + self.digits
    }
}

//! Identifiers and chances from a seed, so that a run can be repeated: SplitMix64 (Steele, Lea and Flood 2014). Nothing
//! here is a secret worth keeping; the demo seeds it from the system so that ids of two runs differ.

const LETTERS: &[u8; 62] = b"0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz";

/// A repeatable source of numbers.
#[derive(Clone, Debug)]
pub struct Random(u64);

impl Random {
    /// The sequence that belongs to a seed.
    #[must_use]
    pub const fn seeded(seed: u64) -> Self {
        Self(seed)
    }

    /// What goes on with the same sequence from here.
    pub(crate) const fn seed(&self) -> u64 {
        self.0
    }

    /// The next 64 bits.
    pub fn bits(&mut self) -> u64 {
        self.0 = self.0.wrapping_add(0x9e37_79b9_7f4a_7c15);
        let mut z = self.0;
        z = (z ^ (z >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
        z = (z ^ (z >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
        z ^ (z >> 31)
    }

    /// A number below `bound`, which is at least one.
    pub fn below(&mut self, bound: u64) -> u64 {
        self.bits() % bound.max(1)
    }

    /// `prefix`, then `length` letters and digits.
    pub(crate) fn text(&mut self, prefix: &str, length: usize) -> String {
        let mut id = String::with_capacity(prefix.len() + length);
        id.push_str(prefix);
        for _ in 0..length {
            let letter = usize::try_from(self.below(62)).unwrap_or_default();
            id.push(char::from(LETTERS[letter]));
        }
        id
    }

    /// An id of Stripe's usual length.
    pub(crate) fn id(&mut self, prefix: &str) -> String {
        self.text(prefix, 24)
    }
}

//! Seed mode: every candidate is a 32-byte seed of RFC 8032, so its key can be exported to every format.

use zeroize::Zeroize;

use super::{
    SearchError,
    drive::Candidates,
    entropy::{Entropy, SeedBase},
};
use crate::{Pattern, secret::SeedKey};

/// The candidates of one base.
pub(super) struct SeedCandidates<'a> {
    pattern: &'a Pattern,
    base: SeedBase,
    next: u64,
}

impl<'a> SeedCandidates<'a> {
    pub(super) fn new(pattern: &'a Pattern, entropy: &dyn Entropy) -> Result<Self, SearchError> {
        Ok(Self { pattern, base: SeedBase::draw(entropy)?, next: 0 })
    }
}

impl Candidates for SeedCandidates<'_> {
    type Hit = (SeedKey, [u8; 32]);

    fn batch(&self) -> u64 {
        64
    }

    fn test(&mut self, count: u64) -> Result<Option<(u64, Self::Hit)>, SearchError> {
        for i in 0..count {
            let mut seed = self.base.seed(self.next + i);
            let key = SeedKey::new(seed);
            seed.zeroize();
            let public_key = key.public_key();
            if self.pattern.matches_key(&public_key) {
                return Ok(Some((i + 1, (key, public_key))));
            }
        }
        self.next += count;
        Ok(None)
    }
}

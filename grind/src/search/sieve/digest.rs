//! Targets whose text is a hash of the key: each candidate is hashed, and what its text would be is looked at without writing it.

use crate::{
    Pattern,
    dfa::START,
    engine::{Spelling, either_sign},
};

use super::LeadingSieve;

/// How to hash a key, and what of the hash matches.
pub(in crate::search) struct DigestSieve {
    digest: fn(&[u8; 32]) -> [u8; 32],
    pattern: Pattern,
    /// The ranges of a prefix.
    leading: Option<LeadingSieve>,
    /// Bits of a digit.
    width: u32,
}

impl DigestSieve {
    pub(super) fn new(pattern: &Pattern, digest: fn(&[u8; 32]) -> [u8; 32]) -> Self {
        let leading = pattern.prefixes().is_some().then(|| LeadingSieve::new(pattern));
        Self { digest, pattern: pattern.clone(), leading, width: pattern.target().alphabet().base().ilog2() }
    }

    /// How the engine writes the keys, of which y alone is wanted: in the way that costs least.
    pub(in crate::search) const fn spelling(&self) -> Spelling {
        Spelling::Bits { width: 4, digits: 64, dropped: 0, filled: 0 }
    }

    /// Whether the key of a y, with one sign of x or the other, may match.
    pub(in crate::search) fn admits(&self, y: &[u64; 4]) -> bool {
        either_sign(y, |key| {
            let hash = (self.digest)(key);
            match &self.leading {
                Some(leading) => leading.admits(u64::from_le_bytes(*hash.first_chunk().expect("32 bytes hold 8"))),
                None => self.matches(&hash),
            }
        })
    }

    /// Whether the digits of a hash match, by the pattern's automaton.
    fn matches(&self, hash: &[u8; 32]) -> bool {
        let dfa = self.pattern.dfa();
        let (mut state, mut bits, mut held) = (START, 0u32, 0);
        for &byte in hash {
            bits = bits << 8 | u32::from(byte);
            held += 8;
            while held >= self.width {
                held -= self.width;
                state = dfa.next(state, (bits >> held) as u8 & ((1 << self.width) - 1));
            }
        }
        if held > 0 {
            state = dfa.next(state, (bits << (self.width - held)) as u8 & ((1 << self.width) - 1));
        }
        dfa.is_match(state)
    }
}

//! What tells candidates that may match from those that do not, on the engine's plain results.
//!
//! A sieve never loses a match. It may let others pass: whatever it lets pass is derived again and matched by the plain matcher.

mod digest;
mod digits;
mod leading;

use crate::{
    Pattern, Target,
    engine::{Spelling, either_sign, encode},
    target::KeyBytes,
};
pub(super) use digest::DigestSieve;
pub(super) use digits::DigitSieve;
pub(super) use leading::LeadingSieve;

/// How the candidates of a pattern are sieved.
pub(super) enum Sieve {
    /// By the first bytes of the key.
    Leading(LeadingSieve),
    /// By all digits.
    Digits(DigitSieve),
    /// By all digits of a hash, which every key goes through.
    Digest(DigestSieve),
}

impl Sieve {
    pub(super) fn new(pattern: &Pattern) -> Self {
        let target = pattern.target();
        match (spelling(target), target.scheme().bytes) {
            (None, KeyBytes::Digest(digest)) => Self::Digest(DigestSieve::new(pattern, digest)),
            (Some(spelling), _) if pattern.prefixes().is_none() => Self::Digits(DigitSieve::new(pattern, spelling)),
            _ => Self::Leading(LeadingSieve::new(pattern)),
        }
    }
}

/// Whether a key of this coordinate, y or for X25519 u, may match: the sign that y leaves open is tried both ways.
pub(super) fn may_match(pattern: &Pattern, coordinate: &[u64; 4]) -> bool {
    if pattern.target().is_x25519() {
        return pattern.matches_bytes(&encode(coordinate));
    }
    either_sign(coordinate, |key| pattern.matches_key(key))
}

/// The low 48 bits of the coordinate of a key that the engine works out.
pub(super) fn low_bits(pattern: &Pattern, public_key: &[u8; 32]) -> u64 {
    let montgomery = pattern.target().is_x25519().then(|| crate::x25519::montgomery(public_key));
    let coordinate = montgomery.as_ref().unwrap_or(public_key);
    coordinate.iter().take(6).rev().fold(0, |low, &byte| low << 8 | u64::from(byte))
}

/// How the engine writes the texts of a target; `None` if it does not, because they are no digits of the key.
const fn spelling(target: Target) -> Option<Spelling> {
    match target {
        Target::Did => Some(Spelling::base58_after(0xed01)),
        Target::Solana => Some(Spelling::base58()),
        Target::Ssh => Some(Spelling::Bits { width: 6, digits: 43, dropped: 0, filled: 0 }),
        Target::Onion => Some(Spelling::Bits { width: 5, digits: 51, dropped: 1, filled: 0 }),
        Target::Hex => Some(Spelling::Bits { width: 4, digits: 64, dropped: 0, filled: 0 }),
        Target::Wireguard => Some(Spelling::Bits { width: 6, digits: 43, dropped: 0, filled: 2 }),
        Target::Age => Some(Spelling::Bits { width: 5, digits: 52, dropped: 0, filled: 4 }),
        Target::Libp2p => Some(Spelling::base58_after(0x24_0801_1220)),
        Target::Stellar => Some(Spelling::Bits { width: 5, digits: 51, dropped: 4, filled: 0 }),
        Target::Algorand => Some(Spelling::Bits { width: 5, digits: 51, dropped: 1, filled: 0 }),
        Target::SshFingerprint | Target::Aptos | Target::Sui => None,
    }
}

#[cfg(test)]
mod tests;

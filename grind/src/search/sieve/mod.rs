//! What tells candidates that may match from those that do not, on the engine's plain results.
//!
//! A sieve never loses a match. It may let others pass: whatever it lets pass is derived again and matched by the plain matcher.

mod digits;
mod leading;

use crate::{Kind, Pattern, Target, engine::Spelling};
pub(super) use digits::DigitSieve;
pub(super) use leading::LeadingSieve;

/// How the candidates of a pattern are sieved.
pub(super) enum Sieve {
    /// By the first bytes of the key.
    Leading(LeadingSieve),
    /// By all digits.
    Digits(DigitSieve),
    /// By the plain matcher, which every key goes through.
    Every(Spelling),
}

impl Sieve {
    pub(super) fn new(pattern: &Pattern) -> Self {
        match (pattern.kind(), spelling(pattern.target())) {
            (_, None) => Self::Every(Spelling::base58()),
            (Kind::Prefix, Some(_)) => Self::Leading(LeadingSieve::new(pattern)),
            (_, Some(spelling)) => Self::Digits(DigitSieve::new(pattern, spelling)),
        }
    }
}

/// How the engine writes the texts of a target; `None` if it does not, because they are no digits of the key.
const fn spelling(target: Target) -> Option<Spelling> {
    match target {
        Target::Did => Some(Spelling::base58_after(0xed01)),
        Target::Solana => Some(Spelling::base58()),
        Target::Ssh => Some(Spelling::Bits { width: 6, digits: 43, dropped: 0 }),
        Target::Onion => Some(Spelling::Bits { width: 5, digits: 51, dropped: 1 }),
        Target::Hex => Some(Spelling::Bits { width: 4, digits: 64, dropped: 0 }),
        Target::SshFingerprint => None,
    }
}

#[cfg(test)]
mod tests;

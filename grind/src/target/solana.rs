//! Solana addresses: base58 of the 32-byte public key, 32 to 44 characters.
//!
//! Each zero byte in front becomes a `1`, and the rest has no leading zero digit, so the length depends on the key.

use num_bigint::BigUint;

use super::{KeyBytes, KeyRange, Scheme};
use crate::alphabet::BASE58;

pub(super) static SCHEME: Scheme = Scheme {
    name: "solana",
    alphabet: &BASE58,
    lead: "",
    reaches_end: true,
    bytes: KeyBytes::PublicKey,
    encode: address,
    display: address,
    ranges,
};

fn address(public_key: &[u8; 32]) -> String {
    bs58::encode(public_key).into_string()
}

/// One range per number of zero bytes in front and number of digits after them.
fn ranges() -> Vec<KeyRange> {
    let power = |base: u8, exponent: usize| BigUint::from(base).pow(exponent as u32);
    let mut ranges = vec![KeyRange {
        lead: vec![0; 32],
        digits: 0,
        low: BigUint::ZERO,
        high: BigUint::from(1u8),
        tail: Vec::new(),
        weight: 1,
    }];
    for zeros in 0..32 {
        let (least, end) = (power(2, 8 * (31 - zeros)), power(2, 8 * (32 - zeros)));
        for digits in 1..=44 {
            let low = power(58, digits - 1).max(least.clone());
            let high = power(58, digits).min(end.clone());
            if low < high {
                ranges.push(KeyRange { lead: vec![0; zeros], digits, low, high, tail: Vec::new(), weight: 1 });
            }
        }
    }
    ranges
}

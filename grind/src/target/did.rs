//! `did:key` (W3C CCG did-key method): base58btc of the multicodec bytes `ed 01` and the public key, after `did:key:z`.
//!
//! All such numbers lie so close together that their first three base58 digits are always `6Mk`. Patterns are matched
//! against the 44 characters after them, the first of which is not free either: it is one of `e`-`k` or `m`-`w`.

use num_bigint::BigUint;

use super::{KeyBytes, KeyRange, Scheme};
use crate::{
    alphabet::BASE58,
    did::{PUBLIC_KEY_CODEC, did_key},
};

/// What every `did:key` of an Ed25519 key starts with.
const LEAD: &str = "did:key:z6Mk";
/// Base58 digits after the fixed ones.
const FREE: usize = 44;

pub(super) static SCHEME: Scheme = Scheme {
    name: "did",
    alphabet: &BASE58,
    lead: LEAD,
    reaches_end: true,
    bytes: KeyBytes::PublicKey,
    encode: |key| did_key(key)[LEAD.len()..].to_owned(),
    display: did_key,
    ranges,
};

/// One range: the numbers from `ed 01 00..00` to `ed 01 ff..ff`, less what the fixed digits contribute.
fn ranges() -> Vec<KeyRange> {
    let first = BigUint::from_bytes_be(&PUBLIC_KEY_CODEC) << 256;
    let last = &first + (BigUint::from(1u8) << 256) - 1u8;
    let fixed = BigUint::from(58u8).pow(FREE as u32);
    debug_assert_eq!(&first / &fixed, &last / &fixed, "the digits 6Mk are fixed");
    vec![KeyRange {
        lead: Vec::new(),
        digits: FREE,
        low: first % &fixed,
        high: last % &fixed + 1u8,
        tail: Vec::new(),
        weight: 1,
    }]
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn extreme_keys_keep_the_lead_and_the_length() {
        for byte in [0, 1, 0x7f, 0x80, 0xff] {
            let text = did_key(&[byte; 32]);
            assert!(text.starts_with(LEAD), "{text}");
            assert_eq!(text.len(), LEAD.len() + FREE);
        }
        assert_eq!((SCHEME.encode)(&[0; 32]).chars().next(), Some('e'));
        assert_eq!((SCHEME.encode)(&[0xff; 32]).chars().next(), Some('w'));
    }

    #[test]
    fn the_range_is_every_key() {
        let range = &ranges()[0];
        assert_eq!(&range.high - &range.low, BigUint::from(1u8) << 256);
    }
}

//! Algorand addresses: base32 of the public key and the last four bytes of its SHA-512/256, 58 characters.
//!
//! As with an onion address patterns are matched against the first 51 characters, which hold the key but for its last bit.

use num_bigint::BigUint;
use sha2::{Digest, Sha512_256};

use super::{KeyBytes, KeyRange, Scheme};
use crate::alphabet::BASE32_UPPER;

/// Characters that hold nothing but key.
const FREE: usize = 51;

pub(super) static SCHEME: Scheme = Scheme {
    name: "algorand",
    alphabet: &BASE32_UPPER,
    lead: "",
    reaches_end: false,
    bytes: KeyBytes::PublicKey,
    encode: |key| address(key)[..FREE].to_owned(),
    display: address,
    ranges: || {
        let high = BigUint::from(1u8) << 255;
        vec![KeyRange { lead: Vec::new(), digits: FREE, low: BigUint::ZERO, high, tail: Vec::new(), weight: 2 }]
    },
};

fn address(public_key: &[u8; 32]) -> String {
    let hash = Sha512_256::digest(public_key);
    BASE32_UPPER.spell(&[&public_key[..], &hash[28..]].concat())
}

#[cfg(test)]
mod tests {
    use super::*;

    /// The address of the zero key, which the ledger knows as nobody's.
    #[test]
    fn published_address() {
        assert_eq!(address(&[0; 32]), "AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAY5HFKQ");
    }
}

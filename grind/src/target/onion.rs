//! Tor v3 onion addresses (rend-spec-v3): base32 of public key, two bytes of checksum and the version, 56 characters.
//!
//! Patterns are matched against the first 51 characters, which hold the key but for its last bit; the one after them mixes
//! that bit with the checksum, and everything further follows from the key. An expression's `$` stands after those 51.

use num_bigint::BigUint;
use sha3::{Digest, Sha3_256};

use super::{KeyBytes, KeyRange, Scheme};
use crate::alphabet::BASE32;

/// Characters that hold nothing but key.
const FREE: usize = 51;
const VERSION: u8 = 3;

pub(super) static SCHEME: Scheme = Scheme {
    name: "onion",
    alphabet: &BASE32,
    lead: "",
    reaches_end: false,
    bytes: KeyBytes::PublicKey,
    encode: |key| address(key)[..FREE].to_owned(),
    display: |key| address(key) + ".onion",
    ranges: || {
        let high = BigUint::from(1u8) << 255;
        vec![KeyRange { lead: Vec::new(), digits: FREE, low: BigUint::ZERO, high, tail: Vec::new(), weight: 2 }]
    },
};

/// The address without `.onion`.
fn address(public_key: &[u8; 32]) -> String {
    let checksum =
        Sha3_256::new().chain_update(b".onion checksum").chain_update(public_key).chain_update([VERSION]).finalize();
    let bytes = [&public_key[..], &checksum[..2], &[VERSION]].concat();
    BASE32.spell(&bytes)
}

#[cfg(test)]
mod tests {
    use super::*;

    /// The address of the Tor Project's own site.
    #[test]
    fn published_address() {
        let known = "2gzyxa5ihm7nsggfxnu52rck2vv4rvmdlkiu3zzui5du4xyclen53wid";
        let digits = BASE32.digits(known).expect("base32");
        let number = digits.iter().fold(BigUint::ZERO, |number, &digit| (number << 5) + digit);
        let key: [u8; 32] = number.to_bytes_be()[..32].try_into().expect("35 bytes");
        assert_eq!(address(&key), known);
    }
}

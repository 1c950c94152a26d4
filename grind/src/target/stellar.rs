//! Stellar accounts (SEP-23): base32 of a version byte, the public key and a CRC-16, 56 characters.
//!
//! The version makes the first character a `G` and leaves the second, the first free one, three zero bits: it is one of `A` to `D`.
//! Patterns are matched against the 51 characters from there on; the one after them mixes the last four bits of the key with the
//! checksum.

use num_bigint::BigUint;

use super::{KeyBytes, KeyRange, Scheme};
use crate::{alphabet::BASE32_UPPER, strkey::strkey};

/// Characters that hold nothing but key.
const FREE: usize = 51;
const LEAD: &str = "G";
/// The version of a public key.
const PUBLIC: u8 = 6 << 3;

pub(super) static SCHEME: Scheme = Scheme {
    name: "stellar",
    alphabet: &BASE32_UPPER,
    lead: LEAD,
    reaches_end: false,
    bytes: KeyBytes::PublicKey,
    encode: |key| strkey(PUBLIC, key)[LEAD.len()..][..FREE].to_owned(),
    display: |key| strkey(PUBLIC, key).to_string(),
    ranges: || {
        let high = BigUint::from(1u8) << 252;
        vec![KeyRange { lead: Vec::new(), digits: FREE, low: BigUint::ZERO, high, tail: Vec::new(), weight: 16 }]
    },
};

#[cfg(test)]
mod tests {
    use super::*;

    /// An account of SEP-23's test cases.
    #[test]
    fn published_account() {
        let key = hex::decode("3f0c34bf93ad0d9971d04ccc90f705511c838aad9734a4a2fb0d7a03fc7fe89a").expect("hex");
        let text = (SCHEME.display)(&key.try_into().expect("32 bytes"));
        assert_eq!(text, "GA7QYNF7SOWQ3GLR2BGMZEHXAVIRZA4KVWLTJJFC7MGXUA74P7UJVSGZ");
    }
}

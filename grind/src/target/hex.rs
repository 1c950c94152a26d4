//! The public key in 64 hexadecimal digits, lower case.

use num_bigint::BigUint;

use super::{KeyBytes, KeyRange, Scheme};
use crate::alphabet::HEX;

pub(super) static SCHEME: Scheme = Scheme {
    name: "hex",
    alphabet: &HEX,
    lead: "",
    reaches_end: true,
    bytes: KeyBytes::PublicKey,
    encode: |key| hex::encode(key),
    display: |key| hex::encode(key),
    ranges: || {
        let high = BigUint::from(1u8) << 256;
        vec![KeyRange { lead: Vec::new(), digits: 64, low: BigUint::ZERO, high, tail: Vec::new(), weight: 1 }]
    },
};

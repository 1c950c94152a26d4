//! Account addresses of Aptos and Sui: hashes of the public key in hex, whose odds take every value as equally likely.

use blake2::{Blake2b, digest::consts::U32};
use num_bigint::BigUint;
use sha3::{Digest, Sha3_256};

use super::{KeyBytes, KeyRange, Scheme};
use crate::alphabet::HEX;

/// What both begin with.
const LEAD: &str = "0x";
/// The scheme Ed25519, of Aptos as of Sui.
const ED25519: [u8; 1] = [0];

pub(super) static APTOS: Scheme = Scheme {
    name: "aptos",
    alphabet: &HEX,
    lead: LEAD,
    reaches_end: true,
    bytes: KeyBytes::Digest(|key| Sha3_256::new().chain_update(key).chain_update(ED25519).finalize().into()),
    encode: |hash| hex::encode(hash),
    display: |hash| LEAD.to_owned() + &hex::encode(hash),
    ranges,
};

pub(super) static SUI: Scheme = Scheme {
    name: "sui",
    alphabet: &HEX,
    lead: LEAD,
    reaches_end: true,
    bytes: KeyBytes::Digest(|key| Blake2b::<U32>::new().chain_update(ED25519).chain_update(key).finalize().into()),
    encode: |hash| hex::encode(hash),
    display: |hash| LEAD.to_owned() + &hex::encode(hash),
    ranges,
};

fn ranges() -> Vec<KeyRange> {
    let high = BigUint::from(1u8) << 256;
    vec![KeyRange { lead: Vec::new(), digits: 64, low: BigUint::ZERO, high, tail: Vec::new(), weight: 1 }]
}

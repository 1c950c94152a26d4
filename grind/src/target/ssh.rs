//! SSH keys: the base64 of the public key blob, and of its SHA-256, the fingerprint.
//!
//! Of the blob's 68 characters the first 25 are fixed; the one after them holds two zero bits of the length before the key.
//! A fingerprint's 43rd character ends in two zero bits. As a hash its odds take every value as equally likely.

use base64::{Engine, prelude::BASE64_STANDARD_NO_PAD};
use num_bigint::BigUint;
use sha2::{Digest, Sha256};

use super::{KeyBytes, KeyRange, Scheme};
use crate::{
    alphabet::BASE64,
    ssh::{blob, blob_text},
};

/// What every blob of an Ed25519 key starts with.
const KEY_LEAD: &str = "AAAAC3NzaC1lZDI1NTE5AAAAI";
const FINGERPRINT_LEAD: &str = "SHA256:";
/// Free characters of both.
const FREE: usize = 43;

pub(super) static KEY: Scheme = Scheme {
    name: "ssh",
    alphabet: &BASE64,
    lead: KEY_LEAD,
    reaches_end: true,
    bytes: KeyBytes::PublicKey,
    encode: |key| blob_text(key)[KEY_LEAD.len()..].to_owned(),
    display: blob_text,
    ranges: || {
        let high = BigUint::from(1u8) << 256;
        vec![KeyRange { lead: Vec::new(), digits: FREE, low: BigUint::ZERO, high, tail: Vec::new(), weight: 1 }]
    },
};

pub(super) static FINGERPRINT: Scheme = Scheme {
    name: "ssh-fingerprint",
    alphabet: &BASE64,
    lead: FINGERPRINT_LEAD,
    reaches_end: true,
    bytes: KeyBytes::Digest(|key| Sha256::digest(blob(key)).into()),
    encode: |hash| BASE64_STANDARD_NO_PAD.encode(hash),
    display: |hash| FINGERPRINT_LEAD.to_owned() + &BASE64_STANDARD_NO_PAD.encode(hash),
    ranges: || {
        // The number is the hash times four.
        let high = BigUint::from(1u8) << 258;
        let tail = vec![(0..64).step_by(4).collect()];
        vec![KeyRange { lead: Vec::new(), digits: FREE, low: BigUint::ZERO, high, tail, weight: 1 }]
    },
};

//! What the tests of this module share. The constants named `PYTHON_*` were worked out by another implementation: the
//! `blake3` and `cryptography` packages of Python.

use uuid::{Uuid, uuid};
use vanikeys_grind::{Kind, PatternSpec};

use super::commitment::{ClientShare, ServiceShare};
use super::keyring::Keyring;
use super::recipient::Recipient;
use super::slice::{Budget, Slice};

/// SHA-256 of `vanikeys test master secret`.
pub(super) const MASTER: &str = "34b9f700780e7e6ad9c2e0f186c811857245d5aa9dcb6365ef838133663da2ca";
/// SHA-256 of `vanikeys older test master secret`.
pub(super) const OLDER_MASTER: &str = "f3c6e8c185cbefe60caa05df1a7d0114e00e25c70f8c927249e4c3eb1afb9ec8";

/// A recipient of `age-keygen`.
pub(super) const RECIPIENT: &str = "age1ql3z7hjy54pw3hyww5ayyfg7zqgvc7w3j2elw8zmrj2kg5sfn9aqmcac8p";

pub(super) const COMMITMENT_ID: Uuid = uuid!("0190a0b0-c0d0-7e0f-8a1b-2c3d4e5f6071");
pub(super) const PULL_ID: Uuid = uuid!("0190a0b0-c0d0-7e0f-8a1b-000000000001");
pub(super) const JOB_ID: Uuid = uuid!("0190a0b0-c0d0-7e0f-8a1b-00000000000a");
pub(super) const SLICE_ID: Uuid = uuid!("0190a0b0-c0d0-7e0f-8a1b-00000000000b");

pub(super) const PYTHON_COMMITMENT: &str = "1b410b2005892f0e64f833472bdba3c1c69a4c942e0449f4862374f151b4f3a8";
pub(super) const PYTHON_CLIENT_SHARE_HASH: &str = "ae1cbc33a4b6e95b58a6a1bad63650071e083382098cb11f49825b39bfbca65a";
pub(super) const PYTHON_SEED: &str = "ddf09c94e13df9a95e48a66827230abdf1b738e59ff7b2d011994c6157382f40";
pub(super) const PYTHON_PUBLIC_KEY: &str = "ffc33b108c8fd3baeb82e90b84bb4df271477aa73f6ce1dbb63894252330a740";

pub(super) fn keyring() -> Keyring {
    Keyring::parse(MASTER).unwrap()
}

/// Bytes 0 to 31.
pub(super) fn service_share() -> ServiceShare {
    ServiceShare::from_bytes(std::array::from_fn(|i| i as u8))
}

/// Bytes 32 to 63.
pub(super) fn client_share() -> ClientShare {
    ClientShare::from_bytes(std::array::from_fn(|i| i as u8 + 32))
}

pub(super) fn recipient() -> Recipient {
    Recipient::parse(RECIPIENT).unwrap()
}

/// A slice that searches for `w` after `z6Mk`: one key in 25.
pub(super) fn slice() -> Slice {
    Slice {
        job_id: JOB_ID,
        slice_id: SLICE_ID,
        pattern: PatternSpec::new(Kind::Prefix, "w"),
        recipient: recipient().into(),
        budget: Budget { attempts: 1_000_000, milliseconds: 4000 },
    }
}

/// Every text that differs from this one in one bit of one byte and is still UTF-8.
pub(super) fn with_one_bit_changed(text: &str) -> impl Iterator<Item = String> + '_ {
    let bits = (0..text.len()).flat_map(|at| (0..8).map(move |bit| (at, bit)));
    bits.filter_map(|(at, bit)| {
        let mut bytes = text.as_bytes().to_vec();
        bytes[at] ^= 1 << bit;
        String::from_utf8(bytes).ok()
    })
}

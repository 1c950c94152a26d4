//! Short names for keys, so that a receipt, a signed slice or an encrypted share says which key it was made with.

use super::bytes::{Hex, HexError};
use serde::{Deserialize, Serialize};
use std::fmt;
use std::str::FromStr;

const PUBLIC: &str = "vanikeys key id v1";
const SECRET: &str = "vanikeys secret key id v1";

/// The first 8 bytes of a BLAKE3 hash of a key, written as 16 lower-case hexadecimal digits.
///
/// It finds a key among the handful of an operator; it does not authenticate one.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(transparent)]
pub struct KeyId(Hex<8>);

impl KeyId {
    /// The id of a public key (32 bytes): `BLAKE3-derive_key("vanikeys key id v1", key)[0..8]`.
    pub fn of_public(key: &[u8; 32]) -> Self {
        Self::cut(PUBLIC, key)
    }

    /// The id of a symmetric key (32 uniformly random bytes, so that its hash gives nothing away).
    pub(crate) fn of_secret(key: &[u8; 32]) -> Self {
        Self::cut(SECRET, key)
    }

    /// From its 8 bytes, as they stand in an encrypted share.
    pub fn from_bytes(bytes: [u8; 8]) -> Self {
        Self(Hex(bytes))
    }

    /// Its 8 bytes.
    pub fn as_bytes(&self) -> &[u8; 8] {
        self.0.as_bytes()
    }

    fn cut(context: &str, key: &[u8; 32]) -> Self {
        let hash = blake3::derive_key(context, key);
        let mut bytes = [0u8; 8];
        bytes.copy_from_slice(&hash[..8]);
        Self(Hex(bytes))
    }
}

impl fmt::Display for KeyId {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.0.fmt(f)
    }
}

impl FromStr for KeyId {
    type Err = HexError;

    fn from_str(text: &str) -> Result<Self, HexError> {
        text.parse().map(Self)
    }
}

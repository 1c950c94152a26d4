//! libp2p private keys: the protobuf of the specification (peer-ids) with seed and public key, in base64.

use base64::{Engine, prelude::BASE64_STANDARD};
use zeroize::Zeroizing;

use super::{Format, ImportError, seed_key, with_public};
use crate::secret::SeedKey;

/// Type Ed25519, then 64 bytes.
const HEAD: [u8; 4] = [0x08, 0x01, 0x12, 0x40];
/// The head in base64, as far as its own bits go.
pub(super) const BEGIN: &str = "CAESQ";
/// Characters in base64.
pub(super) const LENGTH: usize = 92;

/// The key.
pub(super) fn write(key: &SeedKey) -> Zeroizing<String> {
    let mut bytes = Zeroizing::new(Vec::with_capacity(68));
    bytes.extend_from_slice(&HEAD);
    bytes.extend_from_slice(key.seed());
    bytes.extend_from_slice(&key.public_key());
    Zeroizing::new(BASE64_STANDARD.encode(&*bytes))
}

/// The key.
pub(super) fn read(text: &str) -> Result<SeedKey, ImportError> {
    const FORMAT: Format = Format::Libp2p;
    let damaged = ImportError::Damaged { format: FORMAT, reason: "it is not a key's protobuf in base64" };
    let bytes = BASE64_STANDARD.decode(text).map(Zeroizing::new).map_err(|_| damaged)?;
    let (seed, public_key) = bytes.strip_prefix(&HEAD).and_then(|pair| pair.split_at_checked(32)).ok_or(damaged)?;
    with_public(seed_key(seed, FORMAT)?, public_key, FORMAT)
}

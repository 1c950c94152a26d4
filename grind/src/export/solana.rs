//! Solana keypair files: seed and public key as a JSON array of 64 numbers.

use zeroize::Zeroizing;

use super::{Format, ImportError, json, seed_key, with_public};
use crate::secret::SeedKey;

/// The key.
pub(super) fn write(key: &SeedKey) -> Zeroizing<String> {
    let mut pair = Zeroizing::new(Vec::with_capacity(64));
    pair.extend_from_slice(key.seed());
    pair.extend_from_slice(&key.public_key());
    json(&*pair)
}

/// The key.
pub(super) fn read(text: &str) -> Result<SeedKey, ImportError> {
    const FORMAT: Format = Format::Solana;
    let bytes = serde_json::from_str::<Vec<u8>>(text).map(Zeroizing::new);
    let damaged = ImportError::Damaged { format: FORMAT, reason: "it is not an array of 64 bytes" };
    let bytes = bytes.ok().filter(|bytes| bytes.len() == 64).ok_or(damaged)?;
    let (seed, public_key) = bytes.split_at(32);
    with_public(seed_key(seed, FORMAT)?, public_key, FORMAT)
}

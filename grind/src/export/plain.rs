//! Bare numbers: seeds in hex and base58, expanded keys in hex.

use zeroize::Zeroizing;

use super::{Format, ImportError, seed_key};
use crate::secret::{ExpandedKey, KeyMaterial, SeedKey};

/// The seed, 64 digits.
pub(super) fn seed_hex(key: &SeedKey) -> Zeroizing<String> {
    Zeroizing::new(hex::encode(key.seed()))
}

/// The seed, 32 to 44 characters.
pub(super) fn seed_base58(key: &SeedKey) -> Zeroizing<String> {
    Zeroizing::new(bs58::encode(key.seed()).into_string())
}

/// Scalar and prefix, 128 digits.
pub(super) fn expanded_hex(key: &ExpandedKey) -> Zeroizing<String> {
    Zeroizing::new(hex::encode(key.bytes()))
}

/// A key of one of the three forms: a base58 seed is shorter than 64 characters, so the length tells them apart.
pub(super) fn read(text: &str) -> Result<(KeyMaterial, Format), ImportError> {
    let hex = || hex::decode(text).map(Zeroizing::new).map_err(|_| ImportError::Unknown);
    match text.len() {
        64 => Ok((seed_key(&hex()?, Format::SeedHex)?.into(), Format::SeedHex)),
        128 => {
            let bytes = hex()?;
            let (scalar, prefix) = bytes.split_first_chunk().ok_or(ImportError::Unknown)?;
            let prefix = prefix.first_chunk().ok_or(ImportError::Unknown)?;
            Ok((ExpandedKey::from_parts(scalar, prefix).into(), Format::ExpandedHex))
        }
        32..=44 => {
            let bytes = bs58::decode(text).into_vec().map(Zeroizing::new).map_err(|_| ImportError::Unknown)?;
            Ok((seed_key(&bytes, Format::SeedBase58)?.into(), Format::SeedBase58))
        }
        _ => Err(ImportError::Unknown),
    }
}

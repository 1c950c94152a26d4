//! The secret key file of a Tor v3 onion service (rend-spec-v3): a header of 32 bytes, then scalar and nonce prefix.

use zeroize::Zeroizing;

use super::{Format, FormatError, ImportError};
use crate::secret::ExpandedKey;

/// The first 32 bytes.
pub(super) const HEADER: &[u8; 32] = b"== ed25519v1-secret: type0 ==\0\0\0";

/// The file. Tor takes the scalar as it stands, so it must be clamped.
pub(super) fn write(key: &ExpandedKey) -> Result<Zeroizing<Vec<u8>>, FormatError> {
    if !key.is_clamped() {
        return Err(FormatError::NotClamped { format: Format::Tor });
    }
    let mut file = Zeroizing::new(Vec::with_capacity(96));
    file.extend_from_slice(HEADER);
    file.extend_from_slice(key.bytes());
    Ok(file)
}

/// The key of a file.
pub(super) fn read(file: &[u8]) -> Result<ExpandedKey, ImportError> {
    let damaged = |reason| ImportError::Damaged { format: Format::Tor, reason };
    let bytes: &[u8; 64] =
        file.strip_prefix(HEADER).and_then(|bytes| bytes.try_into().ok()).ok_or(damaged("it is not 96 bytes long"))?;
    let (scalar, prefix) = bytes.split_at(32);
    let half = |half: &[u8]| -> Zeroizing<[u8; 32]> { Zeroizing::new(half.try_into().expect("half of 64 bytes")) };
    let key = ExpandedKey::from_parts(&half(scalar), &half(prefix));
    if key.is_clamped() { Ok(key) } else { Err(damaged("its scalar is not clamped")) }
}

//! The service's share S at rest, between commitment and pull: encrypted under the service's share key, and bound to the
//! commitment and the user, so that a row copied elsewhere opens nothing.
//!
//! Layout: version `0x01` | key id (8) | nonce (24) | XChaCha20-Poly1305 of S (32 + 16). Associated data:
//! `"vanikeys pull share v1" || 0x00 || commitment id (16) || user id (16)`.

use std::fmt;

use chacha20poly1305::aead::{AeadInPlace, KeyInit};
use chacha20poly1305::{Tag, XChaCha20Poly1305, XNonce};
use uuid::Uuid;

use super::bytes::random_bytes;
use super::commitment::ServiceShare;
use super::key_id::KeyId;
use super::keyring::Keyring;

/// Length of an encrypted share in bytes.
pub const ENCRYPTED_SHARE_BYTES: usize = 1 + 8 + 24 + 32 + 16;

const VERSION: u8 = 1;
const CONTEXT: &[u8] = b"vanikeys pull share v1\0";

/// An encrypted share as it is stored.
#[derive(Clone, Copy, PartialEq, Eq)]
pub struct EncryptedShare([u8; ENCRYPTED_SHARE_BYTES]);

/// Why a stored share cannot be opened.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum ShareError {
    /// Not the length or version that is written.
    #[error("the stored share has an unknown form")]
    Form,
    /// The master secret that encrypted it is not in the setting any more.
    #[error("the stored share was encrypted under key {0}, which SECRET_KEY no longer holds")]
    UnknownKey(KeyId),
    /// It belongs to another commitment or user, or it was changed.
    #[error("the stored share does not belong to this commitment and user, or was changed")]
    Mismatch,
}

/// Encrypts a share under the current key.
///
/// # Panics
/// Never: 32 bytes are within the cipher's limit.
pub fn encrypt_share(keyring: &Keyring, share: &ServiceShare, commitment_id: Uuid, user_id: Uuid) -> EncryptedShare {
    let key = keyring.share_key();
    let mut bytes = [0u8; ENCRYPTED_SHARE_BYTES];
    bytes[0] = VERSION;
    bytes[1..9].copy_from_slice(key.id().as_bytes());
    bytes[9..33].copy_from_slice(&random_bytes::<24>());
    bytes[33..65].copy_from_slice(share.expose());
    let nonce = XNonce::clone_from_slice(&bytes[9..33]);
    let tag = XChaCha20Poly1305::new(key.expose().into())
        .encrypt_in_place_detached(&nonce, &associated(commitment_id, user_id), &mut bytes[33..65])
        .expect("32 bytes are within the cipher's limit");
    bytes[65..].copy_from_slice(&tag);
    EncryptedShare(bytes)
}

/// Opens a share under the key that it names.
///
/// # Errors
/// [`ShareError`].
pub fn decrypt_share(
    keyring: &Keyring,
    encrypted: &EncryptedShare,
    commitment_id: Uuid,
    user_id: Uuid,
) -> Result<ServiceShare, ShareError> {
    let bytes = &encrypted.0;
    let id = encrypted.key_id();
    let key = keyring.share_key_of(id).ok_or(ShareError::UnknownKey(id))?;
    let mut share = zeroize::Zeroizing::new([0u8; 32]);
    share.copy_from_slice(&bytes[33..65]);
    XChaCha20Poly1305::new(key.expose().into())
        .decrypt_in_place_detached(
            XNonce::from_slice(&bytes[9..33]),
            &associated(commitment_id, user_id),
            share.as_mut_slice(),
            Tag::from_slice(&bytes[65..]),
        )
        .map_err(|_| ShareError::Mismatch)?;
    Ok(ServiceShare::from_bytes(*share))
}

fn associated(commitment_id: Uuid, user_id: Uuid) -> Vec<u8> {
    [CONTEXT, commitment_id.as_bytes(), user_id.as_bytes()].concat()
}

impl EncryptedShare {
    /// A share as it was stored.
    ///
    /// # Errors
    /// [`ShareError::Form`].
    pub fn from_bytes(bytes: &[u8]) -> Result<Self, ShareError> {
        let bytes: [u8; ENCRYPTED_SHARE_BYTES] = bytes.try_into().map_err(|_| ShareError::Form)?;
        if bytes[0] == VERSION { Ok(Self(bytes)) } else { Err(ShareError::Form) }
    }

    /// The bytes to store.
    pub fn as_bytes(&self) -> &[u8] {
        &self.0
    }

    /// The key it was encrypted under.
    pub fn key_id(&self) -> KeyId {
        let mut id = [0u8; 8];
        id.copy_from_slice(&self.0[1..9]);
        KeyId::from_bytes(id)
    }
}

impl fmt::Debug for EncryptedShare {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "EncryptedShare(key {})", self.key_id())
    }
}

#[cfg(test)]
mod tests;

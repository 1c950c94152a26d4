//! What an endpoint's deliveries are signed with, by the Standard Webhooks scheme: a symmetric secret that its owner
//! holds too (`v1`), and an Ed25519 key whose public half the owner may check instead (`v1a`). At rest both are
//! encrypted under the service's webhook key and bound to the endpoint.
//!
//! Layout: version `0x01` | key id (8) | nonce (24) | XChaCha20-Poly1305 of secret and seed (64 + 16). Associated data:
//! `"vanikeys webhook keys v1" || 0x00 || endpoint id (16)`.

use std::fmt;

use base64::{Engine, engine::general_purpose::STANDARD as BASE64};
use chacha20poly1305::aead::{AeadInPlace, KeyInit};
use chacha20poly1305::{Tag, XChaCha20Poly1305, XNonce};
use ed25519_dalek::{Signer as _, SigningKey};
use hmac::{Hmac, KeyInit as _, Mac};
use sha2::Sha256;
use uuid::Uuid;
use zeroize::Zeroizing;

use super::{bytes::random_bytes, key_id::KeyId, keyring::Keyring};
use crate::secret::Secret;

const VERSION: u8 = 1;
const CONTEXT: &[u8] = b"vanikeys webhook keys v1\0";
const PLAIN: usize = 64;
const HEAD: usize = 1 + 8 + 24;
const ENCRYPTED: usize = HEAD + PLAIN + 16;

/// An endpoint's signing keys. Wiped when dropped, not printable.
pub struct WebhookKeys(Zeroizing<[u8; PLAIN]>);

/// Why stored keys cannot be opened.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum WebhookKeysError {
    /// Not the length or version that is written.
    #[error("the stored webhook keys have an unknown form")]
    Form,
    /// The master secret that encrypted them is not in the setting any more.
    #[error("the stored webhook keys were encrypted under key {0}, which SECRET_KEY no longer holds")]
    UnknownKey(KeyId),
    /// They belong to another endpoint, or were changed.
    #[error("the stored webhook keys do not belong to this endpoint, or were changed")]
    Mismatch,
}

impl WebhookKeys {
    /// Fresh keys.
    pub fn generate() -> Self {
        Self(Zeroizing::new(random_bytes::<PLAIN>()))
    }

    /// Encrypts the keys for an endpoint.
    ///
    /// # Panics
    /// Never: 64 bytes are within the cipher's limit.
    pub fn seal(&self, keyring: &Keyring, endpoint: Uuid) -> Vec<u8> {
        let key = keyring.webhook_key();
        let mut bytes = vec![0u8; ENCRYPTED];
        bytes[0] = VERSION;
        bytes[1..9].copy_from_slice(key.id().as_bytes());
        bytes[9..HEAD].copy_from_slice(&random_bytes::<24>());
        bytes[HEAD..HEAD + PLAIN].copy_from_slice(self.0.as_slice());
        let nonce = XNonce::clone_from_slice(&bytes[9..HEAD]);
        let tag = XChaCha20Poly1305::new(key.expose().into())
            .encrypt_in_place_detached(&nonce, &associated(endpoint), &mut bytes[HEAD..HEAD + PLAIN])
            .expect("64 bytes are within the cipher's limit");
        bytes[HEAD + PLAIN..].copy_from_slice(&tag);
        bytes
    }

    /// Opens stored keys.
    ///
    /// # Errors
    /// [`WebhookKeysError`].
    pub fn open(keyring: &Keyring, stored: &[u8], endpoint: Uuid) -> Result<Self, WebhookKeysError> {
        if stored.len() != ENCRYPTED || stored[0] != VERSION {
            return Err(WebhookKeysError::Form);
        }
        let id = KeyId::from_bytes(stored[1..9].try_into().map_err(|_| WebhookKeysError::Form)?);
        let key = keyring.webhook_key_of(id).ok_or(WebhookKeysError::UnknownKey(id))?;
        let mut plain = Zeroizing::new([0u8; PLAIN]);
        plain.copy_from_slice(&stored[HEAD..HEAD + PLAIN]);
        XChaCha20Poly1305::new(key.expose().into())
            .decrypt_in_place_detached(
                XNonce::from_slice(&stored[9..HEAD]),
                &associated(endpoint),
                plain.as_mut_slice(),
                Tag::from_slice(&stored[HEAD + PLAIN..]),
            )
            .map_err(|_| WebhookKeysError::Mismatch)?;
        Ok(Self(plain))
    }

    /// The symmetric secret as its owner keeps it: `whsec_` and base64.
    pub fn secret(&self) -> Secret {
        let encoded = Zeroizing::new(BASE64.encode(&self.0[..32]));
        Secret::new(format!("whsec_{}", *encoded))
    }

    /// The public key, 32 bytes.
    pub fn public_key(&self) -> [u8; 32] {
        self.signing_key().verifying_key().to_bytes()
    }

    /// The header `webhook-signature` of a delivery: both signatures of `id.timestamp.body`.
    ///
    /// # Panics
    /// Never: HMAC takes keys of any length.
    pub fn signatures(&self, id: &str, timestamp: i64, body: &str) -> String {
        let signed = format!("{id}.{timestamp}.{body}");
        let mut mac = Hmac::<Sha256>::new_from_slice(&self.0[..32]).expect("HMAC takes keys of any length");
        mac.update(signed.as_bytes());
        let symmetric = BASE64.encode(mac.finalize().into_bytes());
        let public = BASE64.encode(self.signing_key().sign(signed.as_bytes()).to_bytes());
        format!("v1,{symmetric} v1a,{public}")
    }

    fn signing_key(&self) -> SigningKey {
        let mut seed = Zeroizing::new([0u8; 32]);
        seed.copy_from_slice(&self.0[32..]);
        SigningKey::from_bytes(&seed)
    }
}

impl fmt::Debug for WebhookKeys {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("WebhookKeys(..)")
    }
}

/// A public key as endpoints' owners read it: `whpk_` and base64.
pub fn public_key_text(public_key: &[u8]) -> String {
    format!("whpk_{}", BASE64.encode(public_key))
}

fn associated(endpoint: Uuid) -> Vec<u8> {
    [CONTEXT, endpoint.as_bytes()].concat()
}

#[cfg(test)]
mod tests;

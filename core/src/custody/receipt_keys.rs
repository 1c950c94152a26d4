//! The list of public keys with which anyone checks receipts and commitments: `/.well-known/vanikeys-receipt-keys.json`.

use ed25519_dalek::VerifyingKey;
use serde::{Deserialize, Serialize};

use super::bytes::PublicKeyBytes;
use super::key_id::KeyId;

/// The document: `{"keys": [{"keyId", "algorithm": "Ed25519", "publicKey": hex, "current"}]}`, the current key first.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct ReceiptKeys {
    /// Every key that ever signed, the current one first.
    pub keys: Vec<ReceiptKey>,
}

/// One public key.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct ReceiptKey {
    /// The fingerprint that receipts name.
    pub key_id: KeyId,
    /// Always `Ed25519`.
    pub algorithm: Algorithm,
    /// The public key.
    pub public_key: PublicKeyBytes,
    /// Whether new receipts are signed with it.
    pub current: bool,
}

/// How a receipt is signed.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub enum Algorithm {
    /// RFC 8032, checked strictly.
    Ed25519,
}

impl ReceiptKey {
    /// A key; its id follows from it.
    pub fn new(public_key: PublicKeyBytes, current: bool) -> Self {
        Self { key_id: KeyId::of_public(public_key.as_bytes()), algorithm: Algorithm::Ed25519, public_key, current }
    }
}

impl ReceiptKeys {
    /// A list of keys.
    pub fn new(keys: Vec<ReceiptKey>) -> Self {
        Self { keys }
    }

    /// The list with keys that signed once and are in no setting any more. Keys that it already has are left out.
    #[must_use]
    pub fn with_retired(mut self, retired: impl IntoIterator<Item = PublicKeyBytes>) -> Self {
        for public_key in retired {
            if self.keys.iter().all(|key| key.public_key != public_key) {
                self.keys.push(ReceiptKey::new(public_key, false));
            }
        }
        self
    }

    /// The key of that id, ready to verify. An entry whose id is not its key's fingerprint, or whose key is no point, is
    /// passed over.
    pub fn find(&self, id: KeyId) -> Option<VerifyingKey> {
        self.verifying().find(|(known, _)| *known == id).map(|(_, key)| key)
    }

    /// Every usable key with its id, in order.
    pub fn verifying(&self) -> impl Iterator<Item = (KeyId, VerifyingKey)> {
        self.keys.iter().filter_map(|entry| {
            let id = KeyId::of_public(entry.public_key.as_bytes());
            let key = VerifyingKey::from_bytes(entry.public_key.as_bytes()).ok()?;
            (id == entry.key_id && !key.is_weak()).then_some((id, key))
        })
    }
}

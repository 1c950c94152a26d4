//! The proof that a searcher had a found key in its hands: the key itself signs what it was found for. A proof made for one
//! job, slice, recipient or file holds for no other.

use ed25519_dalek::hazmat::{ExpandedSecretKey, raw_sign};
use ed25519_dalek::{Signature, Signer, SigningKey, VerifyingKey};
use sha2::Sha512;
use uuid::Uuid;
use vanikeys_grind::{ExpandedKey, KeyMaterial, SeedKey};

use super::bytes::{PublicKeyBytes, SignatureBytes};
use super::holder::Holder;
use super::sealing::SealedFile;

const CONTEXT: &[u8] = b"vanikeys found key v1\0";

/// What a found key signs for. All of it is in the signature.
#[derive(Debug, Clone, Copy)]
pub struct FoundFor<'a> {
    /// The job.
    pub job_id: Uuid,
    /// The slice.
    pub slice_id: Uuid,
    /// Who the key is for.
    pub recipient: &'a Holder,
    /// The sealed key file.
    pub sealed: &'a SealedFile,
}

/// A private key that can prove itself.
pub trait ProvesItself {
    /// Its public key.
    fn public_key_bytes(&self) -> PublicKeyBytes;
    /// Its Ed25519 signature of a message.
    fn sign_message(&self, message: &[u8]) -> SignatureBytes;

    /// The proof: see [`message`].
    fn prove(&self, found_for: &FoundFor<'_>) -> SignatureBytes {
        self.sign_message(&message(found_for, &self.public_key_bytes()))
    }
}

/// `"vanikeys found key v1" || 0x00 || job id (16) || slice id (16) || BLAKE3(recipient) || public key || BLAKE3(sealed file)`,
/// where the recipient is its canonical text and the file is binary.
pub fn message(found_for: &FoundFor<'_>, public_key: &PublicKeyBytes) -> Vec<u8> {
    [
        CONTEXT,
        found_for.job_id.as_bytes(),
        found_for.slice_id.as_bytes(),
        found_for.recipient.hash().as_bytes(),
        public_key.as_bytes(),
        found_for.sealed.hash().as_bytes(),
    ]
    .concat()
}

/// Whether a public key signed for exactly this, by `verify_strict`: no key of small order, no second form of a signature.
pub fn holds(found_for: &FoundFor<'_>, public_key: &PublicKeyBytes, proof: &SignatureBytes) -> bool {
    let proof = Signature::from_bytes(proof.as_bytes());
    VerifyingKey::from_bytes(public_key.as_bytes())
        .is_ok_and(|key| key.verify_strict(&message(found_for, public_key), &proof).is_ok())
}

impl ProvesItself for SeedKey {
    fn public_key_bytes(&self) -> PublicKeyBytes {
        self.public_key().into()
    }

    fn sign_message(&self, message: &[u8]) -> SignatureBytes {
        SigningKey::from_bytes(self.seed()).sign(message).to_bytes().into()
    }
}

impl ProvesItself for ExpandedKey {
    fn public_key_bytes(&self) -> PublicKeyBytes {
        self.public_key().into()
    }

    fn sign_message(&self, message: &[u8]) -> SignatureBytes {
        // Signing works modulo the group order, so the reduced scalar serves here; it must never be exported.
        let secret = ExpandedSecretKey::from_bytes(self.bytes());
        let public = VerifyingKey::from(&secret);
        raw_sign::<Sha512>(&secret, message, &public).to_bytes().into()
    }
}

impl ProvesItself for KeyMaterial {
    fn public_key_bytes(&self) -> PublicKeyBytes {
        self.public_key().into()
    }

    fn sign_message(&self, message: &[u8]) -> SignatureBytes {
        match self {
            Self::Seed(key) => key.sign_message(message),
            Self::Expanded(key) => key.sign_message(message),
        }
    }
}

#[cfg(test)]
mod tests;

//! Verifiable pulls: the service commits to a share S before the client draws its share C, and the key's seed follows from
//! both. Neither side can steer the seed, nor draw again.
//!
//! How S waits in the database between the two steps is in [`share_box`](super::share_box).

use std::fmt;

use ed25519_dalek::{Signature, Signer as _};
use serde::{Deserialize, Serialize};
use time::OffsetDateTime;
use uuid::Uuid;
use zeroize::{Zeroize, ZeroizeOnDrop, Zeroizing};

use vanikeys_grind::secret::SeedKey;

use super::bytes::{Hash, SignatureBytes, random_bytes};
use super::canonical::{CanonicalError, signed_bytes};
use super::keyring::Signer;
use super::receipt_keys::ReceiptKeys;

const COMMITMENT: &str = "vanikeys pull commitment v1";
const SEED: &str = "vanikeys pull seed v1";
const CLIENT_SHARE: &str = "vanikeys pull client share v1";
const SIGNATURE: &str = "vanikeys commitment v1";

macro_rules! share {
    ($(#[$doc:meta])* $name:ident) => {
        $(#[$doc])*
        #[derive(Clone, Zeroize, ZeroizeOnDrop)]
        pub struct $name([u8; 32]);

        impl $name {
            /// A fresh share from the operating system's randomness.
            pub fn draw() -> Self {
                Self(random_bytes())
            }

            /// A share that was drawn before. The caller wipes its own copy.
            pub const fn from_bytes(bytes: [u8; 32]) -> Self {
                Self(bytes)
            }

            /// Reads 64 hexadecimal digits of either case; `None` for anything else.
            pub fn from_hex(text: &str) -> Option<Self> {
                let mut share = Self([0; 32]);
                hex::decode_to_slice(text, &mut share.0).ok()?;
                Some(share)
            }

            /// 64 lower-case hexadecimal digits, for the key file and nowhere else.
            pub fn to_hex(&self) -> Zeroizing<String> {
                Zeroizing::new(hex::encode(self.0))
            }

            /// The 32 secret bytes. Borrow them for one call; do not keep a copy.
            pub const fn expose(&self) -> &[u8; 32] {
                &self.0
            }
        }

        impl fmt::Debug for $name {
            fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                f.write_str(concat!(stringify!($name), "(..)"))
            }
        }
    };
}

share! {
    /// The service's share S. Whoever has it and C has the key; wiped when dropped, never printed.
    ServiceShare
}
share! {
    /// The client's share C. Goes into the sealed key file and nowhere else; wiped when dropped, never printed.
    ClientShare
}

/// `BLAKE3-derive_key("vanikeys pull commitment v1", S || commitmentId)`; the id is its 16 raw bytes.
pub fn commitment(share: &ServiceShare, commitment_id: Uuid) -> Hash {
    Hash::from(*derive(COMMITMENT, &[share.expose(), commitment_id.as_bytes()]))
}

/// `BLAKE3-derive_key("vanikeys pull client share v1", C)`.
pub fn client_share_hash(share: &ClientShare) -> Hash {
    Hash::from(*derive(CLIENT_SHARE, &[share.expose()]))
}

/// `BLAKE3-derive_key("vanikeys pull seed v1", S || C || commitmentId)`, the seed of the pulled key; for X25519 its scalar.
pub fn derive_seed(service: &ServiceShare, client: &ClientShare, commitment_id: Uuid) -> SeedKey {
    SeedKey::new(*derive(SEED, &[service.expose(), client.expose(), commitment_id.as_bytes()]))
}

fn derive(context: &str, parts: &[&[u8]]) -> Zeroizing<[u8; 32]> {
    let mut hasher = blake3::Hasher::new_derive_key(context);
    for part in parts {
        hasher.update(part);
    }
    let mut hash = hasher.finalize();
    let bytes = Zeroizing::new(*hash.as_bytes());
    hash.zeroize();
    hasher.zeroize();
    bytes
}

/// What `POST /api/pulls/commitment` answers: the promise, signed.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub struct SignedCommitment {
    /// Names the share; used once, by one user.
    pub commitment_id: Uuid,
    /// See [`commitment`].
    pub commitment: Hash,
    /// When the share is erased unused; RFC 3339, UTC.
    #[serde(with = "time::serde::rfc3339")]
    pub expires_at: OffsetDateTime,
    /// Ed25519 of the receipt key over `"vanikeys commitment v1" || 0x00 || canonical JSON` of the other three members.
    pub signature: SignatureBytes,
}

/// Why a signed commitment is not to be believed.
#[derive(Debug, thiserror::Error)]
pub enum CommitmentError {
    /// No published key made the signature.
    #[error("no published key of the service signed this commitment")]
    Signature,
    /// It has no canonical form.
    #[error(transparent)]
    Canonical(#[from] CanonicalError),
}

#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
struct Promise {
    commitment_id: Uuid,
    commitment: Hash,
    #[serde(with = "time::serde::rfc3339")]
    expires_at: OffsetDateTime,
}

impl Promise {
    fn bytes(&self) -> Result<Vec<u8>, CanonicalError> {
        signed_bytes(SIGNATURE, self)
    }
}

impl SignedCommitment {
    /// Commits to a share.
    ///
    /// # Errors
    /// [`CanonicalError`] if the time has no RFC 3339 form (a year past 9999).
    pub fn sign(
        share: &ServiceShare,
        commitment_id: Uuid,
        expires_at: OffsetDateTime,
        signer: &Signer,
    ) -> Result<Self, CanonicalError> {
        let expires_at = expires_at.to_offset(time::UtcOffset::UTC);
        let commitment = commitment(share, commitment_id);
        let bytes = Promise { commitment_id, commitment, expires_at }.bytes()?;
        let signature = signer.key().sign(&bytes).to_bytes().into();
        Ok(Self { commitment_id, commitment, expires_at, signature })
    }

    /// Checks the signature against the published keys. Expiry is the caller's to judge.
    ///
    /// # Errors
    /// [`CommitmentError`].
    pub fn verify(&self, keys: &ReceiptKeys) -> Result<(), CommitmentError> {
        let Self { commitment_id, commitment, expires_at, signature } = *self;
        let bytes = Promise { commitment_id, commitment, expires_at }.bytes()?;
        let signature = Signature::from_bytes(signature.as_bytes());
        let signed = keys.verifying().any(|(_, key)| key.verify_strict(&bytes, &signature).is_ok());
        if signed { Ok(()) } else { Err(CommitmentError::Signature) }
    }
}

#[cfg(test)]
mod tests;

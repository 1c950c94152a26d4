//! Slices: the unit of work that the coordinator puts on the queue. The queue is not trusted, so each is signed by the
//! service, and a searcher looks at nothing of it before the signature holds.

use std::str::FromStr;

use ed25519_dalek::{Signature, Signer as _, VerifyingKey};
use serde::{Deserialize, Serialize};
use uuid::Uuid;
use vanikeys_grind::{KeyKind, PatternSpec};

use super::bytes::{HexError, PublicKeyBytes, SignatureBytes};
use super::canonical::{CanonicalError, signed_bytes};
use super::holder::Holder;
use super::key_id::KeyId;
use super::keyring::Keyring;

const SIGNATURE: &str = "vanikeys slice v1";

/// A few seconds of search for one job.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub struct Slice {
    /// The job.
    pub job_id: Uuid,
    /// This slice; a fresh id each time, also when one is given up and replaced.
    pub slice_id: Uuid,
    /// What to search for; names the target.
    pub pattern: PatternSpec,
    /// Who a found key is for: sealed to the user's recipient or the service's, or an offset to the user's point.
    pub recipient: Holder,
    /// Where to stop.
    pub budget: Budget,
}

impl Slice {
    /// The kind of key that this search finds, sealed or split.
    #[must_use]
    pub fn key_kind(&self) -> KeyKind {
        match self.recipient {
            Holder::Recipient(_) => self.pattern.target.key_kind(),
            Holder::SplitPoint(_) => KeyKind::Expanded,
        }
    }
}

/// When a searcher stops without having found.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub struct Budget {
    /// Most candidate keys to try, and most that will be counted; at most 2^53 - 1.
    pub attempts: u64,
    /// Longest time to search, in milliseconds.
    pub milliseconds: u32,
}

/// A slice with the service's signature, as it travels on the queue `searches`.
///
/// The slice comes out through [`SignedSlice::verify`] only.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub struct SignedSlice {
    slice: Slice,
    key_id: KeyId,
    /// Ed25519 of the slice key over `"vanikeys slice v1" || 0x00 || canonical JSON` of `slice`.
    signature: SignatureBytes,
}

/// Why a slice is not searched.
#[derive(Debug, thiserror::Error)]
pub enum SliceError {
    /// It names a key that this searcher does not know.
    #[error("the slice is signed with key {0}, which is not among the service's known slice keys")]
    UnknownKey(KeyId),
    /// The signature does not hold: forged or altered on the way.
    #[error("the slice's signature does not hold")]
    Signature,
    /// It has no canonical form, such as a budget over 2^53 - 1.
    #[error(transparent)]
    Canonical(#[from] CanonicalError),
}

/// The service's public slice keys as a searcher's configuration knows them.
#[derive(Debug, Clone)]
pub struct SliceKeys(Vec<(KeyId, VerifyingKey)>);

/// Why a searcher's list of slice keys is unusable.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum SliceKeysError {
    /// No key at all.
    #[error("no slice key of the service is given")]
    Missing,
    /// One is not 64 hexadecimal digits. Counted from 1.
    #[error("slice key {at} is not a public key: {reason}")]
    Hex {
        /// Which key.
        at: usize,
        /// What is wrong.
        reason: HexError,
    },
    /// One is not a point of the curve, or of small order. Counted from 1.
    #[error("slice key {0} is not an Ed25519 public key")]
    Key(usize),
}

impl SliceKeys {
    /// A list of keys, the current one first.
    ///
    /// # Errors
    /// [`SliceKeysError`].
    pub fn new(keys: &[PublicKeyBytes]) -> Result<Self, SliceKeysError> {
        if keys.is_empty() {
            return Err(SliceKeysError::Missing);
        }
        let usable = |(index, key): (usize, &PublicKeyBytes)| {
            let point = VerifyingKey::from_bytes(key.as_bytes()).ok().filter(|point| !point.is_weak());
            Ok((KeyId::of_public(key.as_bytes()), point.ok_or(SliceKeysError::Key(index + 1))?))
        };
        keys.iter().enumerate().map(usable).collect::<Result<_, _>>().map(Self)
    }
}

/// A setting: public keys in hexadecimal, separated by commas.
impl FromStr for SliceKeys {
    type Err = SliceKeysError;

    fn from_str(text: &str) -> Result<Self, SliceKeysError> {
        let texts = text.split(',').map(str::trim).filter(|text| !text.is_empty());
        let keys = texts
            .enumerate()
            .map(|(index, text)| text.parse().map_err(|reason| SliceKeysError::Hex { at: index + 1, reason }))
            .collect::<Result<Vec<_>, _>>()?;
        Self::new(&keys)
    }
}

impl SignedSlice {
    /// Signs a slice with the service's current key.
    ///
    /// # Errors
    /// [`CanonicalError`] for a budget over 2^53 - 1 attempts.
    pub fn sign(slice: Slice, keyring: &Keyring) -> Result<Self, CanonicalError> {
        let signer = keyring.slice_signer();
        let signature = signer.key().sign(&signed_bytes(SIGNATURE, &slice)?).to_bytes().into();
        Ok(Self { slice, key_id: signer.id(), signature })
    }

    /// Checks the service's signature and gives out the slice.
    ///
    /// # Errors
    /// [`SliceError`].
    pub fn verify(self, keys: &SliceKeys) -> Result<Slice, SliceError> {
        let (_, key) = keys.0.iter().find(|(id, _)| *id == self.key_id).ok_or(SliceError::UnknownKey(self.key_id))?;
        let bytes = signed_bytes(SIGNATURE, &self.slice)?;
        key.verify_strict(&bytes, &Signature::from_bytes(self.signature.as_bytes()))
            .map_err(|_| SliceError::Signature)?;
        Ok(self.slice)
    }

    /// The slice's id, unchecked: to name a slice that is dropped in a log.
    pub fn claimed_slice_id(&self) -> Uuid {
        self.slice.slice_id
    }
}

#[cfg(test)]
mod tests;

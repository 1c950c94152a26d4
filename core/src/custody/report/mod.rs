//! Reports: what a searcher answers to a slice, through a queue that is not trusted. The searcher signs the whole, the found
//! key signs what it was found for, and the coordinator matches it again before anything is settled.

use serde::{Deserialize, Serialize};
use uuid::Uuid;
use vanikeys_grind::split::{Offset, offset_public_key};
use vanikeys_grind::{Pattern, PatternError};

use super::bytes::{PublicKeyBytes, SignatureBytes};
use super::canonical::{CanonicalError, signed_bytes};
use super::delivery::{DeliveryError, open_delivered};
use super::found_key::{self, FoundFor, ProvesItself};
use super::holder::Holder;
use super::keyfile::KeyFile;
use super::keyring::Keyring;
use super::recipient::Recipient;
use super::sealing::{SealError, SealedFile};
use super::searcher_key::{SearcherId, SearcherKey};
use super::slice::Slice;
use super::split::offset_text;

const SIGNATURE: &str = "vanikeys report v1";

/// What came of a slice.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub struct Report {
    /// The job of the slice.
    pub job_id: Uuid,
    /// The slice.
    pub slice_id: Uuid,
    /// Who searched.
    pub searcher_id: SearcherId,
    /// Candidate keys that were tried; at most 2^53 - 1.
    pub attempts: u64,
    /// Time that it took, in milliseconds.
    pub milliseconds: u64,
    /// The key, if one was found.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub found: Option<Found>,
}

/// A found key.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "kind", rename_all = "kebab-case")]
pub enum Found {
    /// A whole key, sealed to the slice's recipient.
    Sealed(SealedKey),
    /// An offset to the point of the slice, for split keys.
    Offset(FoundOffset),
}

/// A whole key that a searcher found and sealed.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub struct SealedKey {
    /// Its public key.
    pub public_key: PublicKeyBytes,
    /// Its key file, sealed.
    pub sealed_file: SealedFile,
    /// The key's own signature: see [`found_key::message`].
    pub proof: SignatureBytes,
}

/// An offset that gives a key that matches; whoever knows the scalar of the point has the key.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub struct FoundOffset {
    /// The public key that it gives.
    pub public_key: PublicKeyBytes,
    /// t: the key is `A + 8tB`.
    #[serde(with = "offset_text")]
    pub offset: Offset,
}

/// A report with its searcher's signature, as it travels on the queue `reports`.
///
/// Its contents come out through [`SignedReport::verify`] only.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub struct SignedReport {
    report: Report,
    /// Ed25519 of the searcher over `"vanikeys report v1" || 0x00 || canonical JSON` of `report`.
    signature: SignatureBytes,
}

/// A report that holds.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct VerifiedReport {
    /// Who searched.
    pub searcher_id: SearcherId,
    /// Attempts to count: those reported, at most the slice's budget.
    pub attempts: u64,
    /// Time that it took, in milliseconds, as claimed.
    pub milliseconds: u64,
    /// The key, if one was found: its proof holds and its text matches the pattern.
    pub found: Option<Found>,
}

/// Why a report is dropped.
#[derive(Debug, thiserror::Error)]
pub enum ReportError {
    /// The searcher's signature does not hold: forged or altered on the way. Says nothing against the searcher named.
    #[error("the searcher's signature does not hold")]
    Signature,
    /// It is about another job than the slice it is settled against.
    #[error("the report is for another job")]
    WrongJob,
    /// It is about another slice.
    #[error("the report is for another slice")]
    WrongSlice,
    /// The found key did not sign for this job, slice, recipient and file.
    #[error("the found key's own signature does not hold for this job, slice, recipient and file")]
    Proof,
    /// A whole key for a split order, or an offset for another.
    #[error("the report delivers another custody than the one ordered")]
    WrongCustody,
    /// The offset is not that of the public key.
    #[error("the offset does not give the public key that was reported")]
    Offset,
    /// The found key does not match the pattern.
    #[error("the found key does not match the pattern")]
    NoMatch,
    /// A key for the service's custody was sealed so that the service cannot open it, or with another key in the file.
    #[error("the sealed file does not deliver the key: {0}")]
    Undeliverable(#[from] DeliveryError),
    /// The slice's pattern does not compile; the slice should not have been issued.
    #[error("the slice's pattern is refused: {0}")]
    Pattern(#[from] PatternError),
    /// It has no canonical form, such as attempts over 2^53 - 1.
    #[error(transparent)]
    Canonical(#[from] CanonicalError),
}

impl ReportError {
    /// Whether the searcher itself signed what is wrong, so that it counts towards its suspension. A forged report must not
    /// suspend the searcher that it names; nobody but the searcher pairs a slice with a job that it was not issued for.
    pub fn blames_searcher(&self) -> bool {
        matches!(
            self,
            Self::WrongJob | Self::Proof | Self::WrongCustody | Self::Offset | Self::NoMatch | Self::Undeliverable(_)
        )
    }
}

impl Found {
    /// A whole key with its proof. The key file must have been sealed to the slice's recipient.
    pub fn sealed(key: &impl ProvesItself, slice: &Slice, sealed_file: SealedFile) -> Self {
        let proof = key.prove(&found_for(slice, &sealed_file));
        Self::Sealed(SealedKey { public_key: key.public_key_bytes(), sealed_file, proof })
    }

    /// The public key that was found.
    pub fn public_key(&self) -> &PublicKeyBytes {
        match self {
            Self::Sealed(key) => &key.public_key,
            Self::Offset(found) => &found.public_key,
        }
    }

    /// Seals a key file to a recipient, the slice's, and proves the key: what a searcher reports.
    ///
    /// # Errors
    /// As [`KeyFile::seal`].
    pub fn of(file: &KeyFile, slice: &Slice, recipient: &Recipient) -> Result<Self, SealError> {
        Ok(Self::sealed(file.key(), slice, file.seal(recipient)?))
    }

    /// An offset to the slice's point.
    pub fn offset(public_key: &[u8; 32], offset: Offset) -> Self {
        Self::Offset(FoundOffset { public_key: (*public_key).into(), offset })
    }

    fn check(&self, slice: &Slice) -> Result<(), ReportError> {
        match (self, &slice.recipient) {
            (Self::Sealed(key), Holder::Recipient(_)) => {
                if !found_key::holds(&found_for(slice, &key.sealed_file), &key.public_key, &key.proof) {
                    return Err(ReportError::Proof);
                }
            }
            (Self::Offset(found), Holder::SplitPoint(point)) => {
                let computed = offset_public_key(point.as_bytes(), found.offset);
                if computed.as_ref() != Ok(found.public_key.as_bytes()) {
                    return Err(ReportError::Offset);
                }
            }
            (Self::Sealed(_), Holder::SplitPoint(_)) | (Self::Offset(_), Holder::Recipient(_)) => {
                return Err(ReportError::WrongCustody);
            }
        }
        let matches = Pattern::compile(&slice.pattern)?.matches_key(self.public_key().as_bytes());
        if matches { Ok(()) } else { Err(ReportError::NoMatch) }
    }
}

fn found_for<'a>(slice: &'a Slice, sealed: &'a SealedFile) -> FoundFor<'a> {
    FoundFor { job_id: slice.job_id, slice_id: slice.slice_id, recipient: &slice.recipient, sealed }
}

impl SignedReport {
    /// Reports on a slice.
    ///
    /// # Errors
    /// [`CanonicalError`] for more than 2^53 - 1 attempts.
    pub fn sign(
        slice: &Slice,
        attempts: u64,
        milliseconds: u64,
        found: Option<Found>,
        searcher: &SearcherKey,
    ) -> Result<Self, CanonicalError> {
        let Slice { job_id, slice_id, .. } = *slice;
        let report = Report { job_id, slice_id, searcher_id: searcher.id(), attempts, milliseconds, found };
        let signature = searcher.sign(&signed_bytes(SIGNATURE, &report)?);
        Ok(Self { report, signature })
    }

    /// The slice that it says it is about, to find it in the store. Nothing is checked yet.
    pub fn claimed_slice_id(&self) -> Uuid {
        self.report.slice_id
    }

    /// The searcher that it says it is from, to find out whether that one is enrolled. Nothing is checked yet.
    pub fn claimed_searcher_id(&self) -> SearcherId {
        self.report.searcher_id
    }

    /// Checks a report against the slice as the coordinator issued it. The caller has found the searcher enrolled and not
    /// suspended.
    ///
    /// # Errors
    /// [`ReportError`], which says what failed first.
    pub fn verify(self, slice: &Slice) -> Result<VerifiedReport, ReportError> {
        let Self { report, signature } = self;
        if !report.searcher_id.verify(&signed_bytes(SIGNATURE, &report)?, &signature) {
            return Err(ReportError::Signature);
        }
        if report.job_id != slice.job_id {
            return Err(ReportError::WrongJob);
        }
        if report.slice_id != slice.slice_id {
            return Err(ReportError::WrongSlice);
        }
        if let Some(found) = &report.found {
            found.check(slice)?;
        }
        Ok(VerifiedReport {
            searcher_id: report.searcher_id,
            attempts: report.attempts.min(slice.budget.attempts),
            milliseconds: report.milliseconds,
            found: report.found,
        })
    }
}

impl VerifiedReport {
    /// For `service` custody, where the service can: opens the sealed file and sees that it delivers the key that was
    /// reported. A file that is sealed to a user's recipient is theirs alone to open, so nothing is checked.
    ///
    /// # Errors
    /// [`ReportError::Undeliverable`].
    pub fn check_delivery(&self, slice: &Slice, keyring: &Keyring) -> Result<(), ReportError> {
        let ours = keyring.identities().any(|identity| Some(identity.recipient()) == slice.recipient.recipient());
        match &self.found {
            Some(Found::Sealed(key)) if ours => {
                let delivered = open_delivered(key.sealed_file.as_bytes(), &key.public_key, keyring)?;
                let target = delivered.file.target();
                if target != slice.pattern.target {
                    return Err(DeliveryError::OtherTarget(target).into());
                }
                let kind = delivered.file.key().kind();
                if kind == slice.key_kind() { Ok(()) } else { Err(DeliveryError::OtherKind.into()) }
            }
            Some(Found::Sealed(_) | Found::Offset(_)) | None => Ok(()),
        }
    }
}

#[cfg(test)]
mod tests;

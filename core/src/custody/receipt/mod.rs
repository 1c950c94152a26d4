//! Receipts of pulls: what was promised, drawn and made, signed by the service. Anyone can check a receipt; who also holds
//! both shares can check that the key follows from them. The checks themselves are in `receipt/check.rs`.

mod check;

use ed25519_dalek::{Signature, Signer as _};
use serde::{Deserialize, Deserializer, Serialize, Serializer, de};
use serde_json::Value;
use time::OffsetDateTime;
use uuid::Uuid;
use vanikeys_grind::{Pattern, PatternSpec};

pub use check::{CheckOutcome, ReceiptCheck, ReceiptFault, ReceiptReport, Shares};

use super::bytes::{Hash, PublicKeyBytes, SignatureBytes};
use super::canonical::{CanonicalError, signed_bytes, to_canonical};
use super::commitment::{ClientShare, ServiceShare, client_share_hash, commitment};
use super::key_id::KeyId;
use super::keyring::Keyring;
use super::receipt_keys::ReceiptKeys;

const SIGNATURE: &str = "vanikeys receipt v1";

/// The version that is written.
pub const RECEIPT_VERSION: u32 = 1;

/// What the service attests about one pull.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub struct Receipt {
    /// [`RECEIPT_VERSION`].
    pub version: u32,
    /// The pull.
    pub pull_id: Uuid,
    /// The commitment that it used up.
    pub commitment_id: Uuid,
    /// The commitment: see [`commitment()`].
    pub commitment: Hash,
    /// See [`client_share_hash`].
    pub client_share_hash: Hash,
    /// What was asked for.
    pub pattern: PatternSpec,
    /// Exact odds of a full match, a decimal text: see [`vanikeys_grind::Odds::one_in_text`].
    pub one_in: String,
    /// The key that was made.
    pub public_key: PublicKeyBytes,
    /// Its text that the pattern is matched against, without the target's lead.
    pub text: String,
    /// How far it matches.
    pub score: ReceiptScore,
    /// Who drew the client's share.
    pub drawn_by: DrawnBy,
    /// When; RFC 3339, UTC.
    #[serde(with = "time::serde::rfc3339")]
    pub issued_at: OffsetDateTime,
    /// The receipt key that signs.
    pub key_id: KeyId,
}

/// A score as receipts carry it.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub struct ReceiptScore {
    /// Substrings that match.
    pub matched: u8,
    /// Substrings asked for.
    pub of: u8,
}

/// Who drew the client's share C.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum DrawnBy {
    /// The client, after it saw the commitment.
    Client,
    /// The service, for a client that sent neither id nor share. Such a pull shows nothing about fairness.
    Service,
}

/// What a receipt is made of.
#[derive(Debug)]
pub struct Drawn<'a> {
    /// The pull.
    pub pull_id: Uuid,
    /// The commitment.
    pub commitment_id: Uuid,
    /// S.
    pub service_share: &'a ServiceShare,
    /// C.
    pub client_share: &'a ClientShare,
    /// Who drew C.
    pub drawn_by: DrawnBy,
    /// What was asked for.
    pub pattern: &'a Pattern,
    /// The key that follows from the shares.
    pub public_key: PublicKeyBytes,
    /// The time.
    pub issued_at: OffsetDateTime,
}

/// A receipt with its signature. In JSON the signature stands among the receipt's own members.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct SignedReceipt {
    /// What is attested.
    pub receipt: Receipt,
    /// Ed25519 of the receipt key over `"vanikeys receipt v1" || 0x00 || canonical JSON` of the other members.
    pub signature: SignatureBytes,
}

impl Receipt {
    /// The receipt of a pull; odds, text, score and hashes are worked out here.
    pub fn of(drawn: &Drawn<'_>, key_id: KeyId) -> Self {
        let text = drawn.pattern.target().encode(drawn.public_key.as_bytes());
        let score = drawn.pattern.score(&text);
        Self {
            version: RECEIPT_VERSION,
            pull_id: drawn.pull_id,
            commitment_id: drawn.commitment_id,
            commitment: commitment(drawn.service_share, drawn.commitment_id),
            client_share_hash: client_share_hash(drawn.client_share),
            pattern: drawn.pattern.spec().clone(),
            one_in: drawn.pattern.odds().one_in_text(),
            public_key: drawn.public_key,
            text,
            score: ReceiptScore { matched: score.matched, of: score.of },
            drawn_by: drawn.drawn_by,
            issued_at: drawn.issued_at.to_offset(time::UtcOffset::UTC),
            key_id,
        }
    }
}

impl SignedReceipt {
    /// Makes and signs the receipt of a pull with the current receipt key.
    ///
    /// # Errors
    /// [`CanonicalError`] if the time has no RFC 3339 form (a year past 9999).
    pub fn sign(drawn: &Drawn<'_>, keyring: &Keyring) -> Result<Self, CanonicalError> {
        let signer = keyring.receipt_signer();
        let receipt = Receipt::of(drawn, signer.id());
        let signature = signer.key().sign(&signed_bytes(SIGNATURE, &receipt)?).to_bytes().into();
        Ok(Self { receipt, signature })
    }

    /// Checks everything that can be checked: the signature against the published keys, odds, text and score by working them
    /// out again, and with both shares also the commitment, the hash of C and the key's derivation.
    ///
    /// Working out the odds takes tens of milliseconds for large patterns: not for async threads.
    pub fn verify(&self, keys: &ReceiptKeys, shares: Option<Shares<'_>>) -> ReceiptReport {
        check::report(self, keys, shares)
    }

    fn check_signature(&self, keys: &ReceiptKeys) -> Result<(), ReceiptFault> {
        let id = self.receipt.key_id;
        let key = keys.find(id).ok_or(ReceiptFault::UnknownKey(id))?;
        let bytes = signed_bytes(SIGNATURE, &self.receipt).map_err(|_| ReceiptFault::Signature)?;
        let signature = Signature::from_bytes(self.signature.as_bytes());
        key.verify_strict(&bytes, &signature).map_err(|_| ReceiptFault::Signature)
    }
}

impl Serialize for SignedReceipt {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        #[derive(Serialize)]
        struct Flat<'a> {
            #[serde(flatten)]
            receipt: &'a Receipt,
            signature: &'a SignatureBytes,
        }
        Flat { receipt: &self.receipt, signature: &self.signature }.serialize(serializer)
    }
}

impl<'de> Deserialize<'de> for SignedReceipt {
    /// Unknown members are refused, and so is a member that is written in another form than the service's (such as a time
    /// with another offset): what was not signed in this form must not pass as signed.
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        let mut members = serde_json::Map::deserialize(deserializer)?;
        let signature = members.remove("signature").ok_or_else(|| de::Error::missing_field("signature"))?;
        let signature = serde_json::from_value(signature).map_err(de::Error::custom)?;
        let as_written = Value::Object(members);
        let written = to_canonical(&as_written).map_err(de::Error::custom)?;
        let receipt: Receipt = serde_json::from_value(as_written).map_err(de::Error::custom)?;
        if to_canonical(&receipt).map_err(de::Error::custom)? != written {
            return Err(de::Error::custom("a member of the receipt is not in the form in which receipts are signed"));
        }
        Ok(Self { receipt, signature })
    }
}

#[cfg(test)]
mod tests;

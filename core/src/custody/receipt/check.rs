//! Checking a receipt, item by item, so that a person sees which promise holds and which does not.

use serde::{Serialize, Serializer};
use vanikeys_grind::Pattern;

use super::{RECEIPT_VERSION, Receipt, ReceiptScore, SignedReceipt};
use crate::custody::commitment::{ClientShare, ServiceShare, client_share_hash, commitment, derive_seed};
use crate::custody::key_id::KeyId;
use crate::custody::receipt_keys::ReceiptKeys;

/// Both shares of a pull, as its owner finds them in the key file.
#[derive(Debug, Clone, Copy)]
pub struct Shares<'a> {
    /// S.
    pub service: &'a ServiceShare,
    /// C.
    pub client: &'a ClientShare,
}

/// One thing that is checked.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize)]
#[serde(rename_all = "camelCase")]
pub enum ReceiptCheck {
    /// The service signed this receipt.
    Signature,
    /// The odds are those of the pattern.
    Odds,
    /// The text is the public key's.
    Text,
    /// The text scores as said.
    Score,
    /// The commitment was to this S.
    Commitment,
    /// The hash is of this C.
    ClientShare,
    /// The key follows from S, C and the commitment's id.
    Derivation,
}

/// What came of one check.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum CheckOutcome {
    /// It holds.
    Holds,
    /// It needs the shares, which were not given.
    NotChecked,
    /// It does not hold.
    Fails(ReceiptFault),
}

/// Why a check fails.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum ReceiptFault {
    /// The receipt names a key that the service did not publish.
    #[error("the receipt names key {0}, which is not among the service's published keys")]
    UnknownKey(KeyId),
    /// The signature does not hold.
    #[error("the signature does not hold: the receipt is forged or was changed")]
    Signature,
    /// A version of receipt that is not known here.
    #[error("receipts of version {0} are not known here")]
    Version(u32),
    /// The pattern is refused.
    #[error("the pattern is refused: {0}")]
    Pattern(String),
    /// The odds are others.
    #[error("the odds are 1 in {exact}, not 1 in {stated}")]
    Odds {
        /// As the receipt says.
        stated: String,
        /// As worked out.
        exact: String,
    },
    /// The public key has another text.
    #[error("the public key's text is {exact}, not {stated}")]
    Text {
        /// As the receipt says.
        stated: String,
        /// As worked out.
        exact: String,
    },
    /// The text scores otherwise.
    #[error("the text matches {} of {}, not {} of {}", exact.matched, exact.of, stated.matched, stated.of)]
    Score {
        /// As the receipt says.
        stated: ReceiptScore,
        /// As worked out.
        exact: ReceiptScore,
    },
    /// Another S was committed to.
    #[error("the service committed to another share than the one in the key file")]
    Commitment,
    /// Another C was used.
    #[error("the client's share in the key file is not the one that the receipt names")]
    ClientShare,
    /// The key does not follow from the shares.
    #[error("the key does not follow from the two shares and the commitment's id")]
    Derivation,
}

/// Every check of a receipt with its outcome, in the order of [`ReceiptCheck`].
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct ReceiptReport {
    /// The checks.
    pub checks: Vec<(ReceiptCheck, CheckOutcome)>,
}

impl ReceiptReport {
    /// Whether nothing that was checked fails.
    pub fn holds(&self) -> bool {
        self.faults().next().is_none()
    }

    /// Everything that fails.
    pub fn faults(&self) -> impl Iterator<Item = &ReceiptFault> {
        self.checks.iter().filter_map(|(_, outcome)| match outcome {
            CheckOutcome::Fails(fault) => Some(fault),
            CheckOutcome::Holds | CheckOutcome::NotChecked => None,
        })
    }

    /// What came of one check.
    pub fn outcome(&self, check: ReceiptCheck) -> &CheckOutcome {
        let found = self.checks.iter().find(|(made, _)| *made == check);
        found.map_or(&CheckOutcome::NotChecked, |(_, outcome)| outcome)
    }
}

impl Serialize for CheckOutcome {
    /// `"holds"`, `"notChecked"`, or `{"fails": reason}`.
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        match self {
            Self::Holds => serializer.serialize_str("holds"),
            Self::NotChecked => serializer.serialize_str("notChecked"),
            Self::Fails(fault) => serializer.serialize_newtype_variant("CheckOutcome", 2, "fails", &fault.to_string()),
        }
    }
}

impl From<Result<(), ReceiptFault>> for CheckOutcome {
    fn from(result: Result<(), ReceiptFault>) -> Self {
        result.map_or_else(Self::Fails, |()| Self::Holds)
    }
}

pub(super) fn report(signed: &SignedReceipt, keys: &ReceiptKeys, shares: Option<Shares<'_>>) -> ReceiptReport {
    let receipt = &signed.receipt;
    let version = receipt.version;
    let signature =
        if version == RECEIPT_VERSION { signed.check_signature(keys) } else { Err(ReceiptFault::Version(version)) };
    let pattern = Pattern::compile(&receipt.pattern).map_err(|error| ReceiptFault::Pattern(error.to_string()));
    let with_pattern = |check: fn(&Receipt, &Pattern) -> Result<(), ReceiptFault>| {
        pattern.as_ref().map_err(Clone::clone).and_then(|pattern| check(receipt, pattern)).into()
    };
    let with_shares = |check: fn(&Receipt, Shares<'_>) -> Result<(), ReceiptFault>| {
        shares.map_or(CheckOutcome::NotChecked, |shares| check(receipt, shares).into())
    };
    ReceiptReport {
        checks: vec![
            (ReceiptCheck::Signature, signature.into()),
            (ReceiptCheck::Odds, with_pattern(odds)),
            (ReceiptCheck::Text, text(receipt).into()),
            (ReceiptCheck::Score, with_pattern(score)),
            (ReceiptCheck::Commitment, with_shares(committed)),
            (ReceiptCheck::ClientShare, with_shares(client)),
            (ReceiptCheck::Derivation, with_shares(derivation)),
        ],
    }
}

fn unless(fails: bool, fault: ReceiptFault) -> Result<(), ReceiptFault> {
    if fails { Err(fault) } else { Ok(()) }
}

fn odds(receipt: &Receipt, pattern: &Pattern) -> Result<(), ReceiptFault> {
    let (stated, exact) = (receipt.one_in.clone(), pattern.odds().one_in_text());
    unless(stated != exact, ReceiptFault::Odds { stated, exact })
}

fn text(receipt: &Receipt) -> Result<(), ReceiptFault> {
    let (stated, exact) = (receipt.text.clone(), receipt.pattern.target.encode(receipt.public_key.as_bytes()));
    unless(stated != exact, ReceiptFault::Text { stated, exact })
}

fn score(receipt: &Receipt, pattern: &Pattern) -> Result<(), ReceiptFault> {
    let score = pattern.score(&receipt.text);
    let (stated, exact) = (receipt.score, ReceiptScore { matched: score.matched, of: score.of });
    unless(stated != exact, ReceiptFault::Score { stated, exact })
}

fn committed(receipt: &Receipt, shares: Shares<'_>) -> Result<(), ReceiptFault> {
    unless(commitment(shares.service, receipt.commitment_id) != receipt.commitment, ReceiptFault::Commitment)
}

fn client(receipt: &Receipt, shares: Shares<'_>) -> Result<(), ReceiptFault> {
    unless(client_share_hash(shares.client) != receipt.client_share_hash, ReceiptFault::ClientShare)
}

fn derivation(receipt: &Receipt, shares: Shares<'_>) -> Result<(), ReceiptFault> {
    let secret = derive_seed(shares.service, shares.client, receipt.commitment_id);
    let key = receipt.pattern.target.key_of_secret(secret);
    unless(key.public_key() != *receipt.public_key.as_bytes(), ReceiptFault::Derivation)
}

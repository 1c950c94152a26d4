//! Every reason for which something about a pull is refused.

use serde::{Deserialize, Serialize};
use vanikeys_grind::PatternError;

use crate::{domain::ledger, flow::custody::CustodyRefusal};

/// Why a pull, or something done with one, is refused.
#[derive(Clone, Debug, PartialEq, thiserror::Error, Serialize, Deserialize)]
#[serde(tag = "code", content = "about", rename_all = "snake_case")]
pub enum PullRefusal {
    /// The pattern is refused, for what it says alone; so it is not kept under a key, but found again.
    #[error(transparent)]
    #[serde(skip)]
    Pattern(PatternError),
    /// Custody or recipient are refused.
    #[error(transparent)]
    Custody(CustodyRefusal),
    /// No free pull is left and the tokens do not reach.
    #[error(
        "this pull costs {needed} VaniTokens and {available} are available; buy some, or wait for the free pulls of tomorrow"
    )]
    Insufficient {
        /// Tokens a pull costs.
        needed: i64,
        /// Tokens available.
        available: i64,
    },
    /// A commitment id without a share, or the other way round.
    #[error("commitmentId and clientShare come together or not at all")]
    CommitmentIncomplete,
    /// No such commitment of this user.
    #[error("there is no such commitment; ask for a new one")]
    CommitmentUnknown,
    /// Its ten minutes are over.
    #[error("the commitment has expired; ask for a new one")]
    CommitmentExpired,
    /// It was used for another request.
    #[error("the commitment was used for another request; each serves one pull, ask for a new one")]
    CommitmentUsed,
    /// The share is not 32 bytes in hexadecimal.
    #[error("clientShare must be 64 hexadecimal digits: 32 random bytes that you drew")]
    ClientShare,
    /// Too many commitments are open.
    #[error("{limit} commitments are open; use one or let it expire")]
    TooManyCommitments {
        /// How many may be open.
        limit: i64,
    },
    /// No such pull of this user.
    #[error("there is no such pull")]
    NotFound,
    /// Its key is erased.
    #[error("the key of this pull was erased; its public result stays")]
    Erased,
    /// The key is not to be had in that format.
    #[error("format {format} is not available: {reason}")]
    FormatNotAvailable {
        /// The format asked for.
        format: String,
        /// Why not.
        reason: String,
        /// The formats that this key has.
        available: Vec<String>,
    },
}

/// Only too few tokens are the user's; any other refusal of the ledger is a mistake of the program.
impl TryFrom<ledger::Refusal> for PullRefusal {
    type Error = ledger::Refusal;

    fn try_from(refusal: ledger::Refusal) -> Result<Self, ledger::Refusal> {
        match refusal {
            ledger::Refusal::Insufficient { needed, available } => Ok(Self::Insufficient { needed, available }),
            ledger::Refusal::NotPositive | ledger::Refusal::MoreThanHeld { .. } | ledger::Refusal::Overflow => {
                Err(refusal)
            }
        }
    }
}

impl From<CustodyRefusal> for PullRefusal {
    fn from(refusal: CustodyRefusal) -> Self {
        Self::Custody(refusal)
    }
}

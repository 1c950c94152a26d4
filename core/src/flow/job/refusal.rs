//! Every reason for which something about a job is refused.

use serde::{Deserialize, Serialize};
use vanikeys_grind::PatternError;

use crate::{
    domain::{job::Status, ledger, price::TooRare},
    flow::custody::CustodyRefusal,
};

/// Why a job, or something done with one, is refused.
#[derive(Clone, Debug, PartialEq, thiserror::Error, Serialize, Deserialize)]
#[serde(tag = "code", content = "about", rename_all = "snake_case")]
pub enum JobRefusal {
    /// The pattern is refused, for what it says alone; so it is not kept under a key, but found again.
    #[error(transparent)]
    #[serde(skip)]
    Pattern(PatternError),
    /// Custody or recipient are refused.
    #[error(transparent)]
    Custody(CustodyRefusal),
    /// The search would be larger than what is accepted.
    #[error("this pattern is too rare for a job: {0}; shorten it, or allow look-alikes or both cases")]
    TooRare(TooRare),
    /// The tokens do not reach.
    #[error("this job holds {needed} VaniTokens and {available} are available; buy some, or choose an easier pattern")]
    Insufficient {
        /// Tokens the job would hold.
        needed: i64,
        /// Tokens available.
        available: i64,
    },
    /// The price is above what the order allows.
    #[error(
        "the job costs {tokens} VaniTokens, more than the {max_tokens} that the order allows; order again with a higher maxTokens"
    )]
    AboveMaximum {
        /// Tokens the job would hold.
        tokens: i64,
        /// Tokens the order allows.
        max_tokens: i64,
    },
    /// No such job of this user.
    #[error("there is no such job")]
    NotFound,
    /// Its key is not there yet, or never will be.
    #[error("the job is {}; its key can be fetched once it is completed", status.name())]
    NotCompleted {
        /// Where it is.
        status: Status,
    },
    /// It has ended, so it cannot be cancelled.
    #[error("the job is {} already", status.name())]
    Ended {
        /// How it ended.
        status: Status,
    },
    /// Its key is erased.
    #[error("the key of this job was erased")]
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
impl TryFrom<ledger::Refusal> for JobRefusal {
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

impl From<CustodyRefusal> for JobRefusal {
    fn from(refusal: CustodyRefusal) -> Self {
        Self::Custody(refusal)
    }
}

impl From<TooRare> for JobRefusal {
    fn from(refusal: TooRare) -> Self {
        Self::TooRare(refusal)
    }
}

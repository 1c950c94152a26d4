//! Custody and recipients.

use http::StatusCode as S;
use vanikeys_core::flow::custody::CustodyRefusal;

use crate::error::{Problem, Refuse};

impl Refuse for CustodyRefusal {
    fn problem(&self) -> Problem {
        let code = match self {
            Self::SplitPointUsed => return Problem::refused(S::CONFLICT, "SPLIT_POINT_USED", self),
            Self::SplitPointMissing => "SPLIT_POINT_MISSING",
            Self::SplitPoint { .. } => "INVALID_SPLIT_POINT",
            Self::ProofNotTaken { .. } => "PROOF_NOT_TAKEN",
            Self::RecipientMissing => "RECIPIENT_MISSING",
            Self::RecipientNotTaken { .. } => "RECIPIENT_NOT_TAKEN",
            Self::Recipient { .. } => "INVALID_RECIPIENT",
            Self::NotAvailable { .. } => "CUSTODY_NOT_AVAILABLE",
        };
        Problem::refused(S::UNPROCESSABLE_ENTITY, code, self)
    }
}

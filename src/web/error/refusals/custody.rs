//! Custody and recipients.

use http::StatusCode as S;
use vanikeys_core::flow::custody::CustodyRefusal;

use crate::web::error::{Problem, Refuse};

impl Refuse for CustodyRefusal {
    fn problem(&self) -> Problem {
        let code = match self {
            Self::RecipientMissing => "RECIPIENT_MISSING",
            Self::RecipientNotTaken { .. } => "RECIPIENT_NOT_TAKEN",
            Self::Recipient { .. } => "INVALID_RECIPIENT",
            Self::NotAvailable { .. } => "CUSTODY_NOT_AVAILABLE",
        };
        Problem::refused(S::UNPROCESSABLE_ENTITY, code, self)
    }
}

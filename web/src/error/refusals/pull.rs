//! Pulls.

use http::StatusCode as S;
use serde_json::json;
use vanikeys_core::flow::pull::PullRefusal;

use super::{erased, format_not_available, insufficient};
use crate::error::{Problem, Refuse};

impl Refuse for PullRefusal {
    fn problem(&self) -> Problem {
        let refused = |status, code| Problem::refused(status, code, self);
        match self {
            Self::Pattern(refusal) => refusal.problem(),
            Self::Custody(refusal) => refusal.problem(),
            Self::Insufficient { needed, available } => insufficient(self, *needed, *available),
            Self::CommitmentIncomplete => refused(S::UNPROCESSABLE_ENTITY, "COMMITMENT_INCOMPLETE"),
            Self::CommitmentUnknown => refused(S::UNPROCESSABLE_ENTITY, "COMMITMENT_UNKNOWN"),
            Self::CommitmentExpired => refused(S::CONFLICT, "COMMITMENT_EXPIRED"),
            Self::CommitmentUsed => refused(S::UNPROCESSABLE_ENTITY, "COMMITMENT_USED"),
            Self::ClientShare => refused(S::UNPROCESSABLE_ENTITY, "INVALID_CLIENT_SHARE"),
            Self::TooManyCommitments { limit } => {
                refused(S::CONFLICT, "TOO_MANY_COMMITMENTS").details(json!({ "limit": limit }))
            }
            Self::NotFound => Problem::not_found("pull"),
            Self::Erased => erased(self),
            Self::FormatNotAvailable { format, reason, available } => {
                format_not_available(self, format, reason, available)
            }
        }
    }
}

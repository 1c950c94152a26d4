//! Jobs.

use http::StatusCode as S;
use serde_json::json;
use vanikeys_core::flow::job::JobRefusal;

use super::{erased, format_not_available, insufficient};
use crate::error::{Problem, Refuse};

impl Refuse for JobRefusal {
    fn problem(&self) -> Problem {
        let refused = |status, code| Problem::refused(status, code, self);
        match self {
            Self::Pattern(refusal) => refusal.problem(),
            Self::Custody(refusal) => refusal.problem(),
            Self::TooRare(too_rare) => refused(S::UNPROCESSABLE_ENTITY, "TOO_RARE")
                .details(json!({ "expectedAttempts": too_rare.expected_attempts, "largest": too_rare.largest })),
            Self::Insufficient { needed, available } => insufficient(self, *needed, *available),
            Self::AboveMaximum { tokens, max_tokens } => refused(S::CONFLICT, "PRICE_ABOVE_MAXIMUM")
                .details(json!({ "tokens": tokens, "maxTokens": max_tokens })),
            Self::NotFound => Problem::not_found("job"),
            Self::NotCompleted { status } => {
                refused(S::CONFLICT, "JOB_NOT_COMPLETED").details(json!({ "status": status }))
            }
            Self::Ended { status } => refused(S::CONFLICT, "JOB_ENDED").details(json!({ "status": status })),
            Self::Erased => erased(self),
            Self::FormatNotAvailable { format, reason, available } => {
                format_not_available(self, format, reason, available)
            }
        }
    }
}

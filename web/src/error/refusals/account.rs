//! Accounts.

use http::{StatusCode as S, header};
use serde_json::json;
use vanikeys_core::{domain::account::FieldProblem, flow::account::AccountRefusal};

use crate::error::{FieldError, Problem, Refuse};

impl Refuse for AccountRefusal {
    fn problem(&self) -> Problem {
        let refused = |status, code| Problem::refused(status, code, self);
        match self {
            Self::Invalid { fields } => {
                let told = |one: &FieldProblem| {
                    let FieldProblem { field, message, code } = one.clone();
                    FieldError { field, message, code }
                };
                Problem::invalid(&fields.iter().map(told).collect::<Vec<_>>())
            }
            Self::RegistrationClosed => refused(S::SERVICE_UNAVAILABLE, "REGISTRATION_CLOSED"),
            Self::EmailTaken => refused(S::CONFLICT, "EMAIL_TAKEN"),
            Self::UsernameTaken => refused(S::CONFLICT, "USERNAME_TAKEN"),
            Self::WorkMissing => refused(S::UNPROCESSABLE_ENTITY, "CHALLENGE_REQUIRED"),
            Self::WorkRefused { reason } => {
                refused(S::UNPROCESSABLE_ENTITY, "CHALLENGE_REFUSED").details(json!({ "reason": reason }))
            }
            Self::WrongCredentials => refused(S::UNAUTHORIZED, "WRONG_CREDENTIALS"),
            Self::WrongPassword => refused(S::FORBIDDEN, "WRONG_PASSWORD"),
            Self::TooManyAttempts { retry_after_seconds } => refused(S::TOO_MANY_REQUESTS, "TOO_MANY_ATTEMPTS")
                .details(json!({ "retryAfterSeconds": retry_after_seconds }))
                .header(header::RETRY_AFTER, *retry_after_seconds),
            Self::Busy => refused(S::SERVICE_UNAVAILABLE, "BUSY").header(header::RETRY_AFTER, 2),
            Self::ExportRunning => refused(S::TOO_MANY_REQUESTS, "EXPORT_RUNNING").header(header::RETRY_AFTER, 5),
            Self::LinkUnknown => refused(S::UNPROCESSABLE_ENTITY, "LINK_UNKNOWN"),
            Self::LinkExpired => refused(S::GONE, "LINK_EXPIRED"),
            Self::LinkUsed => refused(S::GONE, "LINK_USED"),
            Self::Gone => Problem::unauthenticated(),
            Self::AlreadyConfirmed => refused(S::CONFLICT, "ALREADY_CONFIRMED"),
            Self::TooManyLetters => refused(S::TOO_MANY_REQUESTS, "TOO_MANY_LETTERS").header(header::RETRY_AFTER, 3600),
        }
    }
}

//! How each refusal of each use case is told: status, code, particulars. One `impl` per enum; a match names every
//! case, so that a new one does not compile until it has an answer.

mod account;
mod admin;
mod billing;
mod custody;
mod game;
mod job;
mod pattern;
mod pull;
mod webhook;

use http::StatusCode as S;
use serde_json::json;
use vanikeys_core::domain::ledger;

use super::{Problem, Refuse};

impl Refuse for std::convert::Infallible {
    fn problem(&self) -> Problem {
        match *self {}
    }
}

impl Refuse for ledger::Refusal {
    fn problem(&self) -> Problem {
        match *self {
            Self::Insufficient { needed, available } => insufficient(self, needed, available),
            Self::NotPositive => Problem::refused(S::UNPROCESSABLE_ENTITY, "AMOUNT_NOT_POSITIVE", self),
            Self::MoreThanHeld { posted, held } => {
                Problem::refused(S::CONFLICT, "MORE_THAN_HELD", self).details(json!({ "posted": posted, "held": held }))
            }
            Self::Overflow => Problem::refused(S::UNPROCESSABLE_ENTITY, "AMOUNT_TOO_LARGE", self),
        }
    }
}

fn insufficient(refusal: &impl std::fmt::Display, needed: i64, available: i64) -> Problem {
    Problem::refused(S::PAYMENT_REQUIRED, "INSUFFICIENT_TOKENS", refusal)
        .details(json!({ "needed": needed, "available": available }))
}

fn format_not_available(refusal: &impl std::fmt::Display, format: &str, reason: &str, available: &[String]) -> Problem {
    Problem::refused(S::CONFLICT, "FORMAT_NOT_AVAILABLE", refusal)
        .details(json!({ "format": format, "reason": reason, "available": available }))
}

/// A key that was there and is gone for good.
fn erased(refusal: &impl std::fmt::Display) -> Problem {
    Problem::refused(S::GONE, "KEY_ERASED", refusal)
}

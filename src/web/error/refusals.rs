//! How each refusal of each use case is told: status, code, particulars. One `impl` per enum; a match names every
//! case, so that a new one does not compile until it has an answer.

use http::StatusCode;
use serde_json::json;
use vanikeys_core::domain::ledger;

use super::{Problem, Refuse};

impl Refuse for ledger::Refusal {
    fn problem(&self) -> Problem {
        use StatusCode as S;
        match *self {
            Self::Insufficient { needed, available } => Problem::new(
                S::PAYMENT_REQUIRED,
                "INSUFFICIENT_TOKENS",
                format!("This needs {needed} VaniTokens and {available} are available. Nothing was spent."),
            )
            .details(json!({ "needed": needed, "available": available })),
            Self::NotPositive => Problem::refused(S::UNPROCESSABLE_ENTITY, "AMOUNT_NOT_POSITIVE", self),
            Self::MoreThanHeld { posted, held } => {
                Problem::refused(S::CONFLICT, "MORE_THAN_HELD", self).details(json!({ "posted": posted, "held": held }))
            }
            Self::Overflow => Problem::refused(S::UNPROCESSABLE_ENTITY, "AMOUNT_TOO_LARGE", self),
        }
    }
}

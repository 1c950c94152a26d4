//! Administration.

use http::StatusCode as S;
use serde_json::json;
use vanikeys_core::flow::{
    admin::{api_keys::KeyRefusal, switches::SwitchRefusal},
    grant::GrantRefusal,
    tasks::NotDead,
};

use crate::error::{FieldError, Problem, Refuse};

impl Refuse for GrantRefusal {
    fn problem(&self) -> Problem {
        match self {
            Self::Amount(refusal) => refusal.problem(),
            Self::Unknown => Problem::not_found("grant"),
        }
    }
}

impl Refuse for NotDead {
    fn problem(&self) -> Problem {
        Problem::not_found("dead task")
    }
}

impl Refuse for KeyRefusal {
    fn problem(&self) -> Problem {
        match self {
            Self::BadName => Problem::invalid(&[FieldError::new("name", self.to_string())]),
            Self::Unknown => Problem::not_found("API key"),
        }
    }
}

impl Refuse for SwitchRefusal {
    fn problem(&self) -> Problem {
        match self {
            Self::Unknown { known, .. } => {
                Problem::refused(S::NOT_FOUND, "NOT_FOUND", self).details(json!({ "known": known }))
            }
            Self::BadValue { .. } => Problem::invalid(&[FieldError::new("value", self.to_string())]),
        }
    }
}

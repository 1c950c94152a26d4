//! The game: heists, shields, points.

use http::{StatusCode as S, header};
use serde_json::json;
use vanikeys_core::{
    domain::heist::HeistRefusal,
    flow::{
        heist::{ShieldRefusal, UnknownAttempt},
        points::{CheckinRefusal, KindRefusal},
    },
};

use super::insufficient;
use crate::error::{FieldError, Problem, Refuse};

impl Refuse for HeistRefusal {
    fn problem(&self) -> Problem {
        let refused = |status| Problem::refused(status, self.code(), self);
        match self {
            Self::FeatureDisabled => refused(S::SERVICE_UNAVAILABLE),
            Self::InsufficientTokens { available } => insufficient(self, 1, *available),
            Self::CooldownActive { ends_at, seconds } => refused(S::TOO_MANY_REQUESTS)
                .details(json!({ "cooldownEndsAt": ends_at, "hoursRemaining": seconds.div_ceil(3_600) }))
                .header(header::RETRY_AFTER, *seconds),
            Self::DailyLimit { limit, resets_at, seconds } => refused(S::TOO_MANY_REQUESTS)
                .details(json!({ "limit": limit, "resetsAt": resets_at }))
                .header(header::RETRY_AFTER, *seconds),
            Self::Oneself => refused(S::BAD_REQUEST).details(json!({ "self": true })),
            Self::TooFewPoints { minimum, points } => {
                refused(S::BAD_REQUEST).details(json!({ "minimumRequired": minimum, "targetPoints": points }))
            }
            Self::TargetNotFound => refused(S::NOT_FOUND),
            Self::TargetProtected { ends_at } => refused(S::CONFLICT).details(json!({ "protectionEndsAt": ends_at })),
            Self::TargetShielded => refused(S::CONFLICT),
        }
    }
}

impl Refuse for UnknownAttempt {
    fn problem(&self) -> Problem {
        Problem::not_found("attempt")
    }
}

impl Refuse for ShieldRefusal {
    fn problem(&self) -> Problem {
        match self {
            Self::FeatureDisabled => Problem::refused(S::SERVICE_UNAVAILABLE, "FEATURE_DISABLED", self),
            Self::ShieldActive { expires_at } => {
                Problem::refused(S::CONFLICT, "SHIELD_ACTIVE", self).details(json!({ "expiresAt": expires_at }))
            }
            Self::Insufficient { needed, available } => insufficient(self, *needed, *available),
            Self::Ledger(refusal) => refusal.problem(),
        }
    }
}

impl Refuse for CheckinRefusal {
    fn problem(&self) -> Problem {
        match self {
            Self::AlreadyCheckedIn { next_at } => {
                Problem::refused(S::CONFLICT, "ALREADY_CHECKED_IN", self).details(json!({ "nextAt": next_at }))
            }
            Self::Gone => Problem::unauthenticated(),
        }
    }
}

impl Refuse for KindRefusal {
    fn problem(&self) -> Problem {
        let field = |name: &str| Problem::invalid(&[FieldError::new(name, self.to_string())]);
        match self {
            Self::Unknown => Problem::not_found("kind of points"),
            Self::NotAnAward => Problem::refused(S::CONFLICT, "NOT_AN_AWARD", self),
            Self::Points { .. } => field("points"),
            Self::Words { .. } => field("name"),
        }
    }
}

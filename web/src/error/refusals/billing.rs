//! Payments, and what Stripe sends.

use http::StatusCode as S;
use serde_json::json;
use vanikeys_core::flow::billing::{BillingRefusal, webhook::NotTaken};

use crate::error::{Problem, Refuse};

impl Refuse for BillingRefusal {
    fn problem(&self) -> Problem {
        let refused = |status, code| Problem::refused(status, code, self);
        match self {
            Self::Disabled => refused(S::SERVICE_UNAVAILABLE, "FEATURE_DISABLED"),
            Self::NotSoldHere => refused(S::CONFLICT, "NOT_SOLD_HERE"),
            Self::Unknown { known, .. } => {
                refused(S::UNPROCESSABLE_ENTITY, "NOT_FOR_SALE").details(json!({ "known": known }))
            }
            Self::NotSold { item, why } => {
                refused(S::CONFLICT, "NOT_SOLD_NOW").details(json!({ "item": item, "why": why }))
            }
            Self::Gone => Problem::unauthenticated(),
            Self::TooMany { limit } => {
                refused(S::TOO_MANY_REQUESTS, "TOO_MANY_PURCHASES").details(json!({ "limit": limit }))
            }
            Self::NewAccount { tokens, until } => {
                refused(S::TOO_MANY_REQUESTS, "NEW_ACCOUNT_LIMIT").details(json!({ "tokens": tokens, "until": until }))
            }
            Self::AlreadySubscribed { portal } => {
                refused(S::CONFLICT, "ALREADY_SUBSCRIBED").details(json!({ "portalUrl": portal }))
            }
            Self::NotSubscribed => refused(S::CONFLICT, "NOT_SUBSCRIBED"),
            Self::NoCustomer => refused(S::CONFLICT, "NOTHING_BOUGHT"),
            Self::Refused { message } => refused(S::CONFLICT, "PAYMENT_REFUSED").details(json!({ "reason": message })),
            Self::NotFound { what, .. } => Problem::not_found(what),
            Self::NotPaid => refused(S::CONFLICT, "NOT_PAID"),
            Self::TooMuch { left } => refused(S::CONFLICT, "REFUND_TOO_LARGE").details(json!({ "leftCents": left })),
        }
    }
}

impl Refuse for NotTaken {
    fn problem(&self) -> Problem {
        match self {
            Self::Signature(_) => Problem::refused(S::BAD_REQUEST, "INVALID_SIGNATURE", self),
            Self::Body(_) => Problem::refused(S::BAD_REQUEST, "INVALID_EVENT", self),
        }
    }
}

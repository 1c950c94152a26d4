//! Webhooks, and links that end e-mails.

use http::StatusCode as S;
use serde_json::json;
use vanikeys_core::{
    domain::webhook::EndpointProblem as E,
    flow::{mail::UnsubscribeRefusal, webhooks::WebhookRefusal},
};

use crate::error::{FieldError, Problem, Refuse};

impl Refuse for WebhookRefusal {
    fn problem(&self) -> Problem {
        let refused = |code| Problem::refused(S::CONFLICT, code, self);
        match self {
            Self::NotFound => Problem::not_found("endpoint or delivery"),
            Self::Endpoint { problem } => {
                let told = FieldError::new(field(problem), problem.to_string());
                // Which addresses are URLs, and lead to where this service may go, no schema can say.
                let told = if told.field == "url" { told.code("URL_NOT_TAKEN") } else { told };
                Problem::invalid(&[told])
            }
            Self::TooMany { most } => refused("TOO_MANY_ENDPOINTS").details(json!({ "most": most })),
            Self::Disabled => refused("ENDPOINT_DISABLED"),
            Self::StillWaiting => refused("DELIVERY_WAITING"),
        }
    }
}

fn field(problem: &E) -> &'static str {
    match problem {
        E::NotUrl | E::Scheme | E::Plain | E::Credentials | E::TooLong { .. } | E::Private => "url",
        E::NoEvents | E::UnknownEvent { .. } => "events",
        E::LongDescription { .. } => "description",
    }
}

impl Refuse for UnsubscribeRefusal {
    fn problem(&self) -> Problem {
        match self {
            Self::LinkUnknown => Problem::refused(S::UNPROCESSABLE_ENTITY, "LINK_UNKNOWN", self),
        }
    }
}

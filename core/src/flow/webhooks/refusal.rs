//! Every reason for which something about webhooks is refused.

use serde::{Deserialize, Serialize};

use crate::domain::webhook::EndpointProblem;

/// Why it is refused.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error, Serialize, Deserialize)]
#[serde(tag = "code", rename_all = "snake_case")]
pub enum WebhookRefusal {
    /// No such endpoint or delivery of this user.
    #[error("there is no such endpoint or delivery here")]
    NotFound,
    /// The endpoint will not do.
    #[error("{problem}")]
    Endpoint {
        /// What is wrong with it.
        problem: EndpointProblem,
    },
    /// The user has enough.
    #[error("you have {most} endpoints, which is the most; delete one first")]
    TooMany {
        /// How many there may be.
        most: i64,
    },
    /// The endpoint gets no events.
    #[error("this endpoint is disabled; enable it first")]
    Disabled,
    /// The delivery is on its way already.
    #[error("this delivery is still being tried; wait until it arrived or was given up")]
    StillWaiting,
}

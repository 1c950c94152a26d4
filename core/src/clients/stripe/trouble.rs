//! Why a call to Stripe brought nothing.

use std::time::Duration;

use super::object::{Object, Unreadable};

/// Why a call brought nothing.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum Trouble {
    /// No answer that says what became of it, or none that it lets us have: it may have taken place, and the same call may
    /// be sent again later.
    #[error("Stripe cannot be used right now: {reason}")]
    Unavailable {
        /// What happened, for the logs.
        reason: String,
        /// How long it asked to be left alone.
        retry_after: Option<Duration>,
    },
    /// It failed at Stripe, and Stripe answers the same to this idempotency key from now on. Whether it took place must be
    /// found out by looking for the object; if it isn't there, the call goes again as another step.
    #[error("Stripe failed, and keeps that as the answer to this request: {0}")]
    Kept(Refused),
    /// Stripe says no.
    #[error("Stripe refused: {0}")]
    Refused(Refused),
    /// What the request is about isn't there.
    #[error("Stripe knows nothing of it: {0}")]
    Missing(Refused),
    /// It took place, and the answer has not what it must have.
    #[error("an answer of Stripe's ({path}) cannot be used: {reason}")]
    Unreadable {
        /// Where it came from.
        path: String,
        /// What it lacks.
        reason: Unreadable,
    },
}

/// What Stripe says about an error.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("{message} (status {status}{}{})", named(", code ", code.as_deref()), named(", parameter ", param.as_deref()))]
pub struct Refused {
    /// The status of the answer.
    pub status: u16,
    /// What kind of error it is, like `card_error`.
    pub kind: Option<String>,
    /// Its word for it, like `card_declined`.
    pub code: Option<String>,
    /// Its sentence, made for developers.
    pub message: String,
    /// The parameter that it is about.
    pub param: Option<String>,
}

fn named(name: &str, value: Option<&str>) -> String {
    value.map(|value| format!("{name}{value}")).unwrap_or_default()
}

impl Refused {
    /// Reads the answer's `error`.
    pub(super) fn read(status: u16, answer: &Object<'_>) -> Self {
        Self {
            status,
            kind: answer.text("error.type"),
            code: answer.text("error.code"),
            message: answer.text("error.message").unwrap_or_else(|| "no message".to_owned()),
            param: answer.text("error.param"),
        }
    }
}

impl Trouble {
    pub(super) fn away(reason: impl Into<String>) -> Self {
        Self::Unavailable { reason: reason.into(), retry_after: None }
    }

    pub(super) fn unreadable(path: &str, reason: Unreadable) -> Self {
        Self::Unreadable { path: path.to_owned(), reason }
    }

    /// The word for it, if Stripe refused with one.
    #[must_use]
    pub fn code(&self) -> Option<&str> {
        match self {
            Self::Kept(refused) | Self::Refused(refused) | Self::Missing(refused) => refused.code.as_deref(),
            Self::Unavailable { .. } | Self::Unreadable { .. } => None,
        }
    }
}

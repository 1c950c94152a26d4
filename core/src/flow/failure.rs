//! How a use case ends when it does not succeed: refused by name, not possible right now, or broken.

use std::time::Duration;

use crate::{
    domain::ledger,
    queue::Stop,
    store::{Lost, StoreError, ledger::MovementError},
};

/// Why a use case did not do what was asked. `R` names every refusal of that use case.
#[derive(Debug, thiserror::Error)]
pub enum Failure<R> {
    /// A rule says no; nothing was changed.
    #[error("{0}")]
    Refused(R),
    /// The `Idempotency-Key` was used for other content before.
    #[error("this Idempotency-Key was used for another request before")]
    KeyReused,
    /// The store failed.
    #[error(transparent)]
    Store(#[from] StoreError),
    /// Something that this service depends on cannot be used right now; the same request may work later.
    #[error(transparent)]
    Unavailable(#[from] Unavailable),
    /// Something that should not happen: a broken invariant.
    #[error("{0}")]
    Broken(#[source] Box<dyn std::error::Error + Send + Sync>),
}

impl<R> Failure<R> {
    /// Wraps an unexpected error.
    pub fn broken(error: impl Into<Box<dyn std::error::Error + Send + Sync>>) -> Self {
        Self::Broken(error.into())
    }

    /// Translates the refusal.
    pub fn map<S>(self, f: impl FnOnce(R) -> S) -> Failure<S> {
        match self {
            Self::Refused(refusal) => Failure::Refused(f(refusal)),
            Self::KeyReused => Failure::KeyReused,
            Self::Store(error) => Failure::Store(error),
            Self::Unavailable(what) => Failure::Unavailable(what),
            Self::Broken(error) => Failure::Broken(error),
        }
    }
}

impl<R: std::error::Error + Send + Sync + 'static> Failure<R> {
    /// For a caller that cannot be refused: a refusal is then a broken invariant.
    pub fn unexpected<S>(self) -> Failure<S> {
        match self {
            Self::Refused(refusal) => Failure::broken(refusal),
            Self::KeyReused => Failure::KeyReused,
            Self::Store(error) => Failure::Store(error),
            Self::Unavailable(what) => Failure::Unavailable(what),
            Self::Broken(error) => Failure::Broken(error),
        }
    }
}

/// A refusal stays a refusal however often a task is tried, so it ends the task; what may pass is tried again.
impl<R: std::fmt::Display> From<Failure<R>> for Stop {
    fn from(failure: Failure<R>) -> Self {
        match &failure {
            Failure::Refused(_) | Failure::KeyReused => Self::Fail(failure.to_string()),
            Failure::Unavailable(Unavailable { retry_after: Some(wait), .. }) => {
                Self::RetryAfter(*wait, failure.to_string())
            }
            Failure::Unavailable(_) | Failure::Store(_) | Failure::Broken(_) => Self::Retry(failure.to_string()),
        }
    }
}

/// A dependency that cannot be used right now.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("{what} cannot be used right now: {reason}")]
pub struct Unavailable {
    /// What users call it, like `the payment provider`.
    pub what: &'static str,
    /// Why, for the logs.
    pub reason: String,
    /// How long it asked to be left alone.
    pub retry_after: Option<Duration>,
}

impl Unavailable {
    /// A dependency that did not say when it will be back.
    pub fn new(what: &'static str, reason: impl Into<String>) -> Self {
        Self { what, reason: reason.into(), retry_after: None }
    }
}

impl<R> Lost for Failure<R> {
    fn lost_a_race(&self) -> bool {
        matches!(self, Self::Store(error) if error.lost_a_race())
    }
}

impl<R> From<MovementError> for Failure<R>
where
    R: TryFrom<ledger::Refusal, Error: Into<Box<dyn std::error::Error + Send + Sync>>>,
{
    #[allow(clippy::wildcard_enum_match_arm, reason = "passed on as it is")]
    fn from(error: MovementError) -> Self {
        match error {
            MovementError::Refused(refusal) => R::try_from(refusal).map_or_else(Self::broken, Self::Refused),
            MovementError::Store(error) => Self::Store(error),
            other => Self::broken(other),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::domain::ledger::Refusal;

    #[test]
    fn a_refusal_ends_a_task_and_what_may_pass_is_tried_again() {
        let stop = |failure: Failure<Refusal>| Stop::from(failure);
        assert_eq!(stop(Failure::Refused(Refusal::NotPositive)), Stop::Fail(Refusal::NotPositive.to_string()));
        assert!(matches!(stop(Failure::KeyReused), Stop::Fail(_)));
        assert!(matches!(stop(Failure::Store(StoreError::Serialization)), Stop::Retry(_)));
        assert!(matches!(stop(Failure::broken("a broken invariant")), Stop::Retry(_)));
        let mut away = Unavailable::new("the payment provider", "it answered 500");
        assert!(matches!(stop(away.clone().into()), Stop::Retry(why) if why.contains("it answered 500")));
        away.retry_after = Some(Duration::from_secs(30));
        assert!(matches!(stop(away.into()), Stop::RetryAfter(wait, _) if wait == Duration::from_secs(30)));
    }
}

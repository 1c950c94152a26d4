//! How a use case ends when it does not succeed: refused by name, or broken.

use crate::{
    domain::ledger,
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
    /// Something that should not happen: a broken invariant or a failed dependency.
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
            Self::Broken(error) => Failure::Broken(error),
        }
    }
}

impl<R: std::fmt::Display> From<Failure<R>> for crate::queue::Stop {
    fn from(failure: Failure<R>) -> Self {
        Self::Retry(failure.to_string())
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
    fn from(error: MovementError) -> Self {
        match error {
            MovementError::Refused(refusal) => R::try_from(refusal).map_or_else(Self::broken, Self::Refused),
            MovementError::Store(error) => Self::Store(error),
            other => Self::broken(other),
        }
    }
}

//! Why something that takes several calls and rows did not come to its end, though it may later.

use super::shop::{away, stop};
use crate::{
    clients::stripe::Trouble,
    flow::{Failure, Unavailable},
    queue::Stop,
    store::StoreError,
};

/// Why it did not.
#[derive(Debug, thiserror::Error)]
pub(super) enum CallError {
    /// Stripe brought nothing.
    #[error(transparent)]
    Trouble(#[from] Trouble),
    /// The store failed.
    #[error(transparent)]
    Store(#[from] StoreError),
}

impl From<CallError> for Unavailable {
    fn from(error: CallError) -> Self {
        match error {
            CallError::Trouble(trouble) => away(&trouble),
            CallError::Store(error) => Self::new("the database", error.to_string()),
        }
    }
}

impl<R> From<CallError> for Failure<R> {
    fn from(error: CallError) -> Self {
        match error {
            CallError::Trouble(trouble) => Self::Unavailable(away(&trouble)),
            CallError::Store(error) => Self::Store(error),
        }
    }
}

impl From<CallError> for Stop {
    fn from(error: CallError) -> Self {
        match error {
            CallError::Trouble(trouble) => stop(&trouble),
            CallError::Store(error) => error.into(),
        }
    }
}

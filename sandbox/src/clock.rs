//! The time that the sandbox lives in: the system's, or hands that a test moves. Milliseconds inside, because deliveries
//! are ordered by them; whole seconds outside, as everywhere at Stripe.

use std::{
    sync::{
        Arc,
        atomic::{AtomicI64, Ordering},
    },
    time::{Duration, SystemTime, UNIX_EPOCH},
};

/// A source of the current time. Clones of a manual clock share its hands.
#[derive(Clone, Debug, Default)]
pub enum Clock {
    /// The operating system's.
    #[default]
    System,
    /// Moves only when told to.
    Manual(Arc<AtomicI64>),
}

impl Clock {
    /// A clock that stands at this Unix time, in seconds, until it is moved.
    #[must_use]
    pub fn manual(start: i64) -> Self {
        Self::Manual(Arc::new(AtomicI64::new(start * 1000)))
    }

    /// Unix time in milliseconds.
    #[must_use]
    #[expect(clippy::disallowed_methods, reason = "the crate stands alone, and this is its only place with a clock")]
    pub fn millis(&self) -> i64 {
        match self {
            Self::System => {
                let since = SystemTime::now().duration_since(UNIX_EPOCH).unwrap_or_default();
                i64::try_from(since.as_millis()).unwrap_or(i64::MAX)
            }
            Self::Manual(hands) => hands.load(Ordering::SeqCst),
        }
    }

    /// Moves a manual clock on; the system's clock is left alone.
    pub fn advance(&self, span: Duration) {
        if let Self::Manual(hands) = self {
            hands.fetch_add(i64::try_from(span.as_millis()).unwrap_or(i64::MAX), Ordering::SeqCst);
        }
    }
}

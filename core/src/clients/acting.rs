//! The rule that nothing outside of this service is called while a transaction is open: an answer may take seconds,
//! and until then SQLite's only writer or PostgreSQL's locks would be held. `transact!` marks the task that holds one;
//! clients ask for an [`Acting`], which only `flow::outside` makes, and refuse to act under that mark.

use uuid::Uuid;

tokio::task_local! {
    static IN_TRANSACTION: ();
}

/// Runs the body of a transaction.
pub(crate) fn in_transaction<F: Future>(body: F) -> impl Future<Output = F::Output> {
    IN_TRANSACTION.scope((), body)
}

/// Leave to act outside, under an id that stays the same however often the same thing is tried: what the outside knows
/// a repeat by (`Message-ID`, an idempotency key).
#[derive(Debug)]
pub struct Acting(Uuid);

impl Acting {
    /// For `flow::outside` alone.
    pub(crate) fn new(id: Uuid) -> Self {
        Self(id)
    }

    /// The id.
    #[must_use]
    pub fn id(&self) -> Uuid {
        self.0
    }

    /// Every client calls this before it calls outside: in tests, doing so inside a transaction is a panic.
    pub(crate) fn no_transaction(&self) {
        no_transaction();
    }
}

/// The same for what only reads outside, and needs no leave to be done twice.
pub(crate) fn no_transaction() {
    debug_assert!(IN_TRANSACTION.try_with(|()| ()).is_err(), "something outside is called inside a transaction");
}

#[cfg(test)]
mod tests {
    use super::*;

    #[tokio::test]
    async fn the_outside_may_be_called_only_while_no_transaction_is_open() {
        let acting = Acting::new(Uuid::from_u128(7));
        assert_eq!(in_transaction(async { 1 }).await, 1);
        acting.no_transaction();
        let inside = tokio::spawn(in_transaction(async move { acting.no_transaction() })).await;
        assert!(inside.unwrap_err().is_panic());
    }
}

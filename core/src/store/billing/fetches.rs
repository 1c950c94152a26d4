//! The order in which fetches of an object at Stripe began. What was fetched is written only if no fetch that began
//! later was written before; the database counts, so hosts whose clocks differ agree, and two fetches of one moment have
//! an order too.

use crate::{
    domain::time::Timestamp,
    store::{StoreResult, Tx, execute, sql},
};

/// A fetch's place among those of its object.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct Turn(i64);

/// A fetch of this object begins: to be committed before anything is asked.
///
/// # Errors
/// The database's.
pub async fn begin(tx: &mut Tx, object: &str, at: Timestamp) -> StoreResult<Turn> {
    let turn = sql!(tx, c => sqlx::query_scalar(
        "INSERT INTO stripe_fetches (object, begun, begun_at) VALUES ($1, 1, $2) \
         ON CONFLICT (object) DO UPDATE SET begun = stripe_fetches.begun + 1, begun_at = excluded.begun_at \
         RETURNING begun").bind(object).bind(at).fetch_one(c).await)?;
    Ok(Turn(turn))
}

/// Whether what this fetch brought may be written, under the lock of the object's row, which lasts until the transaction
/// ends: false if a later one was written.
///
/// # Errors
/// The database's.
pub async fn admit(tx: &mut Tx, object: &str, turn: Turn) -> StoreResult<bool> {
    let text = "UPDATE stripe_fetches SET written = $2 WHERE object = $1 AND written < $2";
    Ok(execute!(tx, text, object, turn.0)? == 1)
}

/// Forgets objects of which no fetch began since a moment: none is still on its way.
///
/// # Errors
/// The database's.
pub async fn forget(tx: &mut Tx, before: Timestamp) -> StoreResult<u64> {
    execute!(
        tx,
        "DELETE FROM stripe_fetches WHERE object IN (SELECT object FROM stripe_fetches WHERE begun_at < $1 LIMIT 1000)",
        before
    )
}

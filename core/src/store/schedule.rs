//! The schedule of upkeep: when each recurring piece of work is next due. One process at a time enqueues what is due.

use std::time::Duration;

use super::{StoreResult, Tx, execute};
use crate::domain::time::Timestamp;

/// Takes a piece of work that is due and sets when it is due next, `every` from now. False if it is not due. A piece
/// that was never seen before is due now.
///
/// # Errors
/// The database's.
pub async fn take(tx: &mut Tx, name: &str, every: Duration, now: Timestamp) -> StoreResult<bool> {
    let taken = execute!(
        tx,
        "INSERT INTO schedule (name, next_at, last_at) VALUES ($1, $2, $3) ON CONFLICT (name) DO UPDATE \
         SET next_at = excluded.next_at, last_at = excluded.last_at WHERE schedule.next_at <= $3",
        name,
        now + every,
        now
    )?;
    Ok(taken == 1)
}

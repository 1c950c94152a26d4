//! The schedule of upkeep: when each recurring piece of work is next due. One process at a time enqueues what is due.

use std::time::Duration;

use super::{Sql, StoreResult, Tx, execute, sql};
use crate::domain::time::Timestamp;

/// Takes a piece of work that is due and sets when it is due next, `every` from now. False if it is not due. A piece
/// that was never seen before is due now, and so is one that was last begun in the future: the clock was set back.
///
/// # Errors
/// The database's.
pub async fn take(tx: &mut Tx, name: &str, every: Duration, now: Timestamp) -> StoreResult<bool> {
    let taken = execute!(
        tx,
        "INSERT INTO schedule (name, next_at, last_at) VALUES ($1, $2, $3) ON CONFLICT (name) DO UPDATE \
         SET next_at = excluded.next_at, last_at = excluded.last_at \
         WHERE schedule.next_at <= $3 OR schedule.last_at > $3",
        name,
        now + every,
        now
    )?;
    Ok(taken == 1)
}

/// Whether a piece of work can be taken, as [`take`] has it.
///
/// # Errors
/// The database's.
pub async fn is_due(on: &mut impl Sql, name: &str, now: Timestamp) -> StoreResult<bool> {
    let text = "SELECT count(*) FROM schedule WHERE name = $1 AND next_at > $2 AND last_at <= $2";
    let waiting: i64 = sql!(on, c => sqlx::query_scalar(text).bind(name).bind(now).fetch_one(c).await)?;
    Ok(waiting == 0)
}

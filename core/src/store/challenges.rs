//! Proof-of-work challenges that were used. A challenge itself is stateless; only its one use is noted.

use super::{StoreResult, Tx, execute};
use crate::domain::time::Timestamp;

/// Uses a challenge; false if it was used before.
///
/// # Errors
/// The database's.
pub async fn use_once(tx: &mut Tx, id: &[u8; 16], expires: Timestamp) -> StoreResult<bool> {
    let text = "INSERT INTO used_challenges (id, expires_at) VALUES ($1, $2) ON CONFLICT DO NOTHING";
    Ok(execute!(tx, text, id.as_slice(), expires.micros())? == 1)
}

/// Forgets challenges that would not count any more anyway; answers how many.
///
/// # Errors
/// The database's.
pub async fn forget_expired(tx: &mut Tx, now: Timestamp) -> StoreResult<u64> {
    execute!(tx, "DELETE FROM used_challenges WHERE expires_at <= $1", now.micros())
}

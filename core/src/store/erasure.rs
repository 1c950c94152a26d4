//! Removes what identifies a person from every table but `users`, when an account is deleted. Ledger, public results
//! and counts stay.

use uuid::Uuid;

use super::{StoreResult, Tx, execute};
use crate::domain::time::Timestamp;

/// Statements that take the user's id alone.
const BY_USER: &[&str] = &[
    "DELETE FROM sessions WHERE user_id = $1",
    "DELETE FROM access_tokens WHERE user_id = $1",
    "DELETE FROM mail_links WHERE user_id = $1",
    "DELETE FROM mail_choices WHERE user_id = $1",
    "DELETE FROM notices WHERE user_id = $1",
    "DELETE FROM webhook_deliveries WHERE endpoint_id IN (SELECT id FROM webhook_endpoints WHERE user_id = $1)",
    "DELETE FROM webhook_endpoints WHERE user_id = $1",
    "DELETE FROM pull_commitments WHERE user_id = $1",
    "UPDATE pulls SET share_id = NULL, recipient = '', receipt = '{}' WHERE user_id = $1",
    "UPDATE heists SET ip = NULL, user_agent = NULL WHERE attacker_id = $1 AND ip IS NOT NULL",
    "UPDATE audit SET ip = NULL, user_agent = NULL WHERE actor = $1 OR subject = $1",
];

/// Key files that are still there, erased as of now.
const KEY_FILES: &[&str] = &[
    "UPDATE pulls SET key_file = NULL, key_expires_at = NULL, erased_at = $2 WHERE user_id = $1 AND key_file IS NOT NULL",
    "UPDATE jobs SET key_file = NULL, erased_at = $2 WHERE user_id = $1 AND key_file IS NOT NULL",
];

/// Erases the traces of a user.
///
/// # Errors
/// The database's.
pub async fn erase(tx: &mut Tx, user: Uuid, at: Timestamp) -> StoreResult<()> {
    for statement in BY_USER {
        execute!(tx, *statement, user)?;
    }
    for statement in KEY_FILES {
        execute!(tx, *statement, user, at.micros())?;
    }
    // Answers that are kept for idempotency keys may name anything.
    execute!(tx, "DELETE FROM idempotency_keys WHERE scope = $1", user.to_string())?;
    Ok(())
}

/// Erases whom the jobs of a user were sealed to, once none of them is searched any more.
///
/// # Errors
/// The database's.
pub async fn erase_jobs(tx: &mut Tx, user: Uuid) -> StoreResult<()> {
    execute!(tx, "UPDATE jobs SET recipient = '' WHERE user_id = $1 AND recipient <> ''", user)?;
    Ok(())
}

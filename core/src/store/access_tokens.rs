//! Access tokens of the API that were given out. The row of a token's `jti` decides whether it still counts.

use uuid::Uuid;

use super::{Sql, StoreResult, Tx, execute, owned::column, sql};
use crate::domain::{owner::Owner, time::Timestamp};

/// Notes a token that speaks for its owner.
///
/// # Errors
/// The database's.
pub async fn insert(tx: &mut Tx, id: Uuid, owner: Owner, at: Timestamp, expires: Timestamp) -> StoreResult<()> {
    execute!(
        tx,
        "INSERT INTO access_tokens (id, user_id, community_id, created_at, expires_at) VALUES ($1, $2, $3, $4, $5)",
        id,
        owner.user(),
        owner.community(),
        at.micros(),
        expires.micros()
    )?;
    Ok(())
}

/// True if this token of this owner was given out, is not revoked, and has not ended by `now`.
///
/// # Errors
/// The database's.
pub async fn is_valid(on: &mut impl Sql, id: Uuid, owner: Owner, now: Timestamp) -> StoreResult<bool> {
    let text = format!(
        "SELECT created_at FROM access_tokens \
         WHERE id = $1 AND {} = $2 AND revoked_at IS NULL AND expires_at > $3",
        column(owner)
    );
    let found: Option<i64> = sql!(on, c => sqlx::query_scalar(sqlx::AssertSqlSafe(text.as_str()))
        .bind(id).bind(owner.id()).bind(now.micros()).fetch_optional(c).await)?;
    Ok(found.is_some())
}

/// Revokes a token; tells whether it counted until now.
///
/// # Errors
/// The database's.
pub async fn revoke(tx: &mut Tx, id: Uuid, at: Timestamp) -> StoreResult<bool> {
    let text = "UPDATE access_tokens SET revoked_at = $1 WHERE id = $2 AND revoked_at IS NULL";
    Ok(execute!(tx, text, at.micros(), id)? == 1)
}

/// Revokes all tokens of an owner; answers how many.
///
/// # Errors
/// The database's.
pub async fn revoke_all_of(tx: &mut Tx, owner: Owner, at: Timestamp) -> StoreResult<u64> {
    let text = format!("UPDATE access_tokens SET revoked_at = $1 WHERE {} = $2 AND revoked_at IS NULL", column(owner));
    execute!(tx, sqlx::AssertSqlSafe(text.as_str()), at.micros(), owner.id())
}

/// Forgets tokens that have ended; answers how many.
///
/// # Errors
/// The database's.
pub async fn forget_expired(tx: &mut Tx, now: Timestamp) -> StoreResult<u64> {
    execute!(tx, "DELETE FROM access_tokens WHERE expires_at <= $1", now.micros())
}

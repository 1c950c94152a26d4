//! Heist Tokens by age. They are spent oldest first, so what was earned since a moment is what is left at most.

use uuid::Uuid;

use super::{Sql, StoreResult, sql};
use crate::domain::time::Timestamp;

/// Users with more Heist Tokens than they earned since a moment.
///
/// # Errors
/// The database's.
pub async fn expired(on: &mut impl Sql, since: Timestamp, limit: i64) -> StoreResult<Vec<Uuid>> {
    sql!(on, c => sqlx::query_scalar(
        "SELECT a.owner FROM ledger_accounts a WHERE a.asset = 'heist_token' AND a.balance > 0 AND a.balance > \
         COALESCE((SELECT SUM(t.amount) FROM transfers t WHERE t.credit_account = a.id AND t.created_at >= $1), 0) \
         ORDER BY a.owner LIMIT $2").bind(since.micros()).bind(limit).fetch_all(c).await)
}

/// How many of a user's Heist Tokens were earned before a moment.
///
/// # Errors
/// The database's.
pub async fn expired_of(on: &mut impl Sql, user: Uuid, since: Timestamp) -> StoreResult<i64> {
    let found: Option<i64> = sql!(on, c => sqlx::query_scalar(
        "SELECT CAST(a.balance - COALESCE((SELECT SUM(t.amount) FROM transfers t WHERE t.credit_account = a.id \
         AND t.created_at >= $2), 0) AS BIGINT) FROM ledger_accounts a WHERE a.owner = $1 AND a.asset = 'heist_token'")
        .bind(user).bind(since.micros()).fetch_optional(c).await)?;
    Ok(found.unwrap_or(0).max(0))
}

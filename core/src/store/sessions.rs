//! Browser sessions. The cookie's secret is stored as a hash only.

use uuid::Uuid;

use super::{Sql, StoreResult, Tx, execute, row, sql};
use crate::domain::time::Timestamp;

/// A session as stored.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Session {
    /// Whose it is.
    pub user_id: Uuid,
    /// Hash of the cookie's secret.
    pub token_hash: [u8; 32],
    /// What the browser called itself.
    pub user_agent: Option<String>,
    /// When it began.
    pub created_at: Timestamp,
    /// When it was last used, to the hour.
    pub last_seen_at: Timestamp,
    /// When it ends unless it is used.
    pub expires_at: Timestamp,
}

row! { Session from sessions: user_id, token_hash, user_agent, created_at, last_seen_at, expires_at }

/// Begins a session.
///
/// # Errors
/// The database's.
pub async fn insert(
    tx: &mut Tx,
    token_hash: &[u8; 32],
    user: Uuid,
    user_agent: Option<&str>,
    at: Timestamp,
    expires: Timestamp,
) -> StoreResult<()> {
    execute!(
        tx,
        "INSERT INTO sessions (token_hash, user_id, user_agent, created_at, last_seen_at, expires_at) \
         VALUES ($1, $2, $3, $4, $4, $5)",
        token_hash.as_slice(),
        user,
        user_agent,
        at.micros(),
        expires.micros()
    )?;
    Ok(())
}

/// The session of that hash, unless it has ended by `now`.
///
/// # Errors
/// The database's.
pub async fn find(on: &mut impl Sql, token_hash: &[u8; 32], now: Timestamp) -> StoreResult<Option<Session>> {
    let text = format!("SELECT {} FROM sessions WHERE token_hash = $1 AND expires_at > $2", Session::COLUMNS);
    sql!(on, c => sqlx::query_as(sqlx::AssertSqlSafe(text.as_str()))
        .bind(token_hash.as_slice()).bind(now).fetch_optional(c).await)
}

/// Notes that a session is in use and moves its end.
///
/// # Errors
/// The database's.
pub async fn touch(tx: &mut Tx, token_hash: &[u8; 32], now: Timestamp, expires: Timestamp) -> StoreResult<()> {
    execute!(
        tx,
        "UPDATE sessions SET last_seen_at = $1, expires_at = $2 WHERE token_hash = $3",
        now.micros(),
        expires.micros(),
        token_hash.as_slice()
    )?;
    Ok(())
}

/// Ends a session; tells whether there was one.
///
/// # Errors
/// The database's.
pub async fn delete(tx: &mut Tx, token_hash: &[u8; 32]) -> StoreResult<bool> {
    Ok(execute!(tx, "DELETE FROM sessions WHERE token_hash = $1", token_hash.as_slice())? == 1)
}

/// Ends all sessions of a user; answers how many.
///
/// # Errors
/// The database's.
pub async fn delete_all_of(tx: &mut Tx, user: Uuid) -> StoreResult<u64> {
    execute!(tx, "DELETE FROM sessions WHERE user_id = $1", user)
}

/// The user's sessions, the latest used first.
///
/// # Errors
/// The database's.
pub async fn of(on: &mut impl Sql, user: Uuid, now: Timestamp) -> StoreResult<Vec<Session>> {
    let text = format!(
        "SELECT {} FROM sessions WHERE user_id = $1 AND expires_at > $2 ORDER BY last_seen_at DESC, created_at DESC",
        Session::COLUMNS
    );
    sql!(on, c => sqlx::query_as(sqlx::AssertSqlSafe(text.as_str())).bind(user).bind(now).fetch_all(c).await)
}

/// Forgets sessions that have ended; answers how many.
///
/// # Errors
/// The database's.
pub async fn forget_expired(tx: &mut Tx, now: Timestamp) -> StoreResult<u64> {
    execute!(tx, "DELETE FROM sessions WHERE expires_at <= $1", now.micros())
}

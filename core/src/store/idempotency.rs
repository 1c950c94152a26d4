//! Answers given under an `Idempotency-Key`. The row is claimed first in the transaction of the effect, so a twin
//! in flight waits on it (on the unique index in PostgreSQL, on the write lock in SQLite) and then reads the answer.

use super::{StoreError, StoreResult, Tx, execute, sql};
use crate::domain::time::Timestamp;

/// A key as a client sent it, and the content it stands for.
#[derive(Clone, Debug)]
pub struct Key {
    /// Whose key: the user's id.
    pub scope: String,
    /// Which endpoint: method and route.
    pub endpoint: &'static str,
    /// The client's text.
    pub key: String,
    /// BLAKE3 of the request's content.
    pub content_hash: [u8; 32],
}

/// What a claim met.
#[derive(Debug, PartialEq, Eq)]
pub enum Claim {
    /// Nobody used the key: do the work and [`answer`].
    Fresh,
    /// The same request was answered before, with this JSON.
    Answered(String),
    /// The key was used for another content.
    OtherContent,
}

/// Claims the key until `expires`.
///
/// # Errors
/// The database's.
pub async fn claim(tx: &mut Tx, key: &Key, now: Timestamp, expires: Timestamp) -> StoreResult<Claim> {
    execute!(
        tx,
        "DELETE FROM idempotency_keys WHERE scope = $1 AND endpoint = $2 AND key = $3 AND expires_at <= $4",
        &key.scope,
        key.endpoint,
        &key.key,
        now.micros()
    )?;
    let inserted = execute!(
        tx,
        "INSERT INTO idempotency_keys (scope, endpoint, key, content_hash, created_at, expires_at) \
         VALUES ($1, $2, $3, $4, $5, $6) ON CONFLICT DO NOTHING",
        &key.scope,
        key.endpoint,
        &key.key,
        key.content_hash.as_slice(),
        now.micros(),
        expires.micros()
    )?;
    if inserted == 1 {
        return Ok(Claim::Fresh);
    }
    let row: Option<(Vec<u8>, Option<String>)> = sql!(tx, c => sqlx::query_as(
        "SELECT content_hash, answer FROM idempotency_keys WHERE scope = $1 AND endpoint = $2 AND key = $3")
        .bind(&key.scope).bind(key.endpoint).bind(&key.key).fetch_optional(c).await)?;
    match row {
        Some((hash, _)) if hash != key.content_hash => Ok(Claim::OtherContent),
        Some((_, Some(answer))) => Ok(Claim::Answered(answer)),
        _ => Err(StoreError::Serialization),
    }
}

/// Keeps the answer beside the claim.
///
/// # Errors
/// The database's.
pub async fn answer(tx: &mut Tx, key: &Key, answer: &str) -> StoreResult<()> {
    execute!(
        tx,
        "UPDATE idempotency_keys SET answer = $1 WHERE scope = $2 AND endpoint = $3 AND key = $4",
        answer,
        &key.scope,
        key.endpoint,
        &key.key
    )?;
    Ok(())
}

/// Forgets keys whose time is over; answers how many.
///
/// # Errors
/// The database's.
pub async fn forget_expired(tx: &mut Tx, now: Timestamp) -> StoreResult<u64> {
    execute!(tx, "DELETE FROM idempotency_keys WHERE expires_at <= $1", now.micros())
}

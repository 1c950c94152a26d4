//! Answers given under an `Idempotency-Key`. The row is claimed first in the transaction of the effect, so a twin
//! in flight waits on it (on the unique index in PostgreSQL, on the write lock in SQLite) and then reads the answer.
//! Where an effect outside stands between, the claim commits by itself ([`begin`]), with a lease by the database's
//! clock and what is about to be done.

use std::time::Duration;

use uuid::Uuid;

use super::{StoreError, StoreResult, Tx, dialect, execute, sql};
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
        "UPDATE idempotency_keys SET answer = $1, plan = NULL, lease_until = NULL \
         WHERE scope = $2 AND endpoint = $3 AND key = $4",
        answer,
        &key.scope,
        key.endpoint,
        &key.key
    )?;
    Ok(())
}

/// Names one claim of a key that commits by itself.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Fence {
    /// What the outside knows the request by, the same for whoever takes over.
    pub id: Uuid,
    /// How often the key was claimed.
    pub attempt: i64,
}

/// What a claim met that commits by itself.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Begun {
    /// Nobody used the key: [`plan`] what is about to be done, in this transaction.
    Fresh(Fence),
    /// Whoever claimed it first is gone; this is what they were about to do.
    Resumed(Fence, String),
    /// Somebody is doing it.
    Busy,
    /// The same request was answered before, with this JSON.
    Answered(String),
    /// The key was used for another content.
    OtherContent,
}

/// Claims the key for the length of a lease; it is kept until `expires`.
///
/// # Errors
/// The database's.
pub async fn begin(
    tx: &mut Tx,
    key: &Key,
    (at, expires): (Timestamp, Timestamp),
    lease: Duration,
) -> StoreResult<Begun> {
    let first = Fence { id: Uuid::now_v7(), attempt: 1 };
    match claim(tx, key, at, expires).await {
        Ok(Claim::Fresh) => {}
        Ok(Claim::Answered(answer)) => return Ok(Begun::Answered(answer)),
        Ok(Claim::OtherContent) => return Ok(Begun::OtherContent),
        // There is a claim without an answer.
        Err(StoreError::Serialization) => return take_over(tx, key, lease).await,
        Err(error) => return Err(error),
    }
    let text = format!(
        "UPDATE idempotency_keys SET act_id = $4, attempt = $5, lease_until = {} + $6 \
         WHERE scope = $1 AND endpoint = $2 AND key = $3",
        dialect::clock(tx)
    );
    let text = sqlx::AssertSqlSafe(text.as_str());
    execute!(tx, text, &key.scope, key.endpoint, &key.key, first.id, first.attempt, micros(lease))?;
    Ok(Begun::Fresh(first))
}

async fn take_over(tx: &mut Tx, key: &Key, lease: Duration) -> StoreResult<Begun> {
    let now = dialect::clock(tx);
    let text = format!(
        "UPDATE idempotency_keys SET attempt = attempt + 1, lease_until = {now} + $4 \
         WHERE scope = $1 AND endpoint = $2 AND key = $3 AND answer IS NULL AND lease_until <= {now} \
         RETURNING act_id, attempt, plan"
    );
    let taken: Option<(Uuid, i64, String)> = sql!(tx, c => sqlx::query_as(sqlx::AssertSqlSafe(text.as_str()))
        .bind(&key.scope).bind(key.endpoint).bind(&key.key).bind(micros(lease)).fetch_optional(c).await)?;
    Ok(taken.map_or(Begun::Busy, |(id, attempt, plan)| Begun::Resumed(Fence { id, attempt }, plan)))
}

/// Keeps beside a fresh claim what is about to be done.
///
/// # Errors
/// The database's.
pub async fn plan(tx: &mut Tx, key: &Key, plan: &str) -> StoreResult<()> {
    execute!(
        tx,
        "UPDATE idempotency_keys SET plan = $1 WHERE scope = $2 AND endpoint = $3 AND key = $4",
        plan,
        &key.scope,
        key.endpoint,
        &key.key
    )?;
    Ok(())
}

/// Whether a claim still holds, which it then does until the transaction ends.
///
/// # Errors
/// The database's.
pub async fn still_held(tx: &mut Tx, key: &Key, fence: Fence) -> StoreResult<bool> {
    let text = format!(
        "SELECT attempt FROM idempotency_keys WHERE scope = $1 AND endpoint = $2 AND key = $3 AND act_id = $4 AND attempt = $5 \
         AND answer IS NULL{}",
        dialect::lock_rows(tx)
    );
    let held: Option<i64> = sql!(tx, c => sqlx::query_scalar(sqlx::AssertSqlSafe(text.as_str()))
        .bind(&key.scope).bind(key.endpoint).bind(&key.key).bind(fence.id).bind(fence.attempt)
        .fetch_optional(c).await)?;
    Ok(held.is_some())
}

/// Lets a repeat take over at once.
///
/// # Errors
/// The database's.
pub async fn release(tx: &mut Tx, key: &Key, fence: Fence) -> StoreResult<()> {
    execute!(
        tx,
        "UPDATE idempotency_keys SET lease_until = 0 WHERE scope = $1 AND endpoint = $2 AND key = $3 AND act_id = $4 \
         AND attempt = $5 AND answer IS NULL",
        &key.scope,
        key.endpoint,
        &key.key,
        fence.id,
        fence.attempt
    )?;
    Ok(())
}

fn micros(span: Duration) -> i64 {
    i64::try_from(span.as_micros()).unwrap_or(i64::MAX)
}

/// Forgets keys whose time is over; answers how many.
///
/// # Errors
/// The database's.
pub async fn forget_expired(tx: &mut Tx, now: Timestamp) -> StoreResult<u64> {
    execute!(tx, "DELETE FROM idempotency_keys WHERE expires_at <= $1", now.micros())
}

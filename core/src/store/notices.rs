//! Notices to users. They keep ids and numbers; names are looked up when they are read.

use uuid::Uuid;

use super::{Sql, StoreResult, Tx, execute, sql};
use crate::domain::time::Timestamp;

/// A notice as stored.
#[derive(Clone, Debug, sqlx::FromRow)]
pub struct Notice {
    /// Its id.
    pub id: Uuid,
    /// Who it is for.
    pub user_id: Uuid,
    /// What kind, in capitals, like `JOB_COMPLETED`.
    pub kind: String,
    /// The job, pull ... it is about.
    pub subject: Option<Uuid>,
    /// Particulars as JSON.
    pub metadata: String,
    /// When it was made.
    pub created_at: i64,
    /// When it was read.
    pub read_at: Option<i64>,
    /// When the letter about it went out.
    pub email_sent_at: Option<i64>,
}

/// Stores a notice and answers its id.
///
/// # Errors
/// The database's.
pub async fn add(
    tx: &mut Tx,
    user: Uuid,
    kind: &str,
    subject: Option<Uuid>,
    metadata: &serde_json::Value,
    at: Timestamp,
) -> StoreResult<Uuid> {
    let id = Uuid::now_v7();
    execute!(
        tx,
        "INSERT INTO notices (id, user_id, kind, subject, metadata, created_at) VALUES ($1, $2, $3, $4, $5, $6)",
        id,
        user,
        kind,
        subject,
        metadata.to_string(),
        at.micros()
    )?;
    Ok(id)
}

/// A page of the user's notices, newest first, how many there are in all, and how many are unread.
///
/// # Errors
/// The database's.
pub async fn list(
    on: &mut impl Sql,
    user: Uuid,
    (unread_only, kind): (bool, Option<&str>),
    limit: i64,
    offset: i64,
) -> StoreResult<(Vec<Notice>, i64, i64)> {
    let total = sql!(on, c => sqlx::query_scalar(
        "SELECT COUNT(*) FROM notices WHERE user_id = $1 AND (NOT $2 OR read_at IS NULL) AND ($3 IS NULL OR kind = $3)")
        .bind(user).bind(unread_only).bind(kind).fetch_one(c).await)?;
    let page = sql!(on, c => sqlx::query_as(
        "SELECT id, user_id, kind, subject, metadata, created_at, read_at, email_sent_at FROM notices \
         WHERE user_id = $1 AND (NOT $2 OR read_at IS NULL) AND ($3 IS NULL OR kind = $3) \
         ORDER BY created_at DESC, id DESC LIMIT $4 OFFSET $5")
        .bind(user).bind(unread_only).bind(kind).bind(limit).bind(offset).fetch_all(c).await)?;
    Ok((page, total, unread(on, user).await?))
}

/// How many notices the user has not read.
///
/// # Errors
/// The database's.
pub async fn unread(on: &mut impl Sql, user: Uuid) -> StoreResult<i64> {
    sql!(on, c => sqlx::query_scalar("SELECT COUNT(*) FROM notices WHERE user_id = $1 AND read_at IS NULL")
        .bind(user).fetch_one(c).await)
}

/// Marks one of the user's notices as read, or all of them; answers how many became read.
///
/// # Errors
/// The database's.
pub async fn mark_read(tx: &mut Tx, user: Uuid, one: Option<Uuid>, at: Timestamp) -> StoreResult<u64> {
    execute!(
        tx,
        "UPDATE notices SET read_at = $1 WHERE user_id = $2 AND read_at IS NULL AND ($3 IS NULL OR id = $3)",
        at.micros(),
        user,
        one
    )
}

/// Notes that the letter about a notice went out.
///
/// # Errors
/// The database's.
pub async fn email_sent(tx: &mut Tx, id: Uuid, at: Timestamp) -> StoreResult<()> {
    execute!(tx, "UPDATE notices SET email_sent_at = COALESCE(email_sent_at, $1) WHERE id = $2", at.micros(), id)?;
    Ok(())
}

//! Notices to users. They keep ids and numbers; names are looked up when they are read.

use uuid::Uuid;

use super::{Sql, StoreResult, Tx, bulk::insert_many, execute, sql};
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

/// A notice to be stored.
#[derive(Clone, Debug)]
pub struct NewNotice {
    /// Its id.
    pub id: Uuid,
    /// Who it is for.
    pub user_id: Uuid,
    /// What kind.
    pub kind: &'static str,
    /// What it is about.
    pub subject: Option<Uuid>,
    /// Particulars.
    pub metadata: serde_json::Value,
}

/// Stores notices.
///
/// # Errors
/// The database's.
pub async fn add_all(tx: &mut Tx, new: &[NewNotice], at: Timestamp) -> StoreResult<()> {
    insert_many!(
        tx,
        "INSERT INTO notices (id, user_id, kind, subject, metadata, created_at)",
        6,
        "",
        new,
        |query, row| query
            .bind(row.id)
            .bind(row.user_id)
            .bind(row.kind)
            .bind(row.subject)
            .bind(row.metadata.to_string())
            .bind(at.micros())
    );
    Ok(())
}

/// A page of the user's notices, newest first, how many there are in all, and how many are unread.
///
/// # Errors
/// The database's.
pub async fn list(
    on: &mut impl Sql,
    user: Uuid,
    chosen: (bool, Option<&str>),
    limit: i64,
    offset: i64,
) -> StoreResult<(Vec<Notice>, i64, i64)> {
    list_among(on, user, &[], chosen, limit, offset).await
}

/// Like [`list`], among these kinds alone; the unread ones are counted among them.
///
/// # Errors
/// The database's.
pub async fn list_among(
    on: &mut impl Sql,
    user: Uuid,
    kinds: &[&'static str],
    (unread_only, kind): (bool, Option<&str>),
    limit: i64,
    offset: i64,
) -> StoreResult<(Vec<Notice>, i64, i64)> {
    let of = among(kinds);
    let chosen = "user_id = $1 AND (NOT $2 OR read_at IS NULL) AND ($3 IS NULL OR kind = $3)";
    let text = format!("SELECT COUNT(*) FROM notices WHERE {chosen}{of}");
    let total = sql!(on, c => sqlx::query_scalar(sqlx::AssertSqlSafe(text.as_str()))
        .bind(user).bind(unread_only).bind(kind).fetch_one(c).await)?;
    let text = format!(
        "SELECT {COLUMNS} FROM notices WHERE {chosen}{of} ORDER BY created_at DESC, id DESC LIMIT $4 OFFSET $5"
    );
    let page = sql!(on, c => sqlx::query_as(sqlx::AssertSqlSafe(text.as_str()))
        .bind(user).bind(unread_only).bind(kind).bind(limit).bind(offset).fetch_all(c).await)?;
    let text = format!("SELECT COUNT(*) FROM notices WHERE user_id = $1 AND read_at IS NULL{of}");
    let unread = sql!(on, c => sqlx::query_scalar(sqlx::AssertSqlSafe(text.as_str())).bind(user).fetch_one(c).await)?;
    Ok((page, total, unread))
}

const COLUMNS: &str = "id, user_id, kind, subject, metadata, created_at, read_at, email_sent_at";

/// A clause for some kinds, which are the program's own words; none for all.
fn among(kinds: &[&'static str]) -> String {
    if kinds.is_empty() { String::new() } else { format!(" AND kind IN ('{}')", kinds.join("', '")) }
}

/// A notice, whoever it is for.
///
/// # Errors
/// The database's.
pub async fn find(on: &mut impl Sql, id: Uuid) -> StoreResult<Option<Notice>> {
    let text = format!("SELECT {COLUMNS} FROM notices WHERE id = $1");
    sql!(on, c => sqlx::query_as(sqlx::AssertSqlSafe(text.as_str())).bind(id).fetch_optional(c).await)
}

/// How many notices the user has not read.
///
/// # Errors
/// The database's.
pub async fn unread(on: &mut impl Sql, user: Uuid) -> StoreResult<i64> {
    sql!(on, c => sqlx::query_scalar("SELECT COUNT(*) FROM notices WHERE user_id = $1 AND read_at IS NULL")
        .bind(user).fetch_one(c).await)
}

/// Marks one of the user's notices as read, or all of them, among these kinds (of every kind if none is named); answers
/// how many became read.
///
/// # Errors
/// The database's.
pub async fn mark_read(
    tx: &mut Tx,
    user: Uuid,
    one: Option<Uuid>,
    kinds: &[&'static str],
    at: Timestamp,
) -> StoreResult<u64> {
    let text = format!(
        "UPDATE notices SET read_at = $1 WHERE user_id = $2 AND read_at IS NULL AND ($3 IS NULL OR id = $3){}",
        among(kinds)
    );
    execute!(tx, sqlx::AssertSqlSafe(text.as_str()), at.micros(), user, one)
}

/// Notes that the letter about a notice went out.
///
/// # Errors
/// The database's.
pub async fn email_sent(tx: &mut Tx, id: Uuid, at: Timestamp) -> StoreResult<()> {
    execute!(tx, "UPDATE notices SET email_sent_at = COALESCE(email_sent_at, $1) WHERE id = $2", at.micros(), id)?;
    Ok(())
}

//! Links in letters: one use each. The secret in the link is derived from its id when the letter is written, so only
//! its hash is stored.

use uuid::Uuid;

use super::{Sql, StoreResult, Tx, execute, row, sql};
pub use crate::domain::account::Purpose;
use crate::domain::time::Timestamp;

/// A link as stored.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct MailLink {
    /// Its id.
    pub id: Uuid,
    /// Whose account it is about.
    pub user_id: Uuid,
    /// What it is for.
    pub purpose: Purpose,
    /// The address that it was sent to, and so proves.
    pub email: String,
    /// For a change: the confirmed address that the account had when the link was sent.
    pub previous_email: Option<String>,
    /// When it ends.
    pub expires_at: Timestamp,
    /// When it was used.
    pub used_at: Option<Timestamp>,
    /// Hash of the secret in the link.
    pub token_hash: Vec<u8>,
}

row! { MailLink from mail_links: id, user_id, purpose, email, previous_email, expires_at, used_at, token_hash }

/// A link about to be sent.
#[derive(Clone, Debug)]
pub struct NewLink<'a> {
    /// Its id.
    pub id: Uuid,
    /// Hash of the secret in the link.
    pub token_hash: [u8; 32],
    /// Whose account it is about.
    pub user: Uuid,
    /// What it is for.
    pub purpose: Purpose,
    /// Where it is sent.
    pub email: &'a str,
    /// For a change: the confirmed address that the account has, to be told.
    pub previous_email: Option<&'a str>,
    /// Now.
    pub at: Timestamp,
    /// When it ends.
    pub expires: Timestamp,
}

/// Notes a link.
///
/// # Errors
/// The database's.
pub async fn insert(tx: &mut Tx, new: &NewLink<'_>) -> StoreResult<()> {
    execute!(
        tx,
        "INSERT INTO mail_links (id, token_hash, user_id, purpose, email, previous_email, created_at, expires_at) \
         VALUES ($1, $2, $3, $4, $5, $6, $7, $8)",
        new.id,
        new.token_hash.as_slice(),
        new.user,
        new.purpose,
        new.email,
        new.previous_email,
        new.at,
        new.expires
    )?;
    Ok(())
}

/// The link of that id.
///
/// # Errors
/// The database's.
pub async fn find(on: &mut impl Sql, id: Uuid) -> StoreResult<Option<MailLink>> {
    let text = format!("SELECT {} FROM mail_links WHERE id = $1", MailLink::COLUMNS);
    sql!(on, c => sqlx::query_as(sqlx::AssertSqlSafe(text.as_str())).bind(id).fetch_optional(c).await)
}

/// The link whose secret has that hash.
///
/// # Errors
/// The database's.
pub async fn by_hash(on: &mut impl Sql, token_hash: &[u8; 32]) -> StoreResult<Option<MailLink>> {
    let text = format!("SELECT {} FROM mail_links WHERE token_hash = $1", MailLink::COLUMNS);
    sql!(on, c => sqlx::query_as(sqlx::AssertSqlSafe(text.as_str()))
        .bind(token_hash.as_slice()).fetch_optional(c).await)
}

/// Links for that purpose that a user was sent since a time.
///
/// # Errors
/// The database's.
pub async fn sent_since(on: &mut impl Sql, user: Uuid, purpose: Purpose, since: Timestamp) -> StoreResult<i64> {
    sql!(on, c => sqlx::query_scalar(
        "SELECT COUNT(*) FROM mail_links WHERE user_id = $1 AND purpose = $2 AND created_at > $3")
        .bind(user).bind(purpose).bind(since).fetch_one(c).await)
}

/// Uses a link up; false if somebody was first.
///
/// # Errors
/// The database's.
pub async fn use_up(tx: &mut Tx, id: Uuid, at: Timestamp) -> StoreResult<bool> {
    Ok(execute!(tx, "UPDATE mail_links SET used_at = $1 WHERE id = $2 AND used_at IS NULL", at, id)? == 1)
}

/// Uses up every link of a user for that purpose.
///
/// # Errors
/// The database's.
pub async fn use_up_all(tx: &mut Tx, user: Uuid, purpose: Purpose, at: Timestamp) -> StoreResult<()> {
    execute!(
        tx,
        "UPDATE mail_links SET used_at = $1 WHERE user_id = $2 AND purpose = $3 AND used_at IS NULL",
        at,
        user,
        purpose
    )?;
    Ok(())
}

/// Every address that a link of the user was sent to or tells of.
///
/// # Errors
/// The database's.
pub async fn addresses(on: &mut impl Sql, user: Uuid) -> StoreResult<Vec<String>> {
    sql!(on, c => sqlx::query_scalar(
        "SELECT email FROM mail_links WHERE user_id = $1 \
         UNION SELECT previous_email FROM mail_links WHERE user_id = $1 AND previous_email IS NOT NULL")
        .bind(user).fetch_all(c).await)
}

/// Forgets all links of a user.
///
/// # Errors
/// The database's.
pub async fn delete_all_of(tx: &mut Tx, user: Uuid) -> StoreResult<u64> {
    execute!(tx, "DELETE FROM mail_links WHERE user_id = $1", user)
}

/// Forgets links that ended before a time; answers how many.
///
/// # Errors
/// The database's.
pub async fn forget_expired(tx: &mut Tx, before: Timestamp) -> StoreResult<u64> {
    execute!(tx, "DELETE FROM mail_links WHERE expires_at <= $1", before)
}

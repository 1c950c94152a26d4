//! Links in letters: one use each. The secret in the link is derived from its id when the letter is written, so only
//! its hash is stored.

use uuid::Uuid;

use super::{Sql, StoreError, StoreResult, Tx, execute, sql};
use crate::domain::time::Timestamp;

/// What a link is for.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Purpose {
    /// Confirms the address of the account.
    Confirm,
    /// Sets a new password.
    Reset,
    /// Confirms another address and moves the account there.
    Change,
}

impl Purpose {
    const fn name(self) -> &'static str {
        match self {
            Self::Confirm => "confirm",
            Self::Reset => "reset",
            Self::Change => "change",
        }
    }
}

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

#[derive(sqlx::FromRow)]
struct Row {
    id: Uuid,
    token_hash: Vec<u8>,
    user_id: Uuid,
    purpose: String,
    email: String,
    previous_email: Option<String>,
    expires_at: i64,
    used_at: Option<i64>,
}

impl TryFrom<Row> for MailLink {
    type Error = StoreError;

    fn try_from(row: Row) -> StoreResult<Self> {
        let all = [Purpose::Confirm, Purpose::Reset, Purpose::Change];
        let purpose = all.into_iter().find(|purpose| purpose.name() == row.purpose);
        Ok(Self {
            id: row.id,
            user_id: row.user_id,
            purpose: purpose.ok_or_else(|| StoreError::Corrupt(format!("the link purpose {}", row.purpose)))?,
            email: row.email,
            previous_email: row.previous_email,
            expires_at: Timestamp::from_micros(row.expires_at),
            used_at: row.used_at.map(Timestamp::from_micros),
            token_hash: row.token_hash,
        })
    }
}

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
        new.purpose.name(),
        new.email,
        new.previous_email,
        new.at.micros(),
        new.expires.micros()
    )?;
    Ok(())
}

/// The link of that id.
///
/// # Errors
/// The database's.
pub async fn find(on: &mut impl Sql, id: Uuid) -> StoreResult<Option<MailLink>> {
    let row: Option<Row> = sql!(on, c => sqlx::query_as(
        "SELECT id, token_hash, user_id, purpose, email, previous_email, expires_at, used_at FROM mail_links WHERE id = $1")
        .bind(id).fetch_optional(c).await)?;
    row.map(MailLink::try_from).transpose()
}

/// The link whose secret has that hash.
///
/// # Errors
/// The database's.
pub async fn by_hash(on: &mut impl Sql, token_hash: &[u8; 32]) -> StoreResult<Option<MailLink>> {
    let row: Option<Row> = sql!(on, c => sqlx::query_as(
        "SELECT id, token_hash, user_id, purpose, email, previous_email, expires_at, used_at FROM mail_links \
         WHERE token_hash = $1")
        .bind(token_hash.as_slice()).fetch_optional(c).await)?;
    row.map(MailLink::try_from).transpose()
}

/// Links for that purpose that a user was sent since a time.
///
/// # Errors
/// The database's.
pub async fn sent_since(on: &mut impl Sql, user: Uuid, purpose: Purpose, since: Timestamp) -> StoreResult<i64> {
    sql!(on, c => sqlx::query_scalar(
        "SELECT COUNT(*) FROM mail_links WHERE user_id = $1 AND purpose = $2 AND created_at > $3")
        .bind(user).bind(purpose.name()).bind(since.micros()).fetch_one(c).await)
}

/// Uses a link up; false if somebody was first.
///
/// # Errors
/// The database's.
pub async fn use_up(tx: &mut Tx, id: Uuid, at: Timestamp) -> StoreResult<bool> {
    Ok(execute!(tx, "UPDATE mail_links SET used_at = $1 WHERE id = $2 AND used_at IS NULL", at.micros(), id)? == 1)
}

/// Uses up every link of a user for that purpose.
///
/// # Errors
/// The database's.
pub async fn use_up_all(tx: &mut Tx, user: Uuid, purpose: Purpose, at: Timestamp) -> StoreResult<()> {
    execute!(
        tx,
        "UPDATE mail_links SET used_at = $1 WHERE user_id = $2 AND purpose = $3 AND used_at IS NULL",
        at.micros(),
        user,
        purpose.name()
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
    execute!(tx, "DELETE FROM mail_links WHERE expires_at <= $1", before.micros())
}

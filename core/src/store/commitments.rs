//! Commitments to the service's share of a pull. The share is stored encrypted and is erased in the transaction
//! that uses it.

use uuid::Uuid;

use super::{Sql, StoreResult, Tx, execute, row, sql};
use crate::domain::time::Timestamp;

/// A commitment as stored.
#[derive(Clone, Debug)]
pub struct Commitment {
    /// Its id, part of what is committed to.
    pub id: Uuid,
    /// The user it is bound to.
    pub user_id: Uuid,
    /// The share, encrypted; none once it was used or expired.
    pub share: Option<Vec<u8>>,
    /// When it stops to be usable.
    pub expires_at: Timestamp,
    /// The pull that used it.
    pub pull_id: Option<Uuid>,
    /// Hash of the request that used it.
    pub request_hash: Option<[u8; 32]>,
}

row! { Commitment from pull_commitments: id, user_id, share, expires_at, pull_id, request_hash }

/// A new commitment.
#[derive(Clone, Debug)]
pub struct NewCommitment<'a> {
    /// Its id.
    pub id: Uuid,
    /// The user it is bound to.
    pub user: Uuid,
    /// The encrypted share.
    pub share: &'a [u8],
    /// The commitment itself, 32 bytes.
    pub commitment: &'a [u8],
    /// The service's signature over it.
    pub signature: &'a [u8],
    /// The key that signed.
    pub key_id: String,
    /// Now.
    pub at: Timestamp,
    /// When it stops to be usable.
    pub expires: Timestamp,
}

/// Stores a commitment.
///
/// # Errors
/// The database's.
pub async fn insert(tx: &mut Tx, new: &NewCommitment<'_>) -> StoreResult<()> {
    execute!(
        tx,
        "INSERT INTO pull_commitments (id, user_id, share, commitment, signature, key_id, created_at, expires_at) \
         VALUES ($1, $2, $3, $4, $5, $6, $7, $8)",
        new.id,
        new.user,
        new.share,
        new.commitment,
        new.signature,
        &new.key_id,
        new.at,
        new.expires
    )?;
    Ok(())
}

/// Finds a commitment of the user.
///
/// # Errors
/// The database's.
pub async fn find(on: &mut impl Sql, id: Uuid, user: Uuid) -> StoreResult<Option<Commitment>> {
    let text = format!("SELECT {} FROM pull_commitments WHERE id = $1 AND user_id = $2", Commitment::COLUMNS);
    sql!(on, c => sqlx::query_as(sqlx::AssertSqlSafe(text.as_str()))
        .bind(id).bind(user).fetch_optional(c).await)
}

/// The commitment itself and when it expires, while its share is there to be used.
///
/// # Errors
/// The database's.
pub async fn promised(
    on: &mut impl Sql,
    id: Uuid,
    user: Uuid,
    now: Timestamp,
) -> StoreResult<Option<(Vec<u8>, Timestamp)>> {
    sql!(on, c => sqlx::query_as(
        "SELECT commitment, expires_at FROM pull_commitments \
         WHERE id = $1 AND user_id = $2 AND share IS NOT NULL AND expires_at > $3")
        .bind(id).bind(user).bind(now).fetch_optional(c).await)
}

/// Uses a commitment up: erases its share and binds it to the pull. False if it was used or erased before.
///
/// # Errors
/// The database's.
pub async fn use_up(tx: &mut Tx, id: Uuid, pull: Uuid, request_hash: &[u8], at: Timestamp) -> StoreResult<bool> {
    let used = execute!(
        tx,
        "UPDATE pull_commitments SET share = NULL, pull_id = $1, request_hash = $2, used_at = $3 \
         WHERE id = $4 AND share IS NOT NULL AND pull_id IS NULL",
        pull,
        request_hash,
        at,
        id
    )?;
    Ok(used == 1)
}

/// Erases what expired unused; answers how many.
///
/// # Errors
/// The database's.
pub async fn forget_expired(tx: &mut Tx, now: Timestamp) -> StoreResult<u64> {
    execute!(tx, "DELETE FROM pull_commitments WHERE expires_at <= $1 AND pull_id IS NULL", now)
}

/// How many commitments of the user are open.
///
/// # Errors
/// The database's.
pub async fn open(on: &mut impl Sql, user: Uuid, now: Timestamp) -> StoreResult<i64> {
    sql!(on, c => sqlx::query_scalar(
        "SELECT COUNT(*) FROM pull_commitments WHERE user_id = $1 AND pull_id IS NULL AND expires_at > $2")
        .bind(user).bind(now).fetch_one(c).await)
}

//! API keys of the admin API, stored as hashes.

use uuid::Uuid;

use super::{Sql, StoreResult, Tx, execute, row, sql};
use crate::domain::time::Timestamp;

/// A key as stored, without its hash.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct AdminKey {
    /// Its id.
    pub id: Uuid,
    /// What it is for, in the admin's words.
    pub name: String,
    /// When it was made.
    pub created_at: Timestamp,
    /// When it was last used, to the hour.
    pub last_used_at: Option<Timestamp>,
    /// When it was revoked.
    pub revoked_at: Option<Timestamp>,
}

row! { AdminKey from admin_keys: id, name, created_at, last_used_at, revoked_at }

/// Notes a key.
///
/// # Errors
/// The database's.
pub async fn insert(tx: &mut Tx, id: Uuid, name: &str, key_hash: &[u8; 32], at: Timestamp) -> StoreResult<()> {
    execute!(
        tx,
        "INSERT INTO admin_keys (id, name, key_hash, created_at) VALUES ($1, $2, $3, $4)",
        id,
        name,
        key_hash.as_slice(),
        at.micros()
    )?;
    Ok(())
}

/// The key of that hash, unless it is revoked.
///
/// # Errors
/// The database's.
pub async fn by_hash(on: &mut impl Sql, key_hash: &[u8; 32]) -> StoreResult<Option<AdminKey>> {
    let text = format!("SELECT {} FROM admin_keys WHERE key_hash = $1 AND revoked_at IS NULL", AdminKey::COLUMNS);
    sql!(on, c => sqlx::query_as(sqlx::AssertSqlSafe(text.as_str())).bind(key_hash.as_slice()).fetch_optional(c).await)
}

/// Notes that a key is in use.
///
/// # Errors
/// The database's.
pub async fn touch(tx: &mut Tx, id: Uuid, now: Timestamp) -> StoreResult<()> {
    execute!(tx, "UPDATE admin_keys SET last_used_at = $1 WHERE id = $2", now.micros(), id)?;
    Ok(())
}

/// Revokes a key; tells whether it counted until now.
///
/// # Errors
/// The database's.
pub async fn revoke(tx: &mut Tx, id: Uuid, at: Timestamp) -> StoreResult<bool> {
    let text = "UPDATE admin_keys SET revoked_at = $1 WHERE id = $2 AND revoked_at IS NULL";
    Ok(execute!(tx, text, at.micros(), id)? == 1)
}

/// All keys, newest first.
///
/// # Errors
/// The database's.
pub async fn all(on: &mut impl Sql) -> StoreResult<Vec<AdminKey>> {
    let text = format!("SELECT {} FROM admin_keys ORDER BY created_at DESC, id DESC", AdminKey::COLUMNS);
    sql!(on, c => sqlx::query_as(sqlx::AssertSqlSafe(text.as_str())).fetch_all(c).await)
}

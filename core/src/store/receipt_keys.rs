//! Public halves of all keys that ever signed receipts. They are only added to.

use super::{Sql, StoreError, StoreResult, Tx, execute, sql};
use crate::domain::time::Timestamp;

/// Keeps a key; one that is kept already stays as it is.
///
/// # Errors
/// The database's.
pub async fn keep(tx: &mut Tx, key_id: &str, public_key: &[u8; 32], at: Timestamp) -> StoreResult<()> {
    execute!(
        tx,
        "INSERT INTO receipt_keys (key_id, public_key, created_at) VALUES ($1, $2, $3) ON CONFLICT DO NOTHING",
        key_id,
        public_key.as_slice(),
        at.micros()
    )?;
    Ok(())
}

/// All of them, oldest first.
///
/// # Errors
/// The database's, or a key that is not 32 bytes.
pub async fn all(on: &mut impl Sql) -> StoreResult<Vec<[u8; 32]>> {
    let rows: Vec<Vec<u8>> = sql!(on, c => sqlx::query_scalar(
        "SELECT public_key FROM receipt_keys ORDER BY created_at, key_id").fetch_all(c).await)?;
    let key = |bytes: Vec<u8>| bytes.try_into().map_err(|_| StoreError::Corrupt("a receipt key's length".to_owned()));
    rows.into_iter().map(key).collect()
}

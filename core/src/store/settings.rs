//! Switches that an admin turns while the service runs, and what it settled by itself once.

use uuid::Uuid;

use super::{Sql, StoreResult, Tx, execute, sql};
use crate::domain::time::Timestamp;

/// The value of a switch, if anybody ever turned it.
///
/// # Errors
/// The database's.
pub async fn get(on: &mut impl Sql, name: &str) -> StoreResult<Option<String>> {
    sql!(on, c => sqlx::query_scalar("SELECT value FROM settings WHERE name = $1").bind(name).fetch_optional(c).await)
}

/// Turns a switch.
///
/// # Errors
/// The database's.
pub async fn set(tx: &mut Tx, name: &str, value: &str, by: Option<Uuid>, at: Timestamp) -> StoreResult<()> {
    execute!(
        tx,
        "INSERT INTO settings (name, value, updated_at, updated_by) VALUES ($1, $2, $3, $4) \
         ON CONFLICT (name) DO UPDATE SET value = $2, updated_at = $3, updated_by = $4",
        name,
        value,
        at.micros(),
        by
    )?;
    Ok(())
}

/// Keeps a value unless there is one.
///
/// # Errors
/// The database's.
pub async fn keep(tx: &mut Tx, name: &str, value: &str, at: Timestamp) -> StoreResult<()> {
    execute!(
        tx,
        "INSERT INTO settings (name, value, updated_at) VALUES ($1, $2, $3) ON CONFLICT (name) DO NOTHING",
        name,
        value,
        at
    )?;
    Ok(())
}

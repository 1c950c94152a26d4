//! Shields: bought, and ended by the heist that they block or by time. A player has one at a time.

use std::collections::HashMap;

use uuid::Uuid;

use super::{Sql, StoreResult, Tx, bulk, execute, row, sql};
use crate::domain::time::Timestamp;

/// A shield that nothing ended yet; its time may be over.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Shield {
    /// Its id.
    pub id: Uuid,
    /// Whose it is.
    pub user_id: Uuid,
    /// What it cost.
    pub price: i64,
    /// When it was bought.
    pub bought_at: Timestamp,
    /// Until when it lasts.
    pub expires_at: Timestamp,
}

row! { Shield from shields: id, user_id, price, bought_at, expires_at }

/// Keeps a new shield. The player's last must have ended.
///
/// # Errors
/// The database's.
pub async fn insert(tx: &mut Tx, new: &Shield) -> StoreResult<()> {
    execute!(
        tx,
        "INSERT INTO shields (id, user_id, price, bought_at, expires_at) VALUES ($1, $2, $3, $4, $5)",
        new.id,
        new.user_id,
        new.price,
        new.bought_at,
        new.expires_at
    )?;
    Ok(())
}

/// The shields of players that nothing ended yet.
///
/// # Errors
/// The database's.
pub async fn open(on: &mut impl Sql, users: impl IntoIterator<Item = Uuid>) -> StoreResult<HashMap<Uuid, Shield>> {
    let (columns, ids) = (Shield::COLUMNS, bulk::id_list(1));
    let text = format!("SELECT {columns} FROM shields WHERE ended_at IS NULL AND user_id IN ({ids})");
    let found: Vec<Shield> = bulk::by_ids(on, &text, &[], users).await?;
    Ok(found.into_iter().map(|shield| (shield.user_id, shield)).collect())
}

/// Shields whose time is over and that nothing ended yet.
///
/// # Errors
/// The database's.
pub async fn expired(on: &mut impl Sql, now: Timestamp, limit: i64) -> StoreResult<Vec<Shield>> {
    let text = format!(
        "SELECT {} FROM shields WHERE ended_at IS NULL AND expires_at <= $1 ORDER BY expires_at LIMIT $2",
        Shield::COLUMNS
    );
    sql!(on, c => sqlx::query_as(sqlx::AssertSqlSafe(text.as_str())).bind(now).bind(limit).fetch_all(c).await)
}

/// Ends a shield, by a heist or by time. False if something ended it before.
///
/// # Errors
/// The database's.
pub async fn end(tx: &mut Tx, id: Uuid, heist: Option<Uuid>, at: Timestamp) -> StoreResult<bool> {
    Ok(execute!(
        tx,
        "UPDATE shields SET ended_at = $2, heist_id = $3 WHERE id = $1 AND ended_at IS NULL",
        id,
        at,
        heist
    )? == 1)
}

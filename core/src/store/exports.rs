//! Everything that belongs to a user, a page at a time, newest first. A page begins behind the last row of the one
//! before (time and id), so that the last page costs no more than the first, and rows that come meanwhile shift
//! nothing.

use uuid::Uuid;

use super::{
    Sql, StoreResult,
    jobs::Job,
    ledger::Transfer,
    notices::{self, Notice},
    pulls::Pull,
    sql,
};
use crate::domain::{ledger::Asset, time::Timestamp};

/// A row's place: when it was made, and its id.
pub type Place = (Timestamp, Uuid);

/// Before the first row.
pub const TOP: Place = (Timestamp::from_micros(i64::MAX), Uuid::max());

/// A user's account in an asset, if it ever had one.
///
/// # Errors
/// The database's.
pub async fn account(on: &mut impl Sql, user: Uuid, asset: &Asset) -> StoreResult<Option<Uuid>> {
    sql!(on, c => sqlx::query_scalar("SELECT id FROM ledger_accounts WHERE owner = $1 AND asset = $2")
        .bind(user).bind(asset.to_string()).fetch_optional(c).await)
}

/// Transfers from and to an account.
///
/// # Errors
/// The database's.
pub async fn transfers(on: &mut impl Sql, account: Uuid, (at, id): Place, limit: i64) -> StoreResult<Vec<Transfer>> {
    sql!(on, c => sqlx::query_as(
        "SELECT * FROM transfers WHERE (debit_account = $1 OR credit_account = $1) AND (created_at, id) < ($2, $3) \
         ORDER BY created_at DESC, id DESC LIMIT $4")
        .bind(account).bind(at).bind(id).bind(limit).fetch_all(c).await)
}

/// A user's pulls.
///
/// # Errors
/// The database's.
pub async fn pulls(on: &mut impl Sql, user: Uuid, (at, id): Place, limit: i64) -> StoreResult<Vec<Pull>> {
    sql!(on, c => sqlx::query_as(
        "SELECT * FROM pulls WHERE user_id = $1 AND (created_at, id) < ($2, $3) \
         ORDER BY created_at DESC, id DESC LIMIT $4")
        .bind(user).bind(at).bind(id).bind(limit).fetch_all(c).await)
}

/// A user's jobs.
///
/// # Errors
/// The database's.
pub async fn jobs(on: &mut impl Sql, user: Uuid, (at, id): Place, limit: i64) -> StoreResult<Vec<Job>> {
    sql!(on, c => sqlx::query_as(
        "SELECT * FROM jobs WHERE user_id = $1 AND (created_at, id) < ($2, $3) \
         ORDER BY created_at DESC, id DESC LIMIT $4")
        .bind(user).bind(at).bind(id).bind(limit).fetch_all(c).await)
}

/// A user's notices.
///
/// # Errors
/// The database's.
pub async fn notices(on: &mut impl Sql, user: Uuid, (at, id): Place, limit: i64) -> StoreResult<Vec<Notice>> {
    let rows: Vec<notices::Row> = sql!(on, c => sqlx::query_as(
        "SELECT * FROM notices WHERE user_id = $1 AND (created_at, id) < ($2, $3) \
         ORDER BY created_at DESC, id DESC LIMIT $4")
        .bind(user).bind(at).bind(id).bind(limit).fetch_all(c).await)?;
    rows.into_iter().map(notices::Row::read).collect()
}

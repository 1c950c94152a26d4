//! Points as people look at them: the board of a season, and one's own history. They move in `ledger` alone.

use uuid::Uuid;

use super::{Sql, StoreResult, row, sql};
use crate::domain::{ledger::Kind, season::Season, time::Timestamp};

/// A place on the board.
#[derive(Clone, Debug, PartialEq, Eq, sqlx::FromRow)]
pub struct Place {
    /// Who.
    pub user_id: Uuid,
    /// Points of the season.
    pub points: i64,
}

/// A page of the board, the most points first.
///
/// # Errors
/// The database's.
pub async fn board(on: &mut impl Sql, season: Season, limit: i64, offset: i64) -> StoreResult<Vec<Place>> {
    sql!(on, c => sqlx::query_as(
        "SELECT owner AS user_id, balance AS points FROM ledger_accounts \
         WHERE asset = $1 AND balance > 0 AND owner IS NOT NULL ORDER BY balance DESC, owner LIMIT $2 OFFSET $3")
        .bind(season.asset().to_string()).bind(limit).bind(offset).fetch_all(c).await)
}

/// How many players have points, and how many of them more than so many: one look at the season for both.
///
/// # Errors
/// The database's.
pub async fn crowd(on: &mut impl Sql, season: Season, points: i64) -> StoreResult<(i64, i64)> {
    sql!(on, c => sqlx::query_as(
        "SELECT COUNT(*), COUNT(CASE WHEN balance > $2 THEN 1 END) FROM ledger_accounts \
         WHERE asset = $1 AND balance > 0 AND owner IS NOT NULL")
        .bind(season.asset().to_string()).bind(points).fetch_one(c).await)
}

/// The rank of somebody with so many points: one more than there are players with more.
///
/// # Errors
/// The database's.
pub async fn rank(on: &mut impl Sql, season: Season, points: i64) -> StoreResult<i64> {
    sql!(on, c => sqlx::query_scalar("SELECT 1 + COUNT(*) FROM ledger_accounts \
         WHERE asset = $1 AND balance > $2 AND owner IS NOT NULL")
        .bind(season.asset().to_string()).bind(points).fetch_one(c).await)
}

/// Something that moved a player's points.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Event {
    /// The transfer.
    pub id: Uuid,
    /// Its kind in the ledger.
    pub kind: Kind,
    /// Of which season.
    pub season: Season,
    /// Whether the points came in.
    pub received: bool,
    /// How many.
    pub points: i64,
    /// Points before.
    pub before: i64,
    /// Points after.
    pub after: i64,
    /// The heist, user ... it belongs to.
    pub subject: Option<Uuid>,
    /// When.
    pub created_at: Timestamp,
}

row! { Event from transfers: id, kind, season, received, points, before, after, subject, created_at }

/// A page of a player's history over all seasons, newest first, and how many events there are.
///
/// # Errors
/// The database's.
pub async fn events(on: &mut impl Sql, user: Uuid, limit: i64, offset: i64) -> StoreResult<(Vec<Event>, i64)> {
    let total = sql!(on, c => sqlx::query_scalar(
        "SELECT (SELECT COUNT(*) FROM transfers WHERE credit_account IN \
           (SELECT id FROM ledger_accounts WHERE owner = $1 AND asset LIKE 'points:%')) \
         + (SELECT COUNT(*) FROM transfers WHERE debit_account IN \
           (SELECT id FROM ledger_accounts WHERE owner = $1 AND asset LIKE 'points:%'))")
        .bind(user).fetch_one(c).await)?;
    let page = sql!(on, c => sqlx::query_as(
        "SELECT t.id, t.kind, SUBSTR(t.asset, 8) AS season, TRUE AS received, t.amount AS points, t.credit_before AS before, \
           t.credit_after AS after, t.subject, t.created_at FROM transfers t \
           JOIN ledger_accounts a ON a.id = t.credit_account WHERE a.owner = $1 AND a.asset LIKE 'points:%' \
         UNION ALL SELECT t.id, t.kind, SUBSTR(t.asset, 8), FALSE, t.amount, t.debit_before, t.debit_after, t.subject, \
           t.created_at FROM transfers t \
           JOIN ledger_accounts a ON a.id = t.debit_account WHERE a.owner = $1 AND a.asset LIKE 'points:%' \
         ORDER BY 9 DESC, 1 DESC LIMIT $2 OFFSET $3")
        .bind(user).bind(limit).bind(offset).fetch_all(c).await)?;
    Ok((page, total))
}

//! Heists in numbers: for a player's own page, for admins, for alarms.

use uuid::Uuid;

use crate::{
    domain::{heist::Status, season::Season, time::Timestamp},
    store::{Sql, StoreResult, row, sql},
};

/// A player's heists in numbers.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, sqlx::FromRow)]
pub struct Totals {
    /// Attempts that are settled.
    pub attempts: i64,
    /// Successful ones.
    pub successes: i64,
    /// Attempts that a shield blocked.
    pub blocked: i64,
    /// Heist Tokens they cost.
    pub tokens_spent: i64,
    /// Points taken.
    pub points_stolen: i64,
    /// The most points taken at once.
    pub best: i64,
    /// Times robbed.
    pub times_robbed: i64,
    /// Times a shield held.
    pub times_shielded: i64,
    /// Points lost.
    pub points_lost: i64,
}

/// A player's heists in numbers.
///
/// # Errors
/// The database's.
pub async fn totals(on: &mut impl Sql, user: Uuid) -> StoreResult<Totals> {
    sql!(on, c => sqlx::query_as(
        "SELECT a.*, v.* FROM (SELECT COUNT(*) AS attempts, \
           COUNT(CASE WHEN status = 'SUCCESS' THEN 1 END) AS successes, \
           COUNT(CASE WHEN status = 'FAILED_SHIELD' THEN 1 END) AS blocked, \
           COUNT(CASE WHEN token_spent THEN 1 END) AS tokens_spent, \
           CAST(COALESCE(SUM(points), 0) AS BIGINT) AS points_stolen, COALESCE(MAX(points), 0) AS best \
           FROM heists WHERE attacker_id = $1 AND status <> 'PENDING') AS a \
         CROSS JOIN (SELECT COUNT(CASE WHEN status = 'SUCCESS' THEN 1 END) AS times_robbed, \
           COUNT(CASE WHEN status = 'FAILED_SHIELD' THEN 1 END) AS times_shielded, \
           CAST(COALESCE(SUM(points), 0) AS BIGINT) AS points_lost \
           FROM heists WHERE victim_id = $1 AND status IN ('SUCCESS', 'FAILED_SHIELD')) AS v")
        .bind(user).fetch_one(c).await)
}

/// Attempts of one status on one UTC day.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Day {
    /// The day, counted from 1970.
    pub day: i64,
    /// The status.
    pub status: Status,
    /// How many.
    pub count: i64,
}

row! { Day from heists: day, status, count }

/// Attempts by day and status, from one UTC day to another, the latest first. Each day is a range of its own, which
/// the index answers alone; grouped by what a moment's day is, a million attempts would be sorted.
///
/// # Errors
/// The database's.
pub async fn by_day(on: &mut impl Sql, (first, last): (i64, i64)) -> StoreResult<Vec<Day>> {
    sql!(on, c => sqlx::query_as(
        "WITH RECURSIVE days (day) AS (SELECT CAST($1 AS BIGINT) UNION ALL SELECT day + 1 FROM days WHERE day < $2) \
         SELECT d.day, h.status, COUNT(*) AS count FROM days d JOIN heists h \
         ON h.created_at >= d.day * 86400000000 AND h.created_at < (d.day + 1) * 86400000000 \
         GROUP BY d.day, h.status ORDER BY d.day DESC, h.status")
        .bind(first).bind(last).fetch_all(c).await)
}

/// Successful heists since a moment, and the points they took together.
///
/// # Errors
/// The database's.
pub async fn averages(on: &mut impl Sql, since: Timestamp) -> StoreResult<(i64, i64)> {
    sql!(on, c => sqlx::query_as(
        "SELECT COUNT(*), CAST(COALESCE(SUM(points), 0) AS BIGINT) FROM heists \
         WHERE created_at >= $1 AND status = 'SUCCESS'").bind(since).fetch_one(c).await)
}

/// A player in a list of the most.
#[derive(Clone, Debug, PartialEq, Eq, sqlx::FromRow)]
pub struct Named {
    /// Who.
    pub user_id: Uuid,
    /// The name; none once deleted.
    pub username: Option<String>,
    /// How many heists.
    pub heists: i64,
    /// How many points.
    pub points: i64,
}

/// Those who took the most points since a moment.
///
/// # Errors
/// The database's.
pub async fn top_robbers(on: &mut impl Sql, since: Timestamp, limit: i64) -> StoreResult<Vec<Named>> {
    most(on, "attacker_id", since, limit).await
}

/// Those who lost the most points since a moment.
///
/// # Errors
/// The database's.
pub async fn most_robbed(on: &mut impl Sql, since: Timestamp, limit: i64) -> StoreResult<Vec<Named>> {
    most(on, "victim_id", since, limit).await
}

async fn most(on: &mut impl Sql, side: &str, since: Timestamp, limit: i64) -> StoreResult<Vec<Named>> {
    let text = format!(
        "SELECT h.user_id, u.username, h.heists, h.points FROM (SELECT {side} AS user_id, COUNT(*) AS heists, \
           CAST(SUM(points) AS BIGINT) AS points FROM heists WHERE created_at >= $1 AND status = 'SUCCESS' \
           GROUP BY {side} ORDER BY 3 DESC, 1 LIMIT $2) AS h JOIN users u ON u.id = h.user_id \
         ORDER BY h.points DESC, h.user_id"
    );
    sql!(on, c => sqlx::query_as(sqlx::AssertSqlSafe(text.as_str()))
        .bind(since).bind(limit).fetch_all(c).await)
}

/// Players by how many Heist Tokens they have: tokens, players.
///
/// # Errors
/// The database's.
pub async fn tokens(on: &mut impl Sql, limit: i64) -> StoreResult<Vec<(i64, i64)>> {
    sql!(on, c => sqlx::query_as(
        "SELECT balance, COUNT(*) FROM ledger_accounts WHERE asset = 'heist_token' AND balance > 0 \
         GROUP BY balance ORDER BY balance LIMIT $1").bind(limit).fetch_all(c).await)
}

/// How a season's points are spread.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, sqlx::FromRow)]
pub struct Fortune {
    /// Players with points.
    pub players: i64,
    /// Points of all of them.
    pub points: i64,
    /// Sum over players, the poorest first, of `(2 i - n - 1) x`; over `n` times all points it is the Gini coefficient.
    pub weighted: i64,
}

impl Fortune {
    /// The Gini coefficient: 0 if all have the same.
    #[must_use]
    #[expect(clippy::cast_precision_loss, reason = "shown with two digits")]
    pub fn gini(&self) -> f64 {
        let whole = self.players as f64 * self.points as f64;
        if whole > 0.0 { self.weighted as f64 / whole } else { 0.0 }
    }
}

/// How a season's points are spread.
///
/// # Errors
/// The database's.
pub async fn fortunes(on: &mut impl Sql, season: Season) -> StoreResult<Fortune> {
    sql!(on, c => sqlx::query_as(
        "SELECT COUNT(*) AS players, CAST(COALESCE(SUM(balance), 0) AS BIGINT) AS points, \
         CAST(COALESCE(SUM((2 * place - n - 1) * balance), 0) AS BIGINT) AS weighted FROM (SELECT balance, \
           ROW_NUMBER() OVER (ORDER BY balance, id) AS place, COUNT(*) OVER () AS n \
           FROM ledger_accounts WHERE asset = $1 AND balance > 0) AS spread")
        .bind(season.asset().to_string()).fetch_one(c).await)
}

/// Points that heists moved, beside those that were awarded.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, sqlx::FromRow)]
pub struct Redistribution {
    /// Points that heists moved.
    pub moved: i64,
    /// Points that were awarded.
    pub awarded: i64,
}

/// Points that heists moved in a season, beside those awarded in it.
///
/// # Errors
/// The database's.
pub async fn redistribution(on: &mut impl Sql, season: Season) -> StoreResult<Redistribution> {
    sql!(on, c => sqlx::query_as(
        "SELECT (SELECT CAST(COALESCE(SUM(points), 0) AS BIGINT) FROM heists WHERE created_at >= $2 \
           AND created_at < $3 AND status = 'SUCCESS') AS moved, \
         (SELECT CAST(COALESCE(SUM(balance), 0) AS BIGINT) FROM ledger_accounts WHERE asset = $1) AS awarded")
        .bind(season.asset().to_string()).bind(season.starts()).bind(season.ends())
        .fetch_one(c).await)
}

/// What operators are told of.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, sqlx::FromRow)]
pub struct Alarms {
    /// Players with more than ten failed attempts within the hour.
    pub failing_users: i64,
    /// Players who were the target of more than five attempts within a day.
    pub hunted_users: i64,
    /// Attempts of the last hour that went to the queue and are settled.
    pub admitted: i64,
    /// Those of them that succeeded.
    pub succeeded: i64,
}

/// What operators are told of, from one look at the day: without saying so, a database may walk over every heist there
/// ever was in the order of its players.
///
/// # Errors
/// The database's.
pub async fn alarms(on: &mut impl Sql, hour_ago: Timestamp, day_ago: Timestamp) -> StoreResult<Alarms> {
    sql!(on, c => sqlx::query_as(
        "WITH lately AS MATERIALIZED (SELECT attacker_id, victim_id, status, admitted, created_at FROM heists \
           WHERE created_at >= $2), hour AS (SELECT attacker_id, status, admitted FROM lately WHERE created_at >= $1) \
         SELECT (SELECT COUNT(*) FROM (SELECT attacker_id FROM hour WHERE status NOT IN ('PENDING', 'SUCCESS') \
           GROUP BY attacker_id HAVING COUNT(*) > 10) AS f) AS failing_users, \
         (SELECT COUNT(*) FROM (SELECT victim_id FROM lately GROUP BY victim_id HAVING COUNT(*) > 5) AS t) \
           AS hunted_users, \
         (SELECT COUNT(*) FROM hour WHERE admitted AND status <> 'PENDING') AS admitted, \
         (SELECT COUNT(*) FROM hour WHERE admitted AND status = 'SUCCESS') AS succeeded")
        .bind(hour_ago).bind(day_ago).fetch_one(c).await)
}

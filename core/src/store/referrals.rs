//! Referrals that were rewarded, once for each referred user, and the people somebody referred.

use uuid::Uuid;

use super::{Sql, StoreResult, Tx, execute, row, sql};
use crate::domain::time::Timestamp;

/// Notes that a referral is rewarded. False if it was before.
///
/// # Errors
/// The database's.
pub async fn reward(
    tx: &mut Tx,
    (referrer, referred): (Uuid, Uuid),
    (tokens, points): (i64, i64),
    at: Timestamp,
) -> StoreResult<bool> {
    Ok(execute!(
        tx,
        "INSERT INTO referrals (referred_id, referrer_id, tokens, points, awarded_at) VALUES ($1, $2, $3, $4, $5) \
         ON CONFLICT (referred_id) DO NOTHING",
        referred,
        referrer,
        tokens,
        points,
        at.micros()
    )? == 1)
}

/// Notes the points that a reward came to.
///
/// # Errors
/// The database's.
pub async fn set_points(tx: &mut Tx, referred: Uuid, points: i64) -> StoreResult<()> {
    execute!(tx, "UPDATE referrals SET points = $2 WHERE referred_id = $1", referred, points)?;
    Ok(())
}

/// Somebody who signed up with one's code.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Referred {
    /// Who.
    pub user_id: Uuid,
    /// The name; none once deleted.
    pub username: Option<String>,
    /// When they signed up.
    pub created_at: Timestamp,
    /// When it was rewarded; none while it waits.
    pub awarded_at: Option<Timestamp>,
    /// Heist Tokens for it.
    pub tokens: i64,
    /// Points for it.
    pub points: i64,
}

row! { Referred from users: user_id, username, created_at, awarded_at, tokens, points }

/// A page of those who signed up with somebody's code, newest first, and how many there are.
///
/// # Errors
/// The database's.
pub async fn of(on: &mut impl Sql, referrer: Uuid, limit: i64, offset: i64) -> StoreResult<(Vec<Referred>, i64)> {
    let total = sql!(on, c => sqlx::query_scalar("SELECT COUNT(*) FROM users WHERE referred_by = $1")
        .bind(referrer).fetch_one(c).await)?;
    let page = sql!(on, c => sqlx::query_as(
        "SELECT u.id AS user_id, u.username, u.created_at, r.awarded_at, COALESCE(r.tokens, 0) AS tokens, \
         COALESCE(r.points, 0) AS points FROM users u LEFT JOIN referrals r ON r.referred_id = u.id \
         WHERE u.referred_by = $1 ORDER BY u.created_at DESC, u.id DESC LIMIT $2 OFFSET $3")
        .bind(referrer).bind(limit).bind(offset).fetch_all(c).await)?;
    Ok((page, total))
}

//! The plan a user is on.

use uuid::Uuid;

use super::{Sql, StoreResult, sql};
use crate::domain::{plan::Plan, time::Timestamp};

/// The plan of an active user; none if there is no such user.
///
/// # Errors
/// The database's.
pub async fn of(on: &mut impl Sql, user: Uuid, now: Timestamp) -> StoreResult<Option<Plan>> {
    let row: Option<(String, Option<i64>)> = sql!(on, c => sqlx::query_as(
        "SELECT plan, plan_expires_at FROM users WHERE id = $1 AND status = 'active'")
        .bind(user).fetch_optional(c).await)?;
    Ok(row.map(|(name, expires)| Plan::in_force(&name, expires, now)))
}

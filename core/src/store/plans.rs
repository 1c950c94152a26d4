//! The plan a user is on.

use uuid::Uuid;

use super::{Sql, StoreResult, row, sql};
use crate::domain::{plan::Plan, time::Timestamp};

struct Row {
    #[expect(dead_code, reason = "names the row in errors")]
    id: Uuid,
    plan: Plan,
    plan_expires_at: Option<Timestamp>,
}

row! { Row from users: id, plan, plan_expires_at }

/// The plan of an active user; none if there is no such user.
///
/// # Errors
/// The database's.
pub async fn of(on: &mut impl Sql, user: Uuid, now: Timestamp) -> StoreResult<Option<Plan>> {
    let row: Option<Row> = sql!(on, c => sqlx::query_as(
        "SELECT id, plan, plan_expires_at FROM users WHERE id = $1 AND status = 'active'")
        .bind(user).fetch_optional(c).await)?;
    Ok(row.map(|row| row.plan.in_force(row.plan_expires_at, now)))
}

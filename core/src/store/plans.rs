//! The plan a user is on.

use uuid::Uuid;

use super::{Sql, StoreResult, Tx, execute, row, sql};
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

/// Puts an active user on a plan, until a moment if one is named.
///
/// # Errors
/// The database's.
pub async fn set(tx: &mut Tx, user: Uuid, plan: Plan, expires: Option<Timestamp>) -> StoreResult<()> {
    execute!(
        tx,
        "UPDATE users SET plan = $2, plan_expires_at = $3 WHERE id = $1 AND status = 'active'",
        user,
        plan,
        expires
    )?;
    Ok(())
}

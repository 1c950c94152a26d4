//! The master table of what points are given for. Admins edit it.

use uuid::Uuid;

use super::{Sql, StoreResult, Tx, execute, row, sql};
use crate::domain::{points::PointKind, time::Timestamp};

/// One kind as stored.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Stored {
    /// Which it is.
    pub kind: PointKind,
    /// Its name for people.
    pub name: String,
    /// What it is for.
    pub description: String,
    /// Points it gives.
    pub points: i64,
    /// Whether it gives any.
    pub active: bool,
}

row! { Stored from point_kinds: kind, name, description, points, active }

/// Every kind.
///
/// # Errors
/// The database's.
pub async fn list(on: &mut impl Sql) -> StoreResult<Vec<Stored>> {
    let text = format!("SELECT {} FROM point_kinds ORDER BY kind", Stored::COLUMNS);
    sql!(on, c => sqlx::query_as(sqlx::AssertSqlSafe(text.as_str())).fetch_all(c).await)
}

/// Points that a kind gives now; zero if it is inactive.
///
/// # Errors
/// The database's.
pub async fn worth(on: &mut impl Sql, kind: PointKind) -> StoreResult<i64> {
    let points: Option<i64> = sql!(on, c => sqlx::query_scalar(
        "SELECT points FROM point_kinds WHERE kind = $1 AND active").bind(kind).fetch_optional(c).await)?;
    Ok(points.unwrap_or(0))
}

/// Changes a kind. Answers false if there is none of that name.
///
/// # Errors
/// The database's.
pub async fn change(tx: &mut Tx, new: &Stored, by: Option<Uuid>, at: Timestamp) -> StoreResult<bool> {
    Ok(execute!(
        tx,
        "UPDATE point_kinds SET name = $2, description = $3, points = $4, active = $5, updated_at = $6, \
         updated_by = $7 WHERE kind = $1",
        new.kind,
        &new.name,
        &new.description,
        new.points,
        new.active,
        at.micros(),
        by
    )? == 1)
}

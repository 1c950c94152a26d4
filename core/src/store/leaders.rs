//! Leadership: one process at a time plays a role, for as long as it renews. Measured by the database's clock, so
//! that hosts whose clocks differ do not lead at once.

use std::time::Duration;

use uuid::Uuid;

use super::{StoreResult, Tx, dialect, execute, sql};

/// Takes a role for `lease`, or renews it. True if `holder` leads now.
///
/// # Errors
/// The database's.
pub async fn lead(tx: &mut Tx, role: &str, holder: Uuid, lease: Duration) -> StoreResult<bool> {
    let now = dialect::clock(tx);
    let text = format!(
        "INSERT INTO leaders (role, holder, until) VALUES ($1, $2, {now} + $3) ON CONFLICT (role) DO UPDATE \
         SET holder = excluded.holder, until = excluded.until WHERE leaders.holder = excluded.holder OR leaders.until <= {now}"
    );
    let lease = i64::try_from(lease.as_micros()).unwrap_or(i64::MAX);
    Ok(execute!(tx, sqlx::AssertSqlSafe(text.as_str()), role, holder, lease)? == 1)
}

/// Gives a role up, so that another process need not wait for the lease's end.
///
/// # Errors
/// The database's.
pub async fn resign(tx: &mut Tx, role: &str, holder: Uuid) -> StoreResult<()> {
    execute!(tx, "DELETE FROM leaders WHERE role = $1 AND holder = $2", role, holder)?;
    Ok(())
}

/// Who leads in what now, by role.
///
/// # Errors
/// The database's.
pub async fn list(tx: &mut Tx) -> StoreResult<Vec<(String, Uuid)>> {
    let text = format!("SELECT role, holder FROM leaders WHERE until > {} ORDER BY role", dialect::clock(tx));
    sql!(tx, c => sqlx::query_as(sqlx::AssertSqlSafe(text.as_str())).fetch_all(c).await)
}

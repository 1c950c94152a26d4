//! Leadership: one process at a time plays a role, for as long as it renews. Measured by the database's clock, so
//! that hosts whose clocks differ do not lead at once.

use std::time::Duration;

use uuid::Uuid;

use super::{StoreResult, Tx, dialect, execute, sql};

/// Takes a role for `lease`, or renews it. True if `holder` leads now. A lease that would last twice as long as one is
/// given for is over: the database's clock was set back.
///
/// # Errors
/// The database's.
pub async fn lead(tx: &mut Tx, role: &str, holder: Uuid, lease: Duration) -> StoreResult<bool> {
    let now = dialect::clock(tx);
    let text = format!(
        "INSERT INTO leaders (role, holder, until) VALUES ($1, $2, {now} + $3) ON CONFLICT (role) DO UPDATE \
         SET holder = excluded.holder, until = excluded.until \
         WHERE leaders.holder = excluded.holder OR leaders.until <= {now} OR leaders.until > excluded.until + $3"
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

#[cfg(test)]
mod tests {
    use super::*;
    use crate::store::{
        StoreError,
        testing::{both, commit},
    };

    #[tokio::test]
    async fn who_leads_is_listed_until_the_lease_is_over() {
        let (ann, bob) = (Uuid::now_v7(), Uuid::now_v7());
        for fixture in both().await {
            let minute = Duration::from_secs(60);
            commit!(fixture.db, tx => {
                assert!(lead(tx, "coordinator", ann, minute).await?);
                assert!(!lead(tx, "coordinator", bob, minute).await?);
                assert!(lead(tx, "schedule", bob, Duration::ZERO).await?);
                Ok::<_, StoreError>(())
            })
            .unwrap();
            let mut tx = fixture.db.snapshot().await.unwrap();
            assert_eq!(list(&mut tx).await.unwrap(), [("coordinator".to_owned(), ann)]);
            tx.rollback().await.unwrap();
            commit!(fixture.db, tx => resign(tx, "coordinator", ann).await).unwrap();
            let mut tx = fixture.db.snapshot().await.unwrap();
            assert!(list(&mut tx).await.unwrap().is_empty());
            tx.rollback().await.unwrap();
        }
    }

    #[tokio::test]
    async fn a_lease_of_a_clock_that_was_set_back_is_over() {
        let (ann, bob) = (Uuid::now_v7(), Uuid::now_v7());
        for fixture in both().await {
            commit!(fixture.db, tx => {
                // What a clock that is set back by an hour leaves of a lease.
                assert!(lead(tx, "coordinator", ann, Duration::from_secs(3_610)).await?);
                assert!(lead(tx, "coordinator", bob, Duration::from_secs(10)).await?);
                assert!(!lead(tx, "coordinator", ann, Duration::from_secs(10)).await?);
                Ok::<_, StoreError>(())
            })
            .unwrap();
        }
    }

    #[tokio::test]
    async fn a_snapshot_sees_one_moment() {
        for fixture in both().await {
            let mut tx = fixture.db.snapshot().await.unwrap();
            assert!(list(&mut tx).await.unwrap().is_empty());
            commit!(fixture.db, tx => lead(tx, "schedule", Uuid::now_v7(), Duration::from_secs(60)).await).unwrap();
            assert!(list(&mut tx).await.unwrap().is_empty(), "what came later is not seen");
            tx.rollback().await.unwrap();
        }
    }
}

//! Pools of connections to SQLite files that outlive a full disk.

use std::time::Duration;

use sqlx::{Connection as _, sqlite::SqlitePoolOptions};

/// A pool whose connections are given back outside a transaction, or closed. When SQLite cannot write, it rolls back by
/// itself; the rollback that follows fails, and sqlx counts the connection as inside a transaction ever after, so that no
/// other could begin on it.
pub(crate) fn sqlite_pool(connections: u32, patience: Duration) -> SqlitePoolOptions {
    SqlitePoolOptions::new()
        .max_connections(connections)
        .acquire_timeout(patience)
        // A connection is a thread of this process and is tested when it is given back.
        .test_before_acquire(false)
        .after_release(|conn, _| {
            Box::pin(async move {
                // A transaction that was dropped is rolled back before the connection answers.
                conn.ping().await?;
                Ok(!conn.is_in_transaction())
            })
        })
}

#[cfg(test)]
mod tests {
    use crate::{
        domain::time::Timestamp,
        store::{Db, StoreError, settings, testing},
    };

    async fn set(db: &Db, value: &str) -> Result<(), StoreError> {
        testing::commit!(db, tx => settings::set(tx, "full", value, None, Timestamp::from_micros(0)).await)
    }

    #[tokio::test]
    async fn a_full_disk_refuses_writes_and_is_forgotten_once_there_is_room() {
        let [sqlite, _] = testing::both().await;
        let Db::Sqlite { write, .. } = &sqlite.db else { panic!("the first is SQLite") };
        set(&sqlite.db, "before").await.unwrap();
        for _ in 0..3 {
            // A smaller number than there are pages means as many as there are.
            sqlx::query("PRAGMA max_page_count = 1").execute(write).await.unwrap();
            let refused = set(&sqlite.db, &"x".repeat(1_000_000)).await.unwrap_err();
            assert!(matches!(refused, StoreError::Down(_)), "{refused}");
            sqlx::query("PRAGMA max_page_count = 1000000").execute(write).await.unwrap();
            set(&sqlite.db, "after").await.expect("there is room again");
        }
        let kept = settings::get(&mut sqlite.db.read().await.unwrap(), "full").await.unwrap();
        assert_eq!(kept.as_deref(), Some("after"));
    }

    #[tokio::test]
    async fn a_transaction_that_is_dropped_halfway_holds_nobody_up() {
        let [sqlite, _] = testing::both().await;
        for _ in 0..3 {
            let mut tx = sqlite.db.begin().await.unwrap();
            settings::set(&mut tx, "full", "half", None, Timestamp::from_micros(0)).await.unwrap();
            drop(tx);
            set(&sqlite.db, "whole").await.unwrap();
        }
    }
}

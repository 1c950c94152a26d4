//! A database that can be read and not written to is not ready, and becomes so again by itself.

use std::time::Duration;

use vanikeys_core::{
    flow::{
        Failure,
        grant::grant_tokens,
        ready::{NotReady, ready},
    },
    store::{Db, StoreError},
};

use crate::world::over_both;

over_both! {
    async fn what_can_only_be_read_is_not_ready(world) {
        let ann = world.user(0).await;
        ready(&world.app).await.unwrap();
        for _ in 0..2 {
            only_read(&world.app.db, true).await;
            world.pass(Duration::from_secs(1));
            let unwell = ready(&world.app).await.unwrap_err();
            assert!(matches!(unwell, NotReady::Database(_)), "{unwell}");
            let refused = grant_tokens(&world.app, uuid::Uuid::now_v7(), ann.user, 5, None).await.unwrap_err();
            assert!(matches!(refused, Failure::Store(StoreError::Down(_))), "{refused}");
            only_read(&world.app.db, false).await;
            ready(&world.app).await.unwrap();
        }
        assert!(grant_tokens(&world.app, uuid::Uuid::now_v7(), ann.user, 5, None).await.is_ok());
    }

    async fn asking_often_writes_seldom_even_when_the_clock_was_set_back(world) {
        let written = "SELECT CAST(last_at AS BIGINT) FROM schedule WHERE name = 'readiness'";
        ready(&world.app).await.unwrap();
        let first = world.number(written).await;
        world.pass(Duration::from_millis(999));
        ready(&world.app).await.unwrap();
        assert_eq!(world.number(written).await, first);
        world.pass(Duration::from_millis(1));
        ready(&world.app).await.unwrap();
        assert_eq!(world.number(written).await, first + 1_000_000);
        let mut back = world.app.clone();
        back.clock = vanikeys_core::clients::clock::Clock::manual(vanikeys_core::domain::time::Timestamp::from_micros(first));
        ready(&back).await.unwrap();
        assert_eq!(world.number(written).await, first, "what was written in the future counts for nothing");
    }
}

/// Takes writing away from every connection, or gives it back.
async fn only_read(db: &Db, only: bool) {
    match db {
        Db::Sqlite { write, .. } => {
            let text = format!("PRAGMA query_only = {only}");
            sqlx::query(sqlx::AssertSqlSafe(text)).execute(write).await.unwrap();
        }
        Db::Postgres(pool) => {
            let mut conn = pool.acquire().await.unwrap();
            let name: String =
                sqlx::query_scalar("SELECT current_database()::text").fetch_one(&mut *conn).await.unwrap();
            let text = format!(
                "BEGIN READ WRITE; ALTER DATABASE {name} SET default_transaction_read_only = {only}; COMMIT; \
                 SET default_transaction_read_only = {only}; \
                 SELECT pg_terminate_backend(pid) FROM pg_stat_activity \
                 WHERE datname = '{name}' AND pid <> pg_backend_pid()"
            );
            sqlx::raw_sql(sqlx::AssertSqlSafe(text)).execute(&mut *conn).await.unwrap();
        }
    }
}

//! How many commits a second SQLite takes from so many writers: each by itself, and in groups as the store does it.
//! On a disk (`/tmp` may be none):
//!
//! ```sh
//! TMPDIR=/var/tmp cargo bench --workspace --bench commits
//! ```

#![allow(missing_docs, clippy::unwrap_used, clippy::print_stdout, reason = "a program for people")]

use std::{
    path::Path,
    time::{Duration, Instant},
};

use futures::future::join_all;
use sqlx::{
    SqlitePool,
    sqlite::{SqliteConnectOptions, SqliteJournalMode, SqlitePoolOptions, SqliteSynchronous},
};
use vanikeys_core::{
    domain::time::Timestamp,
    store::{Db, migrate, settings},
};

const COMMITS: usize = 2_000;

fn main() {
    let runtime = tokio::runtime::Builder::new_multi_thread().worker_threads(2).enable_all().build().unwrap();
    for writers in [1, 10, 100] {
        for synchronous in [SqliteSynchronous::Normal, SqliteSynchronous::Full] {
            let name = format!("one by one, {synchronous:?}");
            tell(writers, &name, runtime.block_on(one_by_one(writers, synchronous)));
        }
        tell(writers, "in groups, Full", runtime.block_on(in_groups(writers)));
    }
}

fn tell(writers: usize, how: &str, took: Duration) {
    println!("{writers:4} writers, {how:22} {:8.0} commits a second", COMMITS as f64 / took.as_secs_f64());
}

async fn one_by_one(writers: usize, synchronous: SqliteSynchronous) -> Duration {
    let folder = tempfile::tempdir().unwrap();
    let options = SqliteConnectOptions::new()
        .filename(folder.path().join("alone.db"))
        .create_if_missing(true)
        .journal_mode(SqliteJournalMode::Wal)
        .synchronous(synchronous);
    let pool = SqlitePoolOptions::new().max_connections(1).connect_with(options).await.unwrap();
    sqlx::query("CREATE TABLE settings (name TEXT PRIMARY KEY, value TEXT)").execute(&pool).await.unwrap();
    let (pool, begun) = (&pool, Instant::now());
    join_all((0..writers).map(|writer| async move {
        for number in 0..COMMITS / writers {
            insert(pool, format!("{writer} {number}")).await;
        }
    }))
    .await;
    begun.elapsed()
}

async fn insert(pool: &SqlitePool, name: String) {
    let mut tx = pool.begin_with("BEGIN IMMEDIATE").await.unwrap();
    sqlx::query("INSERT INTO settings VALUES ($1, 'x')").bind(name).execute(&mut *tx).await.unwrap();
    tx.commit().await.unwrap();
}

async fn in_groups(writers: usize) -> Duration {
    let folder = tempfile::tempdir().unwrap();
    let db = opened(folder.path()).await;
    let (db, begun) = (&db, Instant::now());
    join_all((0..writers).map(|writer| async move {
        for number in 0..COMMITS / writers {
            let mut tx = db.begin().await.unwrap();
            let name = format!("{writer} {number}");
            settings::set(&mut tx, &name, "x", None, Timestamp::from_micros(0)).await.unwrap();
            tx.commit().await.unwrap();
        }
    }))
    .await;
    begun.elapsed()
}

async fn opened(folder: &Path) -> Db {
    let db = Db::sqlite(&folder.join("groups.db")).await.unwrap();
    migrate::up(&db).await.unwrap();
    db
}

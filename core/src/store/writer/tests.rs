use std::path::Path;

use futures::future::join_all;
use sqlx::sqlite::{SqliteConnectOptions, SqliteJournalMode, SqliteSynchronous};

use super::*;
use crate::{
    domain::time::Timestamp,
    store::{Db, Tx, pool::sqlite_pool, settings, testing},
};

/// A database whose groups take everybody in line, however slow the machine is.
async fn database() -> (Db, testing::Fixture) {
    let [sqlite, _] = testing::both().await;
    let Db::Sqlite { write, read, .. } = &sqlite.db else { panic!("the first is SQLite") };
    let writer = Writer::new(write.clone(), PATIENCE);
    (Db::Sqlite { writer, write: write.clone(), read: read.clone() }, sqlite)
}

async fn set(tx: &mut Tx, name: &str) {
    settings::set(tx, name, "value", None, Timestamp::from_micros(0)).await.unwrap();
}

async fn is_set(db: &Db, name: &str) -> bool {
    settings::get(&mut db.read().await.unwrap(), name).await.unwrap().is_some()
}

/// Begins one after the other, each a future that waits for its turn.
fn in_line(db: &Db) -> std::pin::Pin<Box<impl Future<Output = StoreResult<Tx>>>> {
    let mut waiting = Box::pin({
        let db = db.clone();
        async move { db.begin().await }
    });
    assert!(futures::FutureExt::now_or_never(&mut waiting).is_none(), "somebody else has the turn");
    waiting
}

#[tokio::test]
async fn those_in_line_are_committed_together_and_a_refusal_takes_nobody_along() {
    let (db, _fixture) = database().await;
    let db = &db;
    let mut first = db.begin().await.unwrap();
    let (second, third, fourth) = (in_line(db), in_line(db), in_line(db));
    set(&mut first, "first").await;
    let first = tokio::spawn(first.commit());
    let mut second = second.await.unwrap();
    set(&mut second, "second").await;
    assert!(!is_set(db, "first").await && !first.is_finished(), "nobody is told before the disk has it");
    second.rollback().await.unwrap();
    let mut third = third.await.unwrap();
    set(&mut third, "third").await;
    drop(third);
    let mut fourth = fourth.await.unwrap();
    set(&mut fourth, "fourth").await;
    fourth.commit().await.unwrap();
    first.await.unwrap().unwrap();
    for (name, there) in [("first", true), ("second", false), ("third", false), ("fourth", true)] {
        assert_eq!(is_set(db, name).await, there, "{name}");
    }
}

#[tokio::test]
async fn what_one_takes_down_none_is_told_that_it_has() {
    let (db, _fixture) = database().await;
    let db = &db;
    let Db::Sqlite { write, .. } = db else { panic!("the first is SQLite") };
    sqlx::query("PRAGMA max_page_count = 1").execute(write).await.unwrap();
    let mut first = db.begin().await.unwrap();
    set(&mut first, "first").await;
    let second = in_line(db);
    let first = tokio::spawn(first.commit());
    let mut second = second.await.unwrap();
    // The disk is full: SQLite rolls back everything by itself.
    let large = "x".repeat(1_000_000);
    let refused = settings::set(&mut second, "second", &large, None, Timestamp::from_micros(0)).await;
    assert!(matches!(refused, Err(StoreError::Down(_))));
    second.rollback().await.unwrap();
    assert!(matches!(first.await.unwrap(), Err(StoreError::Down(_))));
    assert!(!is_set(db, "first").await);
    let mut third = db.begin().await.unwrap();
    set(&mut third, "third").await;
    third.commit().await.unwrap();
    assert!(is_set(db, "third").await, "the next has a connection of its own");
}

#[tokio::test(flavor = "multi_thread", worker_threads = 4)]
async fn whoever_gives_up_waiting_is_in_nobodys_way() {
    let (db, _fixture) = database().await;
    let db = &db;
    let writes = (0..200).map(|number| async move {
        let write = async {
            let mut tx = db.begin().await.unwrap();
            set(&mut tx, &format!("number {number}")).await;
            tx.commit().await.unwrap();
        };
        // Some are given up at any point: in line, while they write, while they wait for the commit.
        let patience = if number % 3 == 0 { Duration::from_micros(100 * number as u64) } else { PATIENCE };
        time::timeout(patience, write).await.is_ok()
    });
    let done = join_all(writes).await;
    for (number, done) in done.into_iter().enumerate() {
        assert!(done || number % 3 == 0, "{number}");
        assert!(!done || is_set(db, &format!("number {number}")).await, "{number}");
    }
}

/// How many commits a second there are, for `docs/decisions/transactions.md`:
/// `TMPDIR=/var/tmp cargo nextest run --workspace --lib --run-ignored only --no-capture -E 'test(commits_a_second)'`.
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
#[ignore = "a measurement"]
#[expect(clippy::print_stdout, reason = "that is what it is for")]
async fn commits_a_second() {
    const COMMITS: usize = 2_000;
    for writers in [1, 10, 100] {
        for synchronous in [SqliteSynchronous::Normal, SqliteSynchronous::Full] {
            let folder = tempfile::tempdir().unwrap();
            let options = SqliteConnectOptions::new()
                .filename(folder.path().join("alone.db"))
                .create_if_missing(true)
                .journal_mode(SqliteJournalMode::Wal)
                .synchronous(synchronous);
            let pool = sqlite_pool(1, PATIENCE).connect_with(options).await.unwrap();
            sqlx::query("CREATE TABLE settings (name TEXT PRIMARY KEY, value TEXT)").execute(&pool).await.unwrap();
            let (pool, took) = (&pool, Instant::now());
            join_all((0..writers).map(|writer| async move {
                for number in 0..COMMITS / writers {
                    let mut tx = pool.begin_with("BEGIN IMMEDIATE").await.unwrap();
                    let name = format!("{writer} {number}");
                    sqlx::query("INSERT INTO settings VALUES ($1, 'x')").bind(name).execute(&mut *tx).await.unwrap();
                    tx.commit().await.unwrap();
                }
            }))
            .await;
            tell(writers, &format!("one by one, {synchronous:?}"), COMMITS, took.elapsed());
        }
        let folder = tempfile::tempdir().unwrap();
        let db = opened(folder.path()).await;
        let (db, took) = (&db, Instant::now());
        join_all((0..writers).map(|writer| async move {
            for number in 0..COMMITS / writers {
                let mut tx = db.begin().await.unwrap();
                set(&mut tx, &format!("{writer} {number}")).await;
                tx.commit().await.unwrap();
            }
        }))
        .await;
        tell(writers, "in groups, Full", COMMITS, took.elapsed());
    }

    async fn opened(folder: &Path) -> Db {
        let db = Db::sqlite(&folder.join("groups.db")).await.unwrap();
        crate::store::migrate::up(&db).await.unwrap();
        db
    }

    fn tell(writers: usize, how: &str, commits: usize, took: Duration) {
        println!("{writers:4} writers, {how:22} {:8.0} commits a second", commits as f64 / took.as_secs_f64());
    }
}

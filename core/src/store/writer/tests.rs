use futures::future::join_all;

use super::*;
use crate::{
    domain::time::Timestamp,
    store::{Db, Tx, settings, testing},
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
    let second = tokio::spawn(second.rollback());
    let mut third = third.await.unwrap();
    assert!(!second.is_finished(), "it has seen what the disk does not have yet");
    set(&mut third, "third").await;
    drop(third);
    let mut fourth = fourth.await.unwrap();
    set(&mut fourth, "fourth").await;
    fourth.commit().await.unwrap();
    first.await.unwrap().unwrap();
    second.await.unwrap().unwrap();
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
    assert!(matches!(second.rollback().await, Err(StoreError::Down(_))), "what it has seen is gone");
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

//! Both databases, migrated and empty, for the tests of everything that stores.

use tempfile::TempDir;
use vanikeys_testkit::postgres::{Database, fresh_database, prepared_database};

use super::{Db, migrate};

pub(crate) mod catalog;
pub(crate) mod samples;

/// A database and what keeps it there.
pub(crate) struct Fixture {
    /// The database.
    pub(crate) db: Db,
    _keeps: Keeps,
}

#[expect(dead_code, reason = "held for their Drop")]
enum Keeps {
    File(TempDir),
    Server(Database),
}

/// A fresh SQLite file and a fresh PostgreSQL database, with the schema.
pub(crate) async fn both() -> [Fixture; 2] {
    let server = prepared_database("schema", async |url| {
        let db = Db::postgres(&url, 2).await.unwrap();
        migrate::up(&db).await.unwrap();
        db.close().await;
    });
    let both = fixtures(server.await).await;
    migrate::up(&both[0].db).await.unwrap();
    both
}

/// Like [`both`], without a schema.
pub(crate) async fn empty() -> [Fixture; 2] {
    fixtures(fresh_database()).await
}

async fn fixtures(server: Database) -> [Fixture; 2] {
    let folder = tempfile::tempdir().unwrap();
    let sqlite = Db::sqlite(&folder.path().join("vanikeys.db")).await.unwrap();
    let postgres = Db::postgres(&server.url(), 20).await.unwrap();
    [Fixture { db: sqlite, _keeps: Keeps::File(folder) }, Fixture { db: postgres, _keeps: Keeps::Server(server) }]
}

/// Like `transact!`, as an expression in a function that answers nothing: yields the body's result.
macro_rules! commit {
    ($db:expr, $tx:ident => $body:expr) => {
        async { $crate::store::transact!($db, $tx => $body) }.await
    };
}
pub(crate) use commit;

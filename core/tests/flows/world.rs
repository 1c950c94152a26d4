//! A small world to test in: an opened app with a clock that stands still, and users with tokens.

use std::time::Duration;

use uuid::Uuid;
use vanikeys_core::{
    app::App,
    clients::clock::Clock,
    config::Config,
    domain::{
        ledger::{Asset, Balance, Kind as Why, Movement},
        time::Timestamp,
    },
    flow::{Actor, Failure, grant::grant_tokens, job, wallet},
    secret::Secret,
    store::{Db, Tx, audit::Origin, idempotency::Key, migrate},
};
use vanikeys_grind::{Kind, PatternSpec};
use vanikeys_testkit::{Scratch, postgres};

/// The key in force in every world.
pub const SECRET_KEY: &str = "9f86d081884c7d659a2feaa0c55ad015a3bf4f1b2b0b822cd15d6c15b0f00a08";

/// Which database a test runs on.
#[derive(Clone, Copy, Debug)]
pub enum On {
    Sqlite,
    Postgres,
}

/// Runs the body of a test over both databases; a closure beside the world changes its settings.
macro_rules! over_both {
    ($($(#[$doc:meta])* async fn $name:ident($world:ident $(, $change:expr)?) $body:block)*) => {$(
        mod $name {
            #[allow(unused_imports, reason = "a body may need no name of its file")]
            use super::*;
            $(#[$doc])*
            async fn body($world: $crate::world::World) $body

            fn change(config: &mut vanikeys_core::config::Config) {
                let _ = &config;
                $(let change: fn(&mut vanikeys_core::config::Config) = $change; change(config);)?
            }

            #[tokio::test(flavor = "multi_thread", worker_threads = 4)]
            async fn sqlite() {
                body($crate::world::World::with($crate::world::On::Sqlite, change).await).await;
            }
            #[tokio::test(flavor = "multi_thread", worker_threads = 4)]
            async fn postgres() {
                body($crate::world::World::with($crate::world::On::Postgres, change).await).await;
            }
        }
    )*};
}
pub(crate) use over_both;

async fn with_schema(url: String) {
    let db = Db::postgres(&url, 2).await.unwrap();
    migrate::up(&db).await.unwrap();
    db.close().await;
}

/// An opened app and what keeps its database alive.
pub struct World {
    pub app: App,
    _files: Scratch,
    _postgres: Option<postgres::Database>,
}

impl World {
    pub async fn with(on: On, change: impl FnOnce(&mut Config)) -> Self {
        let files = Scratch::new("flows");
        let (db, postgres) = match on {
            On::Sqlite => (Db::sqlite(&files.path().join("vanikeys.db")).await.unwrap(), None),
            On::Postgres => {
                let database = postgres::prepared_database("schema", with_schema).await;
                (Db::postgres(&database.url(), 20).await.unwrap(), Some(database))
            }
        };
        migrate::up(&db).await.unwrap();
        let mut config = Config::default();
        config.secret_key = Some(Secret::new(SECRET_KEY));
        config.free_pulls_per_day = 0;
        config.data = files.path().to_owned();
        change(&mut config);
        let clock = Clock::manual(Timestamp::parse("2026-11-21T12:00:00Z").unwrap());
        let app = App::assemble(db, config, clock).unwrap();
        Self { app, _files: files, _postgres: postgres }
    }

    /// A new user with so many VaniTokens.
    pub async fn user(&self, tokens: i64) -> Actor {
        let user = Uuid::now_v7();
        let now = self.app.clock.now().micros();
        let text = "INSERT INTO users (id, username, username_key, referral_code, adult_confirmed_at, \
                    terms_accepted_at, created_at) VALUES ($1, $2, $2, $2, $3, $3, $3)";
        let name = user.simple().to_string();
        match &self.app.db {
            Db::Postgres(pool) => {
                sqlx::query(text).bind(user).bind(&name).bind(now).execute(pool).await.map(drop).unwrap();
            }
            Db::Sqlite { write, .. } => {
                sqlx::query(text).bind(user).bind(&name).bind(now).execute(write).await.map(drop).unwrap();
            }
        }
        if tokens > 0 {
            grant_tokens(&self.app, Uuid::now_v7(), user, tokens, None).await.unwrap();
        }
        Actor { user, origin: Origin::default() }
    }

    pub fn pass(&self, span: Duration) {
        self.app.clock.advance(span);
    }

    /// A turn of a coordinator that has been one for long.
    pub async fn coordinate(&self) -> Result<job::Issued, Failure<job::JobRefusal>> {
        job::Coordinator::new(Timestamp::from_micros(0)).turn(&self.app).await
    }

    pub async fn balance(&self, actor: &Actor) -> Balance {
        let wallet = wallet::balance(&self.app, actor).await.unwrap();
        Balance { balance: wallet.balance, held: wallet.held, debt: wallet.debt }
    }

    /// A movement of VaniTokens, now.
    pub fn movement(&self, user: Uuid, amount: i64, kind: Why, key: impl Into<String>) -> Movement<'static> {
        let (asset, at) = (Asset::VaniToken, self.app.clock.now());
        Movement { user, asset, amount, kind, key: key.into(), subject: None, note: None, at }
    }

    /// One number out of the database.
    pub async fn number(&self, sql: &str) -> i64 {
        match &self.app.db {
            Db::Postgres(pool) => sqlx::query_scalar(sqlx::AssertSqlSafe(sql)).fetch_one(pool).await.unwrap(),
            Db::Sqlite { read, .. } => sqlx::query_scalar(sqlx::AssertSqlSafe(sql)).fetch_one(read).await.unwrap(),
        }
    }

    /// A column of texts out of the database.
    pub async fn texts(&self, sql: &str) -> Vec<String> {
        match &self.app.db {
            Db::Postgres(pool) => sqlx::query_scalar(sqlx::AssertSqlSafe(sql)).fetch_all(pool).await.unwrap(),
            Db::Sqlite { read, .. } => sqlx::query_scalar(sqlx::AssertSqlSafe(sql)).fetch_all(read).await.unwrap(),
        }
    }

    /// What the database calls bytes.
    pub fn bytes_type(&self) -> &'static str {
        match self.app.db {
            Db::Postgres(_) => "BYTEA",
            Db::Sqlite { .. } => "BLOB",
        }
    }

    /// A statement about one row, `$1`.
    pub async fn execute(&self, tx: &mut Tx, sql: &str, user: Uuid) -> Result<(), sqlx::Error> {
        match tx {
            Tx::Postgres(tx) => sqlx::query(sqlx::AssertSqlSafe(sql)).bind(user).execute(&mut **tx).await.map(drop),
            Tx::Sqlite(tx) => sqlx::query(sqlx::AssertSqlSafe(sql)).bind(user).execute(&mut **tx).await.map(drop),
        }
    }

    /// Every user balance is the sum of its transfers, every hold is where its account says, nothing is in the red.
    pub async fn ledger_holds(&self) {
        let off = self
            .number(
                "SELECT COUNT(*) FROM ledger_accounts a WHERE a.house IS NULL AND a.balance <> \
                 COALESCE((SELECT CAST(SUM(t.amount) AS BIGINT) FROM transfers t WHERE t.credit_account = a.id), 0) - \
                 COALESCE((SELECT CAST(SUM(t.amount) AS BIGINT) FROM transfers t WHERE t.debit_account = a.id), 0)",
            )
            .await;
        assert_eq!(off, 0, "a balance is not the sum of its transfers");
        let off = self
            .number(
                "SELECT COUNT(*) FROM ledger_accounts a WHERE a.held <> COALESCE((SELECT CAST(SUM(h.amount) AS BIGINT) \
                 FROM holds h WHERE h.account = a.id AND h.state = 'pending'), 0)",
            )
            .await;
        assert_eq!(off, 0, "an account holds something else than its holds");
        let off = self
            .number(
                "SELECT COUNT(*) FROM ledger_accounts a WHERE a.debt <> COALESCE((SELECT CAST(SUM(k.open) AS BIGINT) \
                 FROM takings k WHERE k.account = a.id), 0)",
            )
            .await;
        assert_eq!(off, 0, "a debt is not the sum of what is open");
    }
}

pub fn prefix(text: &str) -> PatternSpec {
    PatternSpec::new(Kind::Prefix, text)
}

pub fn key(actor: &Actor, key: &str, content: u8) -> Key {
    Key { scope: actor.user.to_string(), endpoint: "test", key: key.to_owned(), content_hash: [content; 32] }
}

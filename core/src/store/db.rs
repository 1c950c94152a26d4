//! The two databases behind one door: pools, transactions and the macro that writes each statement once.
//! Nothing here knows a table; what must differ between the two lives in `dialect`.

use std::{
    ops::{ControlFlow, Deref, DerefMut},
    path::Path,
    str::FromStr,
    time::Duration,
};

use sqlx::{
    PgConnection, PgPool, Postgres, Sqlite, SqliteConnection, SqlitePool, Transaction,
    pool::PoolConnection,
    postgres::{PgConnectOptions, PgPoolOptions},
    sqlite::{SqliteConnectOptions, SqliteJournalMode, SqliteSynchronous},
};

use super::{StoreError, StoreResult, Turn, Writer, pool::sqlite_pool};

/// An open database. Cheap to clone.
#[derive(Clone, Debug)]
pub enum Db {
    /// The fleet's PostgreSQL.
    Postgres(PgPool),
    /// The embedded shape's file: one connection writes (so writers queue fairly instead of spinning on
    /// `SQLITE_BUSY`), a few others read beside it (WAL).
    Sqlite {
        /// The single writing connection.
        write: SqlitePool,
        /// Gives it to transactions, in turns.
        writer: Writer,
        /// Connections that only read.
        read: SqlitePool,
    },
}

/// A database transaction; dropped without `commit` it is rolled back.
#[derive(Debug)]
pub enum Tx {
    /// On PostgreSQL, read committed; rows are locked where the store says so.
    Postgres(Transaction<'static, Postgres>),
    /// On SQLite.
    Sqlite(SqliteTx),
}

/// A transaction of SQLite.
#[derive(Debug)]
pub enum SqliteTx {
    /// It only reads.
    Reads(Transaction<'static, Sqlite>),
    /// It holds the write lock from its first statement.
    Writes(Turn),
}

impl Deref for SqliteTx {
    type Target = SqliteConnection;

    fn deref(&self) -> &SqliteConnection {
        match self {
            Self::Reads(tx) => tx,
            Self::Writes(turn) => turn,
        }
    }
}

impl DerefMut for SqliteTx {
    fn deref_mut(&mut self) -> &mut SqliteConnection {
        match self {
            Self::Reads(tx) => tx,
            Self::Writes(turn) => turn,
        }
    }
}

/// A connection for reading outside a transaction.
#[derive(Debug)]
pub enum Conn {
    /// On PostgreSQL.
    Postgres(PoolConnection<Postgres>),
    /// On SQLite.
    Sqlite(PoolConnection<Sqlite>),
}

/// A borrowed connection of either database.
#[derive(Debug)]
pub enum Session<'a> {
    /// On PostgreSQL.
    Postgres(&'a mut PgConnection),
    /// On SQLite.
    Sqlite(&'a mut SqliteConnection),
}

/// Where a statement can run. Reading store functions take `&mut impl Sql`; writing ones take `&mut Tx`, so
/// that nothing is ever written outside a transaction.
pub trait Sql: Send {
    /// Borrows the connection.
    fn session(&mut self) -> Session<'_>;
}

impl Sql for Tx {
    fn session(&mut self) -> Session<'_> {
        match self {
            Self::Postgres(tx) => Session::Postgres(tx),
            Self::Sqlite(tx) => Session::Sqlite(tx),
        }
    }
}

impl Sql for Conn {
    fn session(&mut self) -> Session<'_> {
        match self {
            Self::Postgres(conn) => Session::Postgres(conn),
            Self::Sqlite(conn) => Session::Sqlite(conn),
        }
    }
}

/// Runs one query body on whichever database `$on` is: `sql!(tx, c => sqlx::query("..").execute(c).await)`.
macro_rules! sql {
    ($on:expr, $c:ident => $body:expr) => {
        match $crate::store::Sql::session($on) {
            $crate::store::Session::Postgres($c) => $body.map_err($crate::store::StoreError::from),
            $crate::store::Session::Sqlite($c) => $body.map_err($crate::store::StoreError::from),
        }
    };
}
pub(crate) use sql;

/// Executes a statement and yields the number of rows it touched.
macro_rules! execute {
    ($on:expr, $text:expr $(, $bind:expr)* $(,)?) => {
        $crate::store::sql!($on, c => sqlx::query($text)$(.bind($bind))*.execute(c).await.map(|done| done.rows_affected()))
    };
}
pub(crate) use execute;

/// An address of IPv6 stands in brackets in a URL, and nowhere else.
fn postgres_options(url: &str) -> StoreResult<PgConnectOptions> {
    let options = PgConnectOptions::from_str(url)?;
    let address = options.get_host().strip_prefix('[').and_then(|host| host.strip_suffix(']')).map(str::to_owned);
    Ok(match address {
        Some(address) => options.host(&address),
        None => options,
    })
}

/// How long transactions of SQLite that follow each other may put off their common commit.
const GROUP: Duration = Duration::from_millis(10);

impl Db {
    /// Opens PostgreSQL at `url` with at most `connections` connections.
    ///
    /// # Errors
    /// [`StoreError::Down`] if it does not answer, or the URL is not one.
    pub async fn postgres(url: &str, connections: u32) -> StoreResult<Self> {
        let options = postgres_options(url)?;
        let pool = PgPoolOptions::new()
            .max_connections(connections)
            .acquire_timeout(Duration::from_secs(10))
            .connect_with(options)
            .await?;
        Ok(Self::Postgres(pool))
    }

    /// Opens (or creates) the SQLite file.
    ///
    /// # Errors
    /// [`StoreError::Down`] if the file cannot be opened.
    pub async fn sqlite(file: &Path) -> StoreResult<Self> {
        let options = SqliteConnectOptions::new()
            .filename(file)
            .create_if_missing(true)
            .journal_mode(SqliteJournalMode::Wal)
            // A commit survives the loss of power; what that costs, writers share.
            .synchronous(SqliteSynchronous::Full)
            .foreign_keys(true)
            .busy_timeout(Duration::from_secs(10))
            .pragma("secure_delete", "on");
        let write = sqlite_pool(1, Duration::from_secs(30)).connect_with(options.clone()).await?;
        let read = sqlite_pool(4, Duration::from_secs(10)).connect_with(options).await?;
        Ok(Self::Sqlite { writer: Writer::new(write.clone(), GROUP), write, read })
    }

    /// A connection for reading.
    ///
    /// # Errors
    /// [`StoreError::Down`] if none can be had in time.
    pub async fn read(&self) -> StoreResult<Conn> {
        Ok(match self {
            Self::Postgres(pool) => Conn::Postgres(pool.acquire().await?),
            Self::Sqlite { read, .. } => Conn::Sqlite(read.acquire().await?),
        })
    }

    /// Begins a transaction that only reads and sees one moment throughout, without holding anybody up.
    ///
    /// # Errors
    /// [`StoreError::Down`] if no connection can be had in time.
    pub async fn snapshot(&self) -> StoreResult<Tx> {
        Ok(match self {
            Self::Postgres(pool) => {
                Tx::Postgres(pool.begin_with("BEGIN ISOLATION LEVEL REPEATABLE READ READ ONLY").await?)
            }
            Self::Sqlite { read, .. } => Tx::Sqlite(SqliteTx::Reads(read.begin_with("BEGIN DEFERRED").await?)),
        })
    }

    /// Begins a transaction. Prefer `transact!`, which also retries.
    ///
    /// # Errors
    /// [`StoreError::Down`] if no connection can be had in time.
    pub async fn begin(&self) -> StoreResult<Tx> {
        Ok(match self {
            Self::Postgres(pool) => Tx::Postgres(pool.begin().await?),
            Self::Sqlite { writer, .. } => Tx::Sqlite(SqliteTx::Writes(writer.begin().await?)),
        })
    }

    /// Closes the pools, waiting for what runs.
    pub async fn close(&self) {
        match self {
            Self::Postgres(pool) => pool.close().await,
            Self::Sqlite { write, read, .. } => {
                read.close().await;
                write.close().await;
            }
        }
    }
}

impl Tx {
    /// Commits.
    ///
    /// # Errors
    /// The database's; the transaction is then rolled back.
    pub async fn commit(self) -> StoreResult<()> {
        match self {
            Self::Postgres(tx) => tx.commit().await?,
            Self::Sqlite(SqliteTx::Reads(tx)) => tx.commit().await?,
            Self::Sqlite(SqliteTx::Writes(turn)) => turn.commit().await?,
        }
        Ok(())
    }

    /// Rolls back now, instead of when dropped.
    ///
    /// # Errors
    /// The database's.
    pub async fn rollback(self) -> StoreResult<()> {
        match self {
            Self::Postgres(tx) => tx.rollback().await?,
            Self::Sqlite(SqliteTx::Reads(tx)) => tx.rollback().await?,
            Self::Sqlite(SqliteTx::Writes(turn)) => turn.rollback().await?,
        }
        Ok(())
    }
}

/// Runs `$body` in a transaction `$tx` and commits it: `transact!(app.db, tx => { .. Ok(value) })`. A transaction
/// that lost a race (serialization failure, deadlock, busy file) is rolled back and the body runs again, a few
/// times; so the body must have no effect but through the transaction. Nothing outside may be called from it
/// ([`Acting`](crate::clients::acting::Acting)).
///
/// A macro, not a method that takes an async closure: futures of such closures are not provably `Send` for every
/// lifetime, and axum's handlers must be.
macro_rules! transact {
    ($db:expr, $tx:ident => $body:expr) => {{
        let mut tries = $crate::store::Tries::default();
        loop {
            let mut begun = $db.begin().await?;
            let ended = {
                let $tx = &mut begun;
                $crate::clients::acting::in_transaction(async { $body }).await
            };
            if let ::std::ops::ControlFlow::Break(ended) = tries.conclude(begun, ended).await {
                break ended;
            }
        }
    }};
}
pub(crate) use transact;

/// Counts the runs of one transaction.
#[derive(Debug, Default)]
pub struct Tries(u32);

impl Tries {
    const MOST: u32 = 6;

    /// Commits if `ended` is fine, rolls back if not; tells whether that was the end of it.
    pub async fn conclude<T, E>(&mut self, tx: Tx, ended: Result<T, E>) -> ControlFlow<Result<T, E>>
    where
        E: From<StoreError> + Lost,
    {
        self.0 += 1;
        let lost = match ended {
            Ok(value) => match tx.commit().await {
                Ok(()) => return ControlFlow::Break(Ok(value)),
                Err(error) => E::from(error),
            },
            // Without a rollback what the error rests on may be gone: somebody else's writes that were to be committed
            // together, or the connection.
            Err(error) => tx.rollback().await.map_or_else(E::from, |()| error),
        };
        if !lost.lost_a_race() || self.0 == Self::MOST {
            return ControlFlow::Break(Err(lost));
        }
        tokio::time::sleep(Duration::from_millis(5 << self.0)).await;
        ControlFlow::Continue(())
    }
}

/// Tells whether an error means that a transaction lost a race and may simply run again.
pub trait Lost {
    /// True for serialization failures, deadlocks and busy files.
    fn lost_a_race(&self) -> bool;
}

impl Lost for StoreError {
    fn lost_a_race(&self) -> bool {
        matches!(self, Self::Serialization)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_address_of_ipv6_is_reached_without_its_brackets() {
        let host = |url: &str| postgres_options(url).unwrap().get_host().to_owned();
        assert_eq!(host("postgres://ann:s%40fe@[::1]:5433/keys"), "::1");
        assert_eq!(host("postgres://ann@db.example.org/keys"), "db.example.org");
        assert_eq!(host("postgres://ann@127.0.0.1/keys"), "127.0.0.1");
    }
}

//! The one writer of a SQLite file. A commit waits for the disk; so transactions that follow each other closely are
//! committed together, by one wait: each is a savepoint of a group, and learns that it is committed when the group is.

use std::{
    ops::{Deref, DerefMut},
    sync::{Arc, Mutex, MutexGuard, PoisonError},
    time::Duration,
};

use sqlx::{Sqlite, SqliteConnection, SqlitePool, pool::PoolConnection};
use tokio::{
    sync::{OwnedSemaphorePermit, Semaphore, oneshot},
    time::{self, Instant},
};

use super::{StoreError, StoreResult};

/// A turn that takes longer to come is not waited for.
const PATIENCE: Duration = Duration::from_secs(30);

/// Gives turns to write, in the order in which they were asked for. Cheap to clone.
#[derive(Clone, Debug)]
pub struct Writer(Arc<Shared>);

#[derive(Debug)]
struct Shared {
    /// Of one connection.
    pool: SqlitePool,
    /// One permit, given in the order of asking.
    turn: Arc<Semaphore>,
    /// The group that the next turn joins.
    group: Mutex<Option<Group>>,
    /// A group that is older takes nobody else: its first should not wait for long.
    age: Duration,
}

/// A transaction of SQLite in which several of ours are, each ended but the last.
#[derive(Debug)]
struct Group {
    conn: PoolConnection<Sqlite>,
    since: Instant,
    /// Those who ended, and wait for the commit.
    ended: Vec<oneshot::Sender<StoreResult<()>>>,
}

/// A transaction that writes; dropped without [`Turn::commit`] it is rolled back.
#[derive(Debug)]
pub struct Turn {
    writer: Writer,
    /// There until the turn ends.
    held: Option<(Group, OwnedSemaphorePermit)>,
}

impl Writer {
    /// Over a pool of one connection, in groups that grow for at most `age`.
    pub(super) fn new(pool: SqlitePool, age: Duration) -> Self {
        Self(Arc::new(Shared { pool, turn: Arc::new(Semaphore::new(1)), group: Mutex::default(), age }))
    }

    /// Begins a transaction when its turn has come.
    ///
    /// # Errors
    /// [`StoreError::Down`] if it does not come in time.
    pub(super) async fn begin(&self) -> StoreResult<Turn> {
        let asked = time::timeout(PATIENCE, self.0.turn.clone().acquire_owned()).await;
        let Ok(Ok(permit)) = asked else { return Err(StoreError::Down(sqlx::Error::PoolTimedOut)) };
        let mut open = self.locked().take();
        if open.as_ref().is_some_and(|group| group.since.elapsed() > self.0.age)
            && let Some(group) = open.take()
        {
            // It goes on even if this caller gives up.
            tokio::spawn(group.commit()).await.ok();
        }
        let joins = open.is_some();
        let group = match open {
            Some(group) => group,
            None => Group { conn: self.0.pool.acquire().await?, since: Instant::now(), ended: Vec::new() },
        };
        let mut turn = Turn { writer: self.clone(), held: Some((group, permit)) };
        // It goes on even if this caller gives up: a rollback must find what it rolls back, and that alone.
        let beginning = tokio::spawn(async move {
            let begun = turn.run(if joins { "SAVEPOINT turn" } else { "BEGIN IMMEDIATE" }).await;
            match (begun, turn.held.take()) {
                (Ok(()), held) => {
                    turn.held = held;
                    Ok(turn)
                }
                // Nothing has begun, so there is nothing to roll back. What others did in the group goes with it.
                (Err(error), held) => {
                    if let Some((group, _permit)) = held.filter(|_| joins) {
                        group.fail(&error);
                    }
                    Err(error)
                }
            }
        });
        beginning.await.unwrap_or(Err(StoreError::Down(sqlx::Error::WorkerCrashed)))
    }

    fn locked(&self) -> MutexGuard<'_, Option<Group>> {
        self.0.group.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Commits the group after all who are in line already have joined it.
    fn close_later(&self) {
        let mut closing = Box::pin(self.0.turn.clone().acquire_owned());
        // Asked once, it stands in line, before whoever asks after this.
        let first = futures::FutureExt::now_or_never(&mut closing);
        let writer = self.clone();
        tokio::spawn(async move {
            let _permit = match first {
                Some(permit) => permit,
                None => closing.await,
            };
            let group = writer.locked().take();
            if let Some(group) = group {
                group.commit().await;
            }
        });
    }
}

impl Turn {
    async fn run(&mut self, statement: &'static str) -> StoreResult<()> {
        sqlx::query(statement).execute(&mut **self).await?;
        Ok(())
    }

    /// Commits, together with those who are in line.
    ///
    /// # Errors
    /// The database's; the transaction is then rolled back.
    pub(super) async fn commit(self) -> StoreResult<()> {
        // It goes on even if this caller gives up.
        let committed = match tokio::spawn(self.end()).await {
            Ok(ended) => ended?,
            Err(_) => return Err(StoreError::Down(sqlx::Error::WorkerCrashed)),
        };
        committed.await.unwrap_or(Err(StoreError::Down(sqlx::Error::WorkerCrashed)))
    }

    /// Lets the next in line join the group; what comes back tells of its commit.
    async fn end(mut self) -> StoreResult<oneshot::Receiver<StoreResult<()>>> {
        if self.joined() {
            self.run("RELEASE turn").await?;
        }
        let (told, committed) = oneshot::channel();
        if let Some((mut group, permit)) = self.held.take() {
            let first = group.ended.is_empty();
            group.ended.push(told);
            *self.writer.locked() = Some(group);
            if first {
                self.writer.close_later();
            }
            drop(permit);
        }
        Ok(committed)
    }

    /// Rolls back now, instead of when dropped. Whoever was in a group has seen what the others in it did, and must not
    /// tell before that is committed; so this waits until it is.
    ///
    /// # Errors
    /// [`StoreError::Down`] if what was seen is rolled back too.
    pub(super) async fn rollback(mut self) -> StoreResult<()> {
        let Some((mut group, permit)) = self.held.take() else { return Ok(()) };
        let (told, committed) = oneshot::channel();
        let joined = !group.ended.is_empty();
        if joined {
            group.ended.push(told);
        }
        // It goes on even if this caller gives up.
        tokio::spawn(self.writer.clone().roll_back(group, joined, permit)).await.ok();
        if joined { committed.await.unwrap_or(Err(StoreError::Down(sqlx::Error::WorkerCrashed))) } else { Ok(()) }
    }

    /// Whether others have ended in the same group.
    fn joined(&self) -> bool {
        self.held.as_ref().is_some_and(|(group, _)| !group.ended.is_empty())
    }
}

impl Writer {
    async fn roll_back(self, mut group: Group, joined: bool, permit: OwnedSemaphorePermit) {
        // A savepoint stays after a rollback to it, and would be the one that the next rollback finds.
        let statement = if joined { "ROLLBACK TO turn; RELEASE turn" } else { "ROLLBACK" };
        match sqlx::raw_sql(statement).execute(&mut *group.conn).await {
            Ok(_) if joined => *self.locked() = Some(group),
            Ok(_) => {}
            // SQLite rolled back by itself, because it could not write, and with it all who are in the group.
            Err(error) => group.fail(&error.into()),
        }
        drop(permit);
    }
}

impl Drop for Turn {
    fn drop(&mut self) {
        if let Some((mut group, permit)) = self.held.take() {
            let joined = !group.ended.is_empty();
            match tokio::runtime::Handle::try_current() {
                Ok(runtime) => drop(runtime.spawn(self.writer.clone().roll_back(group, joined, permit))),
                Err(_) => group.conn.close_on_drop(),
            }
        }
    }
}

impl Group {
    async fn commit(mut self) {
        match sqlx::query("COMMIT").execute(&mut *self.conn).await {
            Ok(_) => {
                for told in self.ended {
                    // Who gave up waiting does not learn it.
                    told.send(Ok(())).ok();
                }
            }
            Err(error) => self.fail(&error.into()),
        }
    }

    /// Tells all that they are rolled back, and closes the connection, whatever state it is in.
    fn fail(mut self, error: &StoreError) {
        self.conn.close_on_drop();
        for told in self.ended {
            told.send(Err(error.again())).ok();
        }
    }
}

impl Deref for Turn {
    type Target = SqliteConnection;

    #[expect(clippy::expect_used, reason = "only the end of a turn takes it, and consumes the turn")]
    fn deref(&self) -> &SqliteConnection {
        &self.held.as_ref().expect("a turn that has not ended has its connection").0.conn
    }
}

impl DerefMut for Turn {
    #[expect(clippy::expect_used, reason = "only the end of a turn takes it, and consumes the turn")]
    fn deref_mut(&mut self) -> &mut SqliteConnection {
        &mut self.held.as_mut().expect("a turn that has not ended has its connection").0.conn
    }
}

#[cfg(test)]
mod tests;

//! A copy of the embedded database while it is in use, and whether a file is one that can be trusted.

use std::path::Path;

use super::{Db, Sql, StoreError, StoreResult, sql};

/// Copies the whole database, as it is at one moment, into `file`, which must not exist or be empty.
///
/// # Errors
/// The database's; [`StoreError::Rule`] on PostgreSQL, whose own tools copy it.
pub async fn into(db: &Db, file: &Path) -> StoreResult<()> {
    match db {
        Db::Postgres(_) => Err(StoreError::Rule { constraint: "PostgreSQL is copied by pg_dump".to_owned() }),
        Db::Sqlite { read, .. } => {
            let file = file.to_string_lossy().into_owned();
            sqlx::query("VACUUM INTO $1").bind(file).execute(read).await?;
            Ok(())
        }
    }
}

/// What is wrong inside the SQLite file; nothing if it is sound.
///
/// # Errors
/// The database's.
pub async fn faults(on: &mut impl Sql) -> StoreResult<Vec<String>> {
    let said: Vec<String> = sql!(on, c => sqlx::query_scalar("PRAGMA integrity_check(20)").fetch_all(c).await)?;
    Ok(said.into_iter().filter(|line| line != "ok").collect())
}

//! A copy of the embedded database while it is in use, and whether a file is one that can be trusted.

use std::path::Path;

use super::{Db, Session, Sql, StoreError, StoreResult, sql};

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

/// What is wrong inside the SQLite file; nothing if it is sound, and nothing on PostgreSQL, which checks its own pages.
///
/// # Errors
/// The database's, unless that is what is wrong.
pub async fn faults(on: &mut impl Sql) -> StoreResult<Vec<String>> {
    if matches!(on.session(), Session::Postgres(_)) {
        return Ok(Vec::new());
    }
    let said: StoreResult<Vec<String>> =
        sql!(on, c => sqlx::query_scalar("PRAGMA integrity_check(20)").fetch_all(c).await);
    let mut faults: Vec<String> = match said {
        Ok(said) => said.into_iter().filter(|line| line != "ok").collect(),
        // So damaged that it cannot even be looked through.
        Err(StoreError::Corrupt(fault)) => return Ok(vec![fault]),
        Err(error) => return Err(error),
    };
    if faults.is_empty() {
        let text = "SELECT DISTINCT \"table\" || ' refers to rows of ' || \"parent\" || ' that are not there' \
                    FROM pragma_foreign_key_check";
        faults = sql!(on, c => sqlx::query_scalar(text).fetch_all(c).await)?;
    }
    Ok(faults)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::store::{migrate, testing::both};

    #[tokio::test]
    async fn sqlite_is_copied_whole_and_postgres_is_not_ours_to_copy() {
        let folder = tempfile::tempdir().unwrap();
        let file = folder.path().join("copy.db");
        let [sqlite, postgres] = both().await;
        assert!(matches!(into(&postgres.db, &file).await, Err(StoreError::Rule { .. })));
        assert!(!file.exists());
        into(&sqlite.db, &file).await.unwrap();
        let copy = Db::sqlite(&file).await.unwrap();
        let mut conn = copy.read().await.unwrap();
        assert!(faults(&mut conn).await.unwrap().is_empty());
        assert_eq!(migrate::applied(&mut conn).await.unwrap(), migrate::newest());
        let mut conn = postgres.db.read().await.unwrap();
        assert_eq!(migrate::applied(&mut conn).await.unwrap(), migrate::newest());
        assert!(into(&sqlite.db, &file).await.is_err(), "a copy is never written over");
    }

    #[tokio::test]
    async fn a_damaged_file_is_told() {
        let folder = tempfile::tempdir().unwrap();
        let file = folder.path().join("copy.db");
        let [sqlite, _] = both().await;
        into(&sqlite.db, &file).await.unwrap();
        let mut bytes = std::fs::read(&file).unwrap();
        let middle = bytes.len() / 2;
        bytes[middle..].fill(0xa5);
        std::fs::write(&file, bytes).unwrap();
        let told = match Db::sqlite(&file).await {
            Ok(db) => faults(&mut db.read().await.unwrap()).await.map_or(true, |faults| !faults.is_empty()),
            Err(_) => true,
        };
        assert!(told);
    }
}

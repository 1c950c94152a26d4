//! Copying the embedded database while it is in use, and judging a copy before anybody relies on it.

use std::path::Path;

use crate::store::{Db, StoreError, copy, migrate};

/// Copies the database, as it is at one moment, into a file that does not exist or is empty. Answers with the version
/// of its schema.
///
/// # Errors
/// The store's; a fleet's database is copied by its own tools.
pub async fn copy_database(db: &Db, file: &Path) -> Result<i64, StoreError> {
    copy::into(db, file).await?;
    migrate::applied(&mut db.read().await?).await
}

/// Reads a copy through and answers with the version of its schema.
///
/// # Errors
/// The store's, among them [`StoreError::Corrupt`] if the file is damaged.
pub async fn examine_copy(file: &Path) -> Result<i64, StoreError> {
    let db = Db::sqlite(file).await?;
    let mut conn = db.read().await?;
    let faults = copy::faults(&mut conn).await;
    let version = migrate::applied(&mut conn).await;
    drop(conn);
    db.close().await;
    match faults?.as_slice() {
        [] => version,
        faults => Err(StoreError::Corrupt(format!("the database is damaged: {}", faults.join("; ")))),
    }
}

//! Copying the embedded database while it is in use, and judging a copy before anybody relies on it.

use std::path::Path;

use crate::store::{Db, StoreError, copy, migrate};

/// Copies the database, as it is at one moment, into a file that does not exist or is empty, and reads the copy through:
/// what is damaged is no backup. Answers with the version of its schema.
///
/// # Errors
/// The store's, among them [`StoreError::Corrupt`] if the database or its copy is damaged; a fleet's database is copied
/// by its own tools.
pub async fn copy_database(db: &Db, file: &Path) -> Result<i64, StoreError> {
    // The copy is made anew from the rows, so it may be sound where the database is not.
    sound(copy::faults(&mut db.read().await?).await?)?;
    copy::into(db, file).await?;
    examine_copy(file).await
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
    sound(faults?)?;
    version
}

fn sound(faults: Vec<String>) -> Result<(), StoreError> {
    match faults.as_slice() {
        [] => Ok(()),
        faults => Err(StoreError::Corrupt(format!(
            "the database is damaged: {}; restore the last backup that `vanikeys restore` takes",
            faults.join("; ")
        ))),
    }
}

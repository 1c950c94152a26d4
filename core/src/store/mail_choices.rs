//! Which letters a user chose to get or not; a letter without a row is as its default says.

use uuid::Uuid;

use super::{Sql, StoreResult, Tx, execute, sql};

/// What the user chose for a letter, if anything.
///
/// # Errors
/// The database's.
pub async fn chosen(on: &mut impl Sql, user: Uuid, letter: &str) -> StoreResult<Option<bool>> {
    sql!(on, c => sqlx::query_scalar("SELECT wanted FROM mail_choices WHERE user_id = $1 AND letter = $2")
        .bind(user).bind(letter).fetch_optional(c).await)
}

/// Every letter the user chose about.
///
/// # Errors
/// The database's.
pub async fn all(on: &mut impl Sql, user: Uuid) -> StoreResult<Vec<(String, bool)>> {
    sql!(on, c => sqlx::query_as("SELECT letter, wanted FROM mail_choices WHERE user_id = $1 ORDER BY letter")
        .bind(user).fetch_all(c).await)
}

/// Keeps a choice.
///
/// # Errors
/// The database's.
pub async fn choose(tx: &mut Tx, user: Uuid, letter: &str, wanted: bool) -> StoreResult<()> {
    execute!(
        tx,
        "INSERT INTO mail_choices (user_id, letter, wanted) VALUES ($1, $2, $3) \
         ON CONFLICT (user_id, letter) DO UPDATE SET wanted = EXCLUDED.wanted",
        user,
        letter,
        wanted
    )?;
    Ok(())
}

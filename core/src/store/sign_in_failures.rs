//! Counts of failed and pending sign-ins by subject (a pseudonym of an account or a network).

use super::{Sql, StoreError, StoreResult, Tx, dialect, execute, row, sql};
use crate::domain::time::Timestamp;

/// Subjects that begin with this are an account at a network where its owner signed in; they are kept longer.
pub const KNOWN: &str = "known";

/// A count as stored.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Count {
    /// Of whom.
    pub subject: String,
    /// Failures in a row.
    pub failures: i64,
    /// Tries whose password is being looked at right now.
    pub pending: i64,
    /// Until when nothing is tried; in the past if nothing is blocked.
    pub blocked_until: Timestamp,
    /// When it last changed.
    pub updated_at: Timestamp,
}

row! { Count from sign_in_failures: subject, failures, pending, blocked_until, updated_at }

/// The count of a subject, made if there is none, locked until the transaction ends.
///
/// # Errors
/// The database's.
pub async fn lock(tx: &mut Tx, subject: &str, now: Timestamp) -> StoreResult<Count> {
    let text = format!("SELECT {} FROM sign_in_failures WHERE subject = $1{}", Count::COLUMNS, dialect::lock_rows(tx));
    for _ in 0..2 {
        let found: Option<Count> = sql!(tx, c => sqlx::query_as(sqlx::AssertSqlSafe(text.as_str()))
            .bind(subject).fetch_optional(c).await)?;
        if let Some(count) = found {
            return Ok(count);
        }
        execute!(
            tx,
            "INSERT INTO sign_in_failures (subject, failures, blocked_until, updated_at) VALUES ($1, 0, 0, $2) \
             ON CONFLICT DO NOTHING",
            subject,
            now.micros()
        )?;
    }
    Err(StoreError::Serialization)
}

/// Whether there is a count of that subject.
///
/// # Errors
/// The database's.
pub async fn exists(on: &mut impl Sql, subject: &str) -> StoreResult<bool> {
    let found: i64 = sql!(on, c => sqlx::query_scalar("SELECT COUNT(*) FROM sign_in_failures WHERE subject = $1")
        .bind(subject).fetch_one(c).await)?;
    Ok(found > 0)
}

/// Writes a count.
///
/// # Errors
/// The database's.
pub async fn save(tx: &mut Tx, count: &Count) -> StoreResult<()> {
    execute!(
        tx,
        "UPDATE sign_in_failures SET failures = $1, pending = $2, blocked_until = $3, updated_at = $4 \
         WHERE subject = $5",
        count.failures,
        count.pending,
        count.blocked_until,
        count.updated_at,
        &count.subject
    )?;
    Ok(())
}

/// Forgets a subject.
///
/// # Errors
/// The database's.
pub async fn forget(tx: &mut Tx, subject: &str) -> StoreResult<()> {
    execute!(tx, "DELETE FROM sign_in_failures WHERE subject = $1", subject)?;
    Ok(())
}

/// Forgets counts that did not change since a time, and [`KNOWN`] networks since another; answers how many.
///
/// # Errors
/// The database's.
pub async fn forget_older(tx: &mut Tx, before: Timestamp, known_before: Timestamp) -> StoreResult<u64> {
    execute!(
        tx,
        "DELETE FROM sign_in_failures WHERE updated_at <= CASE WHEN subject LIKE $1 THEN $2 ELSE $3 END",
        format!("{KNOWN}:%"),
        known_before.micros(),
        before.micros()
    )
}

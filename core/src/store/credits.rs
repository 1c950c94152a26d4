//! Pattern credit: tokens that a user spent on a pattern and that count towards a job of the same pattern. A job
//! takes credit when it is ordered and gives it back if it does not deliver.

use uuid::Uuid;

use super::{Sql, StoreResult, Tx, execute, sql};
pub use crate::domain::price::Source;
use crate::domain::time::Timestamp;

/// Adds credit; each pull and each job gives it once.
///
/// # Errors
/// The database's.
pub async fn add(
    tx: &mut Tx,
    user: Uuid,
    pattern_key: &str,
    (source, id): (Source, Uuid),
    amount: i64,
    at: Timestamp,
) -> StoreResult<()> {
    execute!(
        tx,
        "INSERT INTO pattern_credits (id, user_id, pattern_key, source, source_id, amount, created_at) \
         VALUES ($1, $2, $3, $4, $5, $6, $7) ON CONFLICT DO NOTHING",
        Uuid::now_v7(),
        user,
        pattern_key,
        source,
        id,
        amount,
        at
    )?;
    Ok(())
}

/// Credit that the user has left for a pattern, in tokens.
///
/// # Errors
/// The database's.
pub async fn unused(on: &mut impl Sql, user: Uuid, pattern_key: &str) -> StoreResult<i64> {
    sql!(on, c => sqlx::query_scalar(
        "SELECT CAST(COALESCE(SUM(amount - used), 0) AS BIGINT) FROM pattern_credits \
         WHERE user_id = $1 AND pattern_key = $2")
        .bind(user).bind(pattern_key).fetch_one(c).await)
}

/// Takes `amount` of credit for a job, oldest first. The caller holds the user's account locked, so nobody else
/// takes from the same credit meanwhile.
///
/// # Errors
/// The database's; its constraint stops a taking of more than there is.
pub async fn take(tx: &mut Tx, user: Uuid, pattern_key: &str, job: Uuid, amount: i64) -> StoreResult<()> {
    let rows: Vec<(Uuid, i64)> = sql!(tx, c => sqlx::query_as(
        "SELECT id, amount - used FROM pattern_credits \
         WHERE user_id = $1 AND pattern_key = $2 AND used < amount ORDER BY created_at, id")
        .bind(user).bind(pattern_key).fetch_all(c).await)?;
    let mut left = amount;
    for (credit, unused) in rows {
        let part = left.min(unused);
        if part == 0 {
            break;
        }
        execute!(tx, "UPDATE pattern_credits SET used = used + $1 WHERE id = $2", part, credit)?;
        execute!(tx, "INSERT INTO job_credits (job_id, credit_id, amount) VALUES ($1, $2, $3)", job, credit, part)?;
        left -= part;
    }
    Ok(())
}

/// Gives a job's credit back.
///
/// # Errors
/// The database's.
pub async fn give_back(tx: &mut Tx, job: Uuid) -> StoreResult<()> {
    execute!(
        tx,
        "UPDATE pattern_credits SET used = used - (SELECT j.amount FROM job_credits j WHERE j.job_id = $1 AND \
         j.credit_id = pattern_credits.id) WHERE id IN (SELECT credit_id FROM job_credits WHERE job_id = $1)",
        job
    )?;
    execute!(tx, "DELETE FROM job_credits WHERE job_id = $1", job)?;
    Ok(())
}

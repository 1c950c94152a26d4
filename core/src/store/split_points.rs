//! Points of split keys that were ordered with: each serves one job, ever, also after its user and job are forgotten.

use uuid::Uuid;

use super::{StoreResult, Tx, execute};

/// Takes a point, known by its hash, for a job. False if it served one before.
///
/// # Errors
/// The database's.
pub async fn take(tx: &mut Tx, point_hash: &[u8; 32], job: Uuid) -> StoreResult<bool> {
    let taken = execute!(
        tx,
        "INSERT INTO split_points (point_hash, job_id) VALUES ($1, $2) ON CONFLICT (point_hash) DO NOTHING",
        &point_hash[..],
        job
    )?;
    Ok(taken == 1)
}

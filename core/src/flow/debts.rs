//! What debt does beyond the ledger: it ends what its owner has running.

use uuid::Uuid;

use super::{Failure, job};
use crate::{app::App, domain::ledger::Balance, store::Tx};

/// Debt above zero cancels running jobs, in the transaction of the event that caused it; what they release pays it.
pub(crate) async fn cancel_jobs<R>(tx: &mut Tx, app: &App, user: Uuid, after: Balance) -> Result<(), Failure<R>> {
    if after.debt == 0 {
        return Ok(());
    }
    job::cancel_all_of(tx, app, user).await.map_err(Failure::unexpected)
}

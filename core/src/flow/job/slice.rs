//! A stored slice as the searcher was given it.

use crate::{
    custody::{
        Holder,
        slice::{Budget, Slice},
    },
    flow::Failure,
    store::{jobs::Job, slices},
};

/// The slice as it was signed when it was issued.
pub(super) fn as_issued<R>(job: &Job, stored: &slices::Slice, recipient: Holder) -> Result<Slice, Failure<R>> {
    Ok(Slice {
        job_id: job.id,
        slice_id: stored.id,
        pattern: job.pattern.clone(),
        recipient,
        budget: Budget {
            attempts: u64::try_from(stored.budget).map_err(Failure::broken)?,
            milliseconds: u32::try_from(stored.milliseconds).map_err(Failure::broken)?,
        },
    })
}

//! What stands between a request and its operation: the form of an answer, idempotency keys, faults that were asked for.

pub(crate) mod answer;
pub(crate) mod faults;
pub(crate) mod idempotency;

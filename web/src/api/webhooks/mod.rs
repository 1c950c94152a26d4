//! `/api/webhooks`: a user's endpoints and what was sent to them.

pub(crate) mod create;
pub(crate) mod delete;
pub(crate) mod deliveries;
pub(crate) mod list;
pub(crate) mod redeliver;
pub(crate) mod test;
pub(crate) mod update;

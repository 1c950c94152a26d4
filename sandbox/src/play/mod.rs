//! What follows from a request or from time passing: payments, renewals, refunds, disputes. The operations in `api` and
//! the pages call this.

pub(crate) mod cards;
mod charge;
mod customers;
pub(crate) mod dispute;
pub(crate) mod intent;
pub(crate) mod invoice;
pub(crate) mod lines;
mod manual;
pub(crate) mod methods;
mod outcome;
pub(crate) mod period;
pub(crate) mod refund;
pub(crate) mod renew;
pub(crate) mod session;
pub(crate) mod subscribe;
mod time;
pub(crate) mod update;

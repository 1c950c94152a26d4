//! Administration: an API under `/admin/api` for admins and for programs with an admin API key, and plain pages over
//! the same use cases.

pub(crate) mod audit;
pub(crate) mod billing;
pub(crate) mod heists;
pub(crate) mod keys;
pub(crate) mod pages;
pub(crate) mod points;
pub(crate) mod queues;
pub(crate) mod users;
pub(crate) mod workers;

//! The HTTP API, one file per resource.

pub(crate) mod account;
pub(crate) mod auth;
pub(crate) mod downloads;
pub(crate) mod events;
pub(crate) mod heists;
pub(crate) mod jobs;
pub(crate) mod letters;
pub(crate) mod notices;
pub(crate) mod patterns;
pub(crate) mod plans;
pub(crate) mod points;
mod polled;
pub(crate) mod pulls;
pub(crate) mod purchases;
pub(crate) mod service;
pub(crate) mod tokens;
pub(crate) mod webhooks;

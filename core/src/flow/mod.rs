//! Use cases, one a file: begin, load, decide (in `domain`), write, enqueue, commit. The web front and the workers
//! call these and nothing below them.

// A case that is new must be thought about wherever cases differ; so no arm takes all the others.
#![cfg_attr(not(test), warn(clippy::wildcard_enum_match_arm))]

pub mod account;
mod actor;
pub mod admin;
pub mod backup;
pub mod billing;
pub mod custody;
mod debts;
pub mod demo;
pub mod doctor;
mod failure;
pub mod forfeit;
pub mod grant;
pub mod heist;
pub mod job;
pub mod key_files;
pub mod mail;
pub mod mail_choices;
pub mod notices;
mod notify;
mod nudge;
pub mod once;
pub mod outside;
pub mod pattern;
pub mod points;
pub mod pull;
pub mod purchase;
pub mod ready;
pub mod receipt;
pub mod referral;
pub mod switch;
pub mod tasks;
pub mod wallet;
pub mod webhooks;

pub use actor::{Actor, By};
pub use failure::{Failure, Unavailable};

/// What use cases are given and give, as the store keeps it.
pub use crate::store::{StoreError, audit::Origin, idempotency::Key};

//! The only place with SQL. One file per noun; every statement is written once and runs on PostgreSQL and SQLite.
//! Reads take `&mut impl Sql`, writes take `&mut Tx`. No rules live here: those are in `domain`.

// A case that is new must be thought about wherever cases differ; so no arm takes all the others.
#![cfg_attr(not(test), warn(clippy::wildcard_enum_match_arm))]

mod db;
pub mod dialect;
mod error;
pub mod migrate;

pub mod access_tokens;
pub mod activity;
pub mod admin_keys;
pub mod audit;
pub mod billing;
pub mod books;
mod bulk;
pub mod challenges;
pub mod commitments;
pub mod copy;
pub mod credits;
pub mod erasure;
pub mod exports;
pub mod heists;
pub mod idempotency;
pub mod jobs;
pub mod leaders;
pub mod ledger;
pub mod mail_choices;
pub mod mail_links;
pub mod notices;
pub mod outbox;
mod owned;
pub mod plans;
pub mod players;
pub mod point_kinds;
pub mod points;
mod pool;
pub mod pulls;
pub mod queues;
pub mod receipt_keys;
pub mod referrals;
pub mod schedule;
pub mod searchers;
pub mod sessions;
pub mod settings;
pub mod shields;
pub mod sign_in_failures;
pub mod slices;
pub mod split_points;
mod stored;
#[cfg(test)]
pub(crate) mod testing;
pub mod tokens;
pub mod users;
pub mod webhooks;
pub mod workers;
mod writer;

pub use db::{Conn, Db, Lost, Session, Sql, SqliteTx, Tries, Tx};
pub(crate) use db::{execute, sql, transact};
pub use error::{StoreError, StoreResult, Unreadable};
pub(crate) use pool::sqlite_pool;
pub use stored::Erasable;
pub(crate) use stored::row;
pub use writer::{Turn, Writer};

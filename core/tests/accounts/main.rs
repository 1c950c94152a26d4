//! Accounts end to end over both databases: every test runs once on SQLite and once on a private PostgreSQL.
#![allow(missing_docs, unreachable_pub, clippy::unwrap_used, reason = "tests")]

mod admins;
mod credentials;
mod deletion;
mod links;
mod passwords;
mod registration;
mod stores;
mod world;

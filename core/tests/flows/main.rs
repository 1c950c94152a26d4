//! Use cases end to end over both databases: every test runs once on SQLite and once on a private PostgreSQL.
#![allow(missing_docs, unreachable_pub, clippy::unwrap_used, reason = "tests")]

mod accounts;
mod billing;
mod demo;
mod doctor;
mod heists;
mod interruptions;
mod jobs;
mod ledger;
mod letters;
mod money;
mod outside;
mod pulls;
mod purchases;
mod ready;
mod searching;
mod split;
mod tasks;
mod webhooks;
mod world;

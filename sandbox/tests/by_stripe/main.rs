//! The sandbox held against what is Stripe's own: its OpenAPI document, its clients, its command line. Python, Node.js
//! and packages for them are needed; `scripts/test` installs them.
#![allow(missing_docs, unreachable_pub, clippy::unwrap_used, dead_code, reason = "tests, with helpers of others")]

mod document;
mod official;
#[path = "../sandbox/stand.rs"]
mod stand;

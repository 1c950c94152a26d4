//! The sandbox as its callers see it, over its router.
#![allow(missing_docs, unreachable_pub, clippy::unwrap_used, dead_code, reason = "tests, with helpers of others")]

mod bank;
mod checkout;
mod deliveries;
mod faults;
mod keeping;
mod pages;
mod refunds;
mod requests;
mod stand;
mod subscriptions;

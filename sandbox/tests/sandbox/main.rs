//! The sandbox as its callers see it: over its router, through the official clients, and against Stripe's own document.
#![allow(missing_docs, unreachable_pub, clippy::unwrap_used, reason = "tests")]

mod bank;
mod checkout;
mod deliveries;
mod document;
mod faults;
mod official;
mod pages;
mod refunds;
mod requests;
mod stand;
mod subscriptions;

//! Pure rules: no input or output, no clock, no randomness (those are arguments). Each file is one subject.

// A case that is new must be thought about wherever cases differ; so no arm takes all the others.
#![cfg_attr(not(test), warn(clippy::wildcard_enum_match_arm))]

pub mod account;
pub mod audit;
pub mod billing;
pub mod custody;
pub mod happening;
pub mod heist;
pub mod job;
pub mod ledger;
pub mod owner;
pub mod plan;
pub mod points;
pub mod price;
pub mod rate;
pub mod schedule;
pub mod season;
pub mod task;
pub mod time;
pub mod webhook;
pub mod word;

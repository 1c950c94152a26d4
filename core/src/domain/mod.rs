//! Pure rules: no input or output, no clock, no randomness (those are arguments). Each file is one subject.

pub mod account;
pub mod ledger;
pub mod price;
pub mod task;
pub mod time;

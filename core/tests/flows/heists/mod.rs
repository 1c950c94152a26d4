//! The game over both databases: rules where they meet the ledger, refusals, races, and random programs against a model.

mod ground;
mod keeping;
mod model;
mod points;
mod races;
mod referrals;
mod refusals;
mod story;

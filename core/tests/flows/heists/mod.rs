//! The game over both databases: rules where they meet the ledger, refusals, races, and random programs against a model.

mod edges;
mod ground;
mod keeping;
mod model;
mod points;
mod races;
mod reference;
mod referrals;
mod refusals;
mod rollout;
mod storms;
mod story;
mod watch;

//! The workers of VaniKeys: everything that happens behind a request. A library for `vanikeys up`, which runs all of it
//! in its own process, and the binary `vanikeys-worker` for hosts of a fleet. No HTML, no SQL: it moves tasks and
//! calls use cases (`vanikeys_core::flow`).
//!
//! | in | what |
//! |---|---|
//! | `fleet` | starts and stops it all |
//! | `supervisor` | keeps an apalis worker running on each queue |
//! | `delivery` | one try of one owed task: claim, handle, settle |
//! | `emails`, `webhooks`, `upkeep`, `reports`, `searches` | one file per queue: what its tasks do |
//! | `relay` | outbox to queues |
//! | `coordinator`, `schedule`, `leader` | what one process at a time does |
//! | `prices` | a look at Stripe's prices at the start |
//! | `roll` | says that this process is there |
//! | `health` | whether all of it really turns |

mod coordinator;
mod delivery;
mod emails;
mod fleet;
mod health;
mod heists;
mod leader;
mod prices;
mod relay;
mod reports;
mod roll;
mod schedule;
mod searches;
mod supervisor;
mod upkeep;
mod webhooks;

pub use fleet::{Options, StartError, run, search};
pub use health::Health;
pub use searches::{Equipment, Searcher};

#[cfg(test)]
mod tests;

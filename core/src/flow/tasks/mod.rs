//! Tasks as the workers live them: relayed to their queue, claimed, kept, settled; and as admins see them: counted,
//! paused, looked up, run again.

mod admin;
mod lead;
mod relay;
mod roll;
mod settle;

pub use admin::{
    Listed, NotDead, QueueView, TaskView, is_paused, pause, queues, resume, run_again, run_all_again, tasks,
};
pub use lead::{lead, resign, take_turn};
pub use relay::{RelayError, Relayed, forget_done, relay};
pub use roll::{announce, leave, workers};
pub use settle::{Taken, claim, keep, settle};

/// What these use cases are given and give, as the store keeps it.
pub use crate::store::{
    StoreError,
    outbox::{Claimed, Fence, Search},
    workers::Worker,
};

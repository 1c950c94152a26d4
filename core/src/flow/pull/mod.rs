//! Pulls: one key, made on the spot, verifiably. `commit` promises the service's share, `execute` makes the key,
//! `view` reads, `keeping` keeps, shreds and shares.

mod commit;
mod execute;
mod keeping;
mod kept;
mod key;
mod made;
mod order;
mod refusal;
mod view;

pub use commit::{OpenCommitment, commit, commitment};
pub use execute::execute;
pub use keeping::{erase_expired, forget_commitments, keep, share, shred};
pub use kept::kept_keys;
pub use key::key;
pub use order::{Matched, PullDone, PullOrder};
pub use refusal::PullRefusal;
pub use view::{HistoryFilter, PullPage, PullView, SharedPull, history, shared, show};

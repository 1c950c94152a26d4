//! Accounts, transfers and holds. These functions write what `domain::ledger` decided: they lock the account, let
//! the rule answer, and record both sides. A repeated key answers as before; with other content it is an error that
//! names what differs.

mod accounts;
mod batch;
mod holds;
mod movements;
mod takings;
mod transfers;

pub use accounts::{Account, balance, lock_account};
pub use batch::{Batch, Change};
#[cfg(test)]
pub(crate) use holds::find as find_hold;
pub use holds::{hold, settle};
pub use movements::{credit, debit, debit_locked};
pub use takings::{Taken, TakenBack, claw_back, give_back, takings_of};
pub use transfers::{Transfer, by_day, credited, history};

use super::StoreError;
use crate::domain::ledger::{Difference, Kind, Refusal};

/// Why a movement did not happen.
#[derive(Debug, thiserror::Error)]
pub enum MovementError {
    /// The rules refuse it.
    #[error(transparent)]
    Refused(#[from] Refusal),
    /// The key was used for something else.
    #[error("the key {key} exists with a different {different}")]
    Exists {
        /// The key.
        key: String,
        /// What is different.
        different: Difference,
    },
    /// The hold was settled under another key.
    #[error("the hold was settled before, under another key")]
    AlreadySettled,
    /// What was taken was given back under another key.
    #[error("what was taken was given back before, under another key")]
    AlreadyGivenBack,
    /// The account has no such hold.
    #[error("the account has no such hold")]
    NoSuchHold,
    /// The kind moves tokens between users, and no house is a side of it.
    #[error("{} moves tokens between two users", .0.name())]
    BetweenUsers(Kind),
    /// The store failed.
    #[error(transparent)]
    Store(#[from] StoreError),
}

impl super::Lost for MovementError {
    fn lost_a_race(&self) -> bool {
        matches!(self, Self::Store(error) if error.lost_a_race())
    }
}

/// Names the key of a difference.
fn exists(key: &str) -> impl FnOnce(Difference) -> MovementError {
    let key = key.to_owned();
    move |different| MovementError::Exists { key, different }
}

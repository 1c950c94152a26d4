//! The queue `emails`: one letter a task. Links in letters are secrets, so a task only names the link; its
//! address is derived again when the letter is written (`flow::account::letter::url`).

use serde::{Deserialize, Serialize};
use uuid::Uuid;

use super::Payload;
use crate::domain::task::Queue;

/// A letter that is owed.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "kind", rename_all = "kebab-case", rename_all_fields = "camelCase")]
pub enum Email {
    /// Asks a new user to confirm the address.
    ConfirmAddress {
        /// The link.
        link_id: Uuid,
    },
    /// Asks to confirm a new address; goes to that one.
    ChangeAddress {
        /// The link.
        link_id: Uuid,
    },
    /// Tells the address of an account that a change to another was asked for.
    ChangeAsked {
        /// The link that was sent to the other one.
        link_id: Uuid,
    },
    /// Tells the former address of an account that it has another now.
    AddressChanged {
        /// The link that was used.
        link_id: Uuid,
    },
    /// A way to choose a new password.
    ResetPassword {
        /// The link.
        link_id: Uuid,
    },
    /// A job delivered its key.
    KeyFound {
        /// The job.
        job_id: Uuid,
        /// The notice that says the same on the page.
        notice_id: Uuid,
    },
    /// A job failed.
    JobFailed {
        /// The job.
        job_id: Uuid,
        /// The notice that says the same on the page.
        notice_id: Uuid,
    },
    /// A pull matched in full.
    PullWon {
        /// The pull.
        pull_id: Uuid,
        /// The notice that says the same on the page.
        notice_id: Uuid,
    },
    /// Something happened in the game; the notice says what.
    Game {
        /// The notice.
        notice_id: Uuid,
    },
}

impl Payload for Email {
    const QUEUE: Queue = Queue::Emails;
}

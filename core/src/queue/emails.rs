//! The queue `emails`: one letter a task. Links in letters are secrets, so a task only says which letter it is; the
//! link is made when the letter is written.

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
        /// The user.
        user_id: Uuid,
    },
    /// Asks to confirm a new address; goes to that one.
    ChangeAddress {
        /// The user.
        user_id: Uuid,
    },
    /// A way to choose a new password.
    ResetPassword {
        /// The user.
        user_id: Uuid,
    },
    /// A job delivered its key.
    KeyFound {
        /// The job.
        job_id: Uuid,
    },
}

impl Payload for Email {
    const QUEUE: Queue = Queue::Emails;
}

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
    /// Says what a notice says. Tasks of the retired kinds, one a happening, name their notice too and are read as
    /// this.
    #[serde(alias = "key-found", alias = "job-failed", alias = "pull-won", alias = "game")]
    Notice {
        /// The notice.
        notice_id: Uuid,
    },
}

impl Payload for Email {
    const QUEUE: Queue = Queue::Emails;
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    #[test]
    fn tasks_of_retired_kinds_are_still_understood() {
        let (notice_id, other) = (Uuid::from_u128(1), Uuid::from_u128(2));
        for old in [
            json!({ "kind": "key-found", "jobId": other, "noticeId": notice_id }),
            json!({ "kind": "job-failed", "jobId": other, "noticeId": notice_id }),
            json!({ "kind": "pull-won", "pullId": other, "noticeId": notice_id }),
            json!({ "kind": "game", "noticeId": notice_id }),
        ] {
            assert_eq!(serde_json::from_value::<Email>(old).unwrap(), Email::Notice { notice_id });
        }
        let new = serde_json::to_value(Email::Notice { notice_id }).unwrap();
        assert_eq!(new, json!({ "kind": "notice", "noticeId": notice_id }));
    }
}

//! The queue `reports`: what searchers send back. Whole content, signed; written by hosts without a database, so there
//! is nothing in the outbox. A report that is lost is searched for again.

use serde::{Deserialize, Serialize};

use crate::custody::{announcement::SignedAnnouncement, report::SignedReport};

/// A message of a searcher.
#[derive(Clone, Debug, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Message {
    /// What came of a slice.
    Report(SignedReport),
    /// It is there.
    Announcement(SignedAnnouncement),
}

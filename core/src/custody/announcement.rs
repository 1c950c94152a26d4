//! Announcements: what a searcher says about itself when it starts and from time to time, through a queue that is not
//! trusted. Rates are for quotes and for the admin page only.

use serde::{Deserialize, Serialize};

use super::{
    bytes::SignatureBytes,
    canonical::{CanonicalError, signed_bytes},
    searcher_key::{SearcherId, SearcherKey},
};
use crate::domain::rate::TaskRate;

const SIGNATURE: &str = "vanikeys announcement v1";

/// What a searcher says.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub struct Announcement {
    /// Who it is.
    pub searcher_id: SearcherId,
    /// Threads that it searches with.
    pub threads: u32,
    /// Attempts a second of them all at what is searched most, prefixes of seed keys; at most 2^53 - 1.
    pub rate: u64,
    /// The same for every mode and kind of pattern.
    pub rates: Vec<TaskRate>,
    /// The arithmetic that it found best.
    pub backend: String,
    /// Seconds since 1970 UTC: an old one is not believed.
    pub at: u64,
}

/// An announcement with its searcher's signature, as it travels on the queue `reports`.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub struct SignedAnnouncement {
    announcement: Announcement,
    /// Ed25519 of the searcher over `"vanikeys announcement v1" || 0x00 || canonical JSON` of `announcement`.
    signature: SignatureBytes,
}

impl SignedAnnouncement {
    /// Signs an announcement by the searcher that it names.
    ///
    /// # Errors
    /// [`CanonicalError`] for numbers over 2^53 - 1.
    pub fn sign(announcement: Announcement, searcher: &SearcherKey) -> Result<Self, CanonicalError> {
        let signature = searcher.sign(&signed_bytes(SIGNATURE, &announcement)?);
        Ok(Self { announcement, signature })
    }

    /// The announcement, if its searcher signed it.
    #[must_use]
    pub fn verify(self) -> Option<Announcement> {
        let bytes = signed_bytes(SIGNATURE, &self.announcement).ok()?;
        self.announcement.searcher_id.verify(&bytes, &self.signature).then_some(self.announcement)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_the_searcher_itself_can_announce_it() {
        let (key, other) = (SearcherKey::generate(), SearcherKey::generate());
        let announcement = |id| Announcement {
            searcher_id: id,
            threads: 2,
            rate: 9,
            rates: Vec::new(),
            backend: "portable".into(),
            at: 1,
        };
        let signed = SignedAnnouncement::sign(announcement(key.id()), &key).unwrap();
        assert_eq!(signed.clone().verify(), Some(announcement(key.id())));
        let mut altered = signed;
        altered.announcement.rate = 10;
        assert_eq!(altered.verify(), None);
        assert_eq!(SignedAnnouncement::sign(announcement(key.id()), &other).unwrap().verify(), None);
    }
}

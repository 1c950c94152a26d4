//! Custody: who can read a private key. Key derivation, sealing, signatures and the formats they are made over; pure
//! functions of their arguments and of fresh randomness.
//!
//! | in | what |
//! |---|---|
//! | [`keyring`], [`receipt_keys`], [`key_id`] | the service's keys, all from `SECRET_KEY` |
//! | [`recipient`], [`identity`], [`sealing`], [`delivery`] | age: who a file is sealed to, who opens it, handing out what the service keeps |
//! | [`holder`] | who a job's key is for: a recipient, or the user's point of a split key |
//! | [`commitment`], [`share_box`], [`receipt`] | verifiable pulls: commitment, shares, seed; the share at rest; the receipt |
//! | [`mod@slice`], [`report`], [`found_key`], [`searcher_key`] | what coordinator and searcher tell each other over an untrusted queue |
//! | [`webhook_keys`] | with what an endpoint's deliveries are signed, and that at rest |
//! | [`event_box`] | events of the payment provider at rest |
//! | [`keyfile`], [`split`] | what is inside a sealed file; the two halves of a split key |
//! | [`canonical`], [`bytes`] | canonical JSON and public bytes in it |
//!
//! No database, no HTTP, no clock. How a key's files look is in `vanikeys_grind`; which custody an order gets is a rule of
//! `domain`. Secrets are wiped when dropped and print as `..`; they are borrowed through methods named `expose`.

pub mod announcement;
pub mod bytes;
pub mod canonical;
pub mod commitment;
pub mod delivery;
#[cfg(test)]
mod document_tests;
pub mod event_box;
#[cfg(test)]
mod fixtures;
pub mod found_key;
pub mod holder;
pub mod identity;
#[cfg(test)]
mod interop_tests;
pub mod key_id;
pub mod keyfile;
pub mod keyring;
pub mod receipt;
pub mod receipt_keys;
pub mod recipient;
pub mod report;
pub mod sealing;
pub mod searcher_key;
pub mod share_box;
pub mod slice;
pub mod split;
pub mod webhook_keys;

pub use bytes::{Hash, Hex, PublicKeyBytes, SignatureBytes};
pub use holder::Holder;
pub use identity::Identity;
pub use key_id::KeyId;
pub use keyfile::KeyFile;
pub use keyring::Keyring;
pub use recipient::Recipient;
pub use sealing::SealedFile;
pub use searcher_key::{SearcherId, SearcherKey};

//! Why a key has no file of some format, and why a file gives no key.

use super::Format;

/// A key that a format cannot carry.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum FormatError {
    /// The format holds a seed, and an expanded key has none.
    #[error(
        "the format {format} holds a seed, and this key is a scalar that no seed is known for; take expanded-hex or tor"
    )]
    SeedNeeded {
        /// The format asked for.
        format: Format,
    },
    /// The software that reads the format clamps the scalar and would get another key.
    #[error("the format {format} needs a clamped scalar, and this key's is not; take expanded-hex")]
    NotClamped {
        /// The format asked for.
        format: Format,
    },
    /// The format is for keys of another target.
    #[error(
        "the format {format} is for keys of the target {only}, and this key was made for the target {target}; take another format"
    )]
    OtherTarget {
        /// The format asked for.
        format: Format,
        /// The target that the format is for.
        only: crate::Target,
        /// The target of the key.
        target: crate::Target,
    },
}

/// A file that gives no key.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum ImportError {
    /// It is over the size of any key file.
    #[error("the file is over {limit} bytes, larger than any private key; name the key file itself")]
    TooLarge {
        /// Bytes that are read at most.
        limit: usize,
    },
    /// It has no known format.
    #[error("not a private key in a known format; the formats are {}", Format::ALL.map(Format::name).join(", "))]
    Unknown,
    /// It has a known format but cannot be read.
    #[error("the {format} file is damaged: {reason}; export the key again")]
    Damaged {
        /// Its format.
        format: Format,
        /// What is wrong.
        reason: &'static str,
    },
    /// It is protected by a passphrase.
    #[error("the {format} file is encrypted; remove the passphrase first (ssh-keygen -p)")]
    Encrypted {
        /// Its format.
        format: Format,
    },
    /// It holds a key of another kind.
    #[error("the {format} file holds a key that is not Ed25519; only Ed25519 keys are read")]
    NotEd25519 {
        /// Its format.
        format: Format,
    },
    /// Its public key is not that of its private key.
    #[error("the public key in the {format} file does not belong to the private key beside it; do not use this file")]
    PublicKeyMismatch {
        /// Its format.
        format: Format,
    },
}

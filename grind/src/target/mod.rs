//! Targets: which public text of a key a pattern is matched against.
//!
//! Each target is one small module that describes itself in a [`Scheme`]: its alphabet, how a public key becomes text, and
//! which numbers the digits of that text run through. A new one is a module, a variant and a line in [`Target::scheme`].

mod did;
mod hex;
mod onion;
mod range;
mod solana;
mod ssh;

use std::{fmt, str::FromStr};

use serde::{Deserialize, Serialize};

use crate::{alphabet::Alphabet, secret::KeyKind};
pub use range::KeyRange;

/// A public text of a key.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[serde(rename_all = "kebab-case")]
#[non_exhaustive]
pub enum Target {
    /// What follows `did:key:z6Mk`.
    #[default]
    Did,
    /// A Solana address.
    Solana,
    /// The base64 of an SSH public key.
    Ssh,
    /// The SHA-256 fingerprint of an SSH public key.
    SshFingerprint,
    /// A Tor v3 address.
    Onion,
    /// The public key in hex.
    Hex,
}

/// All that the rest of the crate needs to know about one target.
#[derive(Debug)]
pub struct Scheme {
    /// Its name in JSON and on the command line.
    pub name: &'static str,
    /// The characters of its text.
    pub alphabet: &'static Alphabet,
    /// The displayed characters before the matched text, the same for every key.
    pub lead: &'static str,
    /// Whether the matched text runs to the end of the displayed one, so that a suffix means something.
    pub reaches_end: bool,
    /// The matched text of a public key.
    pub encode: fn(&[u8; 32]) -> String,
    /// The whole text as people see it.
    pub display: fn(&[u8; 32]) -> String,
    /// The numbers that the matched text runs through as the public key runs through all 2^256 strings.
    pub ranges: fn() -> Vec<KeyRange>,
}

impl Target {
    /// Every target there is.
    pub const ALL: &'static [Self] =
        &[Self::Did, Self::Solana, Self::Ssh, Self::SshFingerprint, Self::Onion, Self::Hex];

    /// The description of the target.
    pub const fn scheme(self) -> &'static Scheme {
        match self {
            Self::Did => &did::SCHEME,
            Self::Solana => &solana::SCHEME,
            Self::Ssh => &ssh::KEY,
            Self::SshFingerprint => &ssh::FINGERPRINT,
            Self::Onion => &onion::SCHEME,
            Self::Hex => &hex::SCHEME,
        }
    }

    /// Its name in JSON and on the command line.
    pub const fn name(self) -> &'static str {
        self.scheme().name
    }

    /// The kind of key that a search for it finds: the software behind onion addresses takes scalars, which are found
    /// thousands of times as fast; everything else wants seeds.
    pub const fn key_kind(self) -> KeyKind {
        match self {
            Self::Onion => KeyKind::Expanded,
            _ => KeyKind::Seed,
        }
    }

    /// The characters of its text.
    pub const fn alphabet(self) -> &'static Alphabet {
        self.scheme().alphabet
    }

    /// The displayed characters before the matched text, such as `did:key:z6Mk`.
    pub const fn lead(self) -> &'static str {
        self.scheme().lead
    }

    /// The length of its longest text, in characters.
    pub fn longest(self) -> usize {
        self.ranges().iter().map(KeyRange::length).max().unwrap_or(0)
    }

    /// The numbers that its texts run through, each public key in one of them.
    pub fn ranges(self) -> Vec<KeyRange> {
        (self.scheme().ranges)()
    }

    /// The text of a public key that patterns are matched against, without the lead.
    pub fn encode(self, public_key: &[u8; 32]) -> String {
        (self.scheme().encode)(public_key)
    }

    /// The whole text of a public key as people see it.
    pub fn display(self, public_key: &[u8; 32]) -> String {
        (self.scheme().display)(public_key)
    }
}

impl fmt::Display for Target {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.name())
    }
}

/// The name given is not one of a target.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("{0:?} is not a target; the targets are {names}", names = Target::ALL.iter().map(|t| t.name()).collect::<Vec<_>>().join(", "))]
pub struct UnknownTarget(String);

impl FromStr for Target {
    type Err = UnknownTarget;

    fn from_str(name: &str) -> Result<Self, UnknownTarget> {
        Self::ALL.iter().copied().find(|t| t.name() == name).ok_or_else(|| UnknownTarget(name.to_owned()))
    }
}

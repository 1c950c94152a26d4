//! Targets: which public text of a key a pattern is matched against.
//!
//! Each target is one small module that describes itself in a [`Scheme`]: its alphabet, how a public key becomes text, and
//! which numbers the digits of that text run through. A new one is a module, a variant and a line in [`Target::scheme`].

mod accounts;
mod algorand;
mod did;
mod hex;
mod libp2p;
mod onion;
mod range;
mod solana;
mod ssh;
mod stellar;
mod x25519;

use std::{fmt, str::FromStr};

use serde::{Deserialize, Serialize};

use num_bigint::BigUint;

use crate::{
    alphabet::Alphabet,
    secret::{KeyKind, KeyMaterial, SeedKey},
    x25519::{key_of, montgomery, order_of_field},
};
pub use range::KeyRange;

/// A public text of a key.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[serde(rename_all = "kebab-case")]
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
    /// A WireGuard public key.
    Wireguard,
    /// An age recipient.
    Age,
    /// What follows `12D3KooW` in a libp2p peer id.
    Libp2p,
    /// A Stellar account, after its `G`.
    Stellar,
    /// An Algorand address.
    Algorand,
    /// An Aptos account address.
    Aptos,
    /// A Sui address.
    Sui,
}

/// Which 32 bytes of a key a text is made of.
#[derive(Clone, Copy, Debug)]
pub enum KeyBytes {
    /// The Ed25519 public key.
    PublicKey,
    /// The X25519 public key of the same point.
    Montgomery,
    /// A hash of the Ed25519 public key.
    Digest(fn(&[u8; 32]) -> [u8; 32]),
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
    /// What it is the text of.
    pub bytes: KeyBytes,
    /// The matched text of those bytes.
    pub encode: fn(&[u8; 32]) -> String,
    /// The whole text of those bytes as people see it.
    pub display: fn(&[u8; 32]) -> String,
    /// The numbers that the matched text runs through as those bytes run through all that they can be.
    pub ranges: fn() -> Vec<KeyRange>,
}

impl Target {
    /// Every target there is.
    pub const ALL: &'static [Self] = &[
        Self::Did,
        Self::Solana,
        Self::Ssh,
        Self::SshFingerprint,
        Self::Onion,
        Self::Hex,
        Self::Wireguard,
        Self::Age,
        Self::Libp2p,
        Self::Stellar,
        Self::Algorand,
        Self::Aptos,
        Self::Sui,
    ];

    /// The description of the target.
    pub const fn scheme(self) -> &'static Scheme {
        match self {
            Self::Did => &did::SCHEME,
            Self::Solana => &solana::SCHEME,
            Self::Ssh => &ssh::KEY,
            Self::SshFingerprint => &ssh::FINGERPRINT,
            Self::Onion => &onion::SCHEME,
            Self::Hex => &hex::SCHEME,
            Self::Wireguard => &x25519::WIREGUARD,
            Self::Age => &x25519::AGE_RECIPIENT,
            Self::Libp2p => &libp2p::SCHEME,
            Self::Stellar => &stellar::SCHEME,
            Self::Algorand => &algorand::SCHEME,
            Self::Aptos => &accounts::APTOS,
            Self::Sui => &accounts::SUI,
        }
    }

    /// Its name in JSON and on the command line.
    pub const fn name(self) -> &'static str {
        self.scheme().name
    }

    /// The kind of key that a search for it finds: the software behind onion addresses and X25519 keys takes scalars, which
    /// are found thousands of times as fast; everything else wants seeds.
    pub const fn key_kind(self) -> KeyKind {
        match self {
            Self::Onion => KeyKind::Expanded,
            _ => self.kind_of_secret(),
        }
    }

    /// The kind of key that 32 secret bytes are, as a pull draws them: a seed, or for X25519 the scalar itself.
    pub const fn kind_of_secret(self) -> KeyKind {
        if self.is_x25519() { KeyKind::Expanded } else { KeyKind::Seed }
    }

    /// The key that 32 secret bytes are.
    pub fn key_of_secret(self, secret: SeedKey) -> KeyMaterial {
        if self.is_x25519() { key_of(secret.seed()).into() } else { secret.into() }
    }

    /// Whether it is the text of an X25519 key.
    pub const fn is_x25519(self) -> bool {
        matches!(self.scheme().bytes, KeyBytes::Montgomery)
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

    /// How many values the bytes behind a text can have, all equally likely: 2^256, or for an X25519 key all below p.
    pub fn values(self) -> BigUint {
        if self.is_x25519() { order_of_field() } else { BigUint::from(1u8) << 256 }
    }

    /// The bytes of a public key that its text is made of.
    pub fn bytes(self, public_key: &[u8; 32]) -> [u8; 32] {
        match self.scheme().bytes {
            KeyBytes::PublicKey => *public_key,
            KeyBytes::Montgomery => montgomery(public_key),
            KeyBytes::Digest(digest) => digest(public_key),
        }
    }

    /// The text of a public key that patterns are matched against, without the lead.
    pub fn encode(self, public_key: &[u8; 32]) -> String {
        (self.scheme().encode)(&self.bytes(public_key))
    }

    /// The whole text of a public key as people see it.
    pub fn display(self, public_key: &[u8; 32]) -> String {
        (self.scheme().display)(&self.bytes(public_key))
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

//! The formats by name, with what a download of each is called and which keys have one.

use std::{fmt, str::FromStr};

use serde::{Deserialize, Serialize};

use crate::target::Target;

/// A format for private keys.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Format {
    /// The seed in 64 hexadecimal digits.
    SeedHex,
    /// The seed in base58.
    SeedBase58,
    /// `openssh-key-v1`, not encrypted, the did as its comment (OpenSSH, PROTOCOL.key).
    Openssh,
    /// PKCS#8 version 1 in PEM (RFC 8410).
    Pkcs8,
    /// JSON Web Key of type OKP (RFC 8037).
    Jwk,
    /// The 64 bytes of seed and public key as a JSON array, as `solana-keygen` writes them.
    Solana,
    /// A DID document with the secret key in its Multikey (W3C Controlled Identifiers 1.0).
    DidDocument,
    /// Scalar and nonce prefix in 128 hexadecimal digits.
    ExpandedHex,
    /// `hs_ed25519_secret_key` of Tor, 96 bytes (rend-spec-v3).
    Tor,
    /// The clamped scalar in base64, as `wg genkey` prints it.
    Wireguard,
    /// An age identity, `AGE-SECRET-KEY-1` and bech32 of the clamped scalar.
    Age,
    /// The protobuf of seed and public key in base64, as libp2p programs keep it.
    Libp2p,
    /// The secret seed of a Stellar account, `S...` (SEP-23).
    Stellar,
    /// The 25 words of an Algorand account.
    Algorand,
    /// The seed as Aptos wallets import it, `ed25519-priv-0x...` (AIP-80).
    Aptos,
    /// The seed as Sui wallets import it, `suiprivkey1...` (SIP-15).
    Sui,
}

impl Format {
    /// Every format there is.
    pub const ALL: [Self; 16] = [
        Self::SeedHex,
        Self::SeedBase58,
        Self::Openssh,
        Self::Pkcs8,
        Self::Jwk,
        Self::Solana,
        Self::DidDocument,
        Self::ExpandedHex,
        Self::Tor,
        Self::Wireguard,
        Self::Age,
        Self::Libp2p,
        Self::Stellar,
        Self::Algorand,
        Self::Aptos,
        Self::Sui,
    ];

    /// Its name in URLs and on the command line.
    pub const fn name(self) -> &'static str {
        match self {
            Self::SeedHex => "seed-hex",
            Self::SeedBase58 => "seed-base58",
            Self::Openssh => "openssh",
            Self::Pkcs8 => "pkcs8",
            Self::Jwk => "jwk",
            Self::Solana => "solana",
            Self::DidDocument => "did-document",
            Self::ExpandedHex => "expanded-hex",
            Self::Tor => "tor",
            Self::Wireguard => "wireguard",
            Self::Age => "age",
            Self::Libp2p => "libp2p",
            Self::Stellar => "stellar",
            Self::Algorand => "algorand",
            Self::Aptos => "aptos",
            Self::Sui => "sui",
        }
    }

    /// The media type of its file.
    pub const fn media_type(self) -> &'static str {
        match self {
            Self::SeedHex
            | Self::SeedBase58
            | Self::ExpandedHex
            | Self::Openssh
            | Self::Wireguard
            | Self::Age
            | Self::Libp2p
            | Self::Stellar
            | Self::Algorand
            | Self::Aptos
            | Self::Sui => "text/plain; charset=utf-8",
            Self::Pkcs8 => "application/x-pem-file",
            Self::Jwk => "application/jwk+json",
            Self::Solana => "application/json",
            Self::DidDocument => "application/did+json",
            Self::Tor => "application/octet-stream",
        }
    }

    /// What its file is called. The programs named in the variants look for some of these names.
    pub fn file_name(self, stem: &str) -> String {
        match self {
            Self::SeedHex => format!("{stem}.seed.hex"),
            Self::SeedBase58 => format!("{stem}.seed.b58"),
            Self::Openssh => format!("{stem}.id_ed25519"),
            Self::Pkcs8 => format!("{stem}.pem"),
            Self::Jwk => format!("{stem}.jwk.json"),
            Self::Solana => format!("{stem}.solana.json"),
            Self::DidDocument => format!("{stem}.did.json"),
            Self::ExpandedHex => format!("{stem}.expanded.hex"),
            Self::Tor => "hs_ed25519_secret_key".to_owned(),
            Self::Wireguard => format!("{stem}.wg.key"),
            Self::Age => format!("{stem}.age.txt"),
            Self::Libp2p => format!("{stem}.libp2p.key"),
            Self::Stellar => format!("{stem}.stellar.txt"),
            Self::Algorand => format!("{stem}.algorand.txt"),
            Self::Aptos => format!("{stem}.aptos.txt"),
            Self::Sui => format!("{stem}.sui.txt"),
        }
    }

    /// Whether the file holds a seed.
    pub const fn needs_seed(self) -> bool {
        match self {
            Self::SeedHex | Self::SeedBase58 | Self::Openssh | Self::Pkcs8 | Self::Jwk | Self::Solana => true,
            Self::DidDocument | Self::Libp2p | Self::Stellar | Self::Algorand | Self::Aptos | Self::Sui => true,
            Self::ExpandedHex | Self::Tor | Self::Wireguard | Self::Age => false,
        }
    }

    /// The only target whose keys are offered in it; none if all are.
    pub const fn only_target(self) -> Option<Target> {
        match self {
            Self::Tor => Some(Target::Onion),
            Self::Wireguard => Some(Target::Wireguard),
            Self::Age => Some(Target::Age),
            Self::Libp2p => Some(Target::Libp2p),
            Self::Stellar => Some(Target::Stellar),
            Self::Algorand => Some(Target::Algorand),
            Self::Aptos => Some(Target::Aptos),
            Self::Sui => Some(Target::Sui),
            _ => None,
        }
    }

    /// The format of the software that a target is for, if that has one of its own.
    pub fn of_target(target: Target) -> Option<Self> {
        Self::ALL.into_iter().find(|format| format.only_target() == Some(target))
    }
}

impl fmt::Display for Format {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.name())
    }
}

/// The name given is not one of a format.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("{0:?} is not a key format; the formats are {names}", names = Format::ALL.map(Format::name).join(", "))]
pub struct UnknownFormat(String);

impl FromStr for Format {
    type Err = UnknownFormat;

    fn from_str(name: &str) -> Result<Self, UnknownFormat> {
        Self::ALL.into_iter().find(|format| format.name() == name).ok_or_else(|| UnknownFormat(name.to_owned()))
    }
}

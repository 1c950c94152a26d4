//! Private keys as files that other software opens, and back.
//!
//! A format is one small module that writes and reads it; this one knows which key serves which format. Everything that
//! holds a secret is wiped when dropped.

mod accounts;
mod algorand;
mod did_document;
mod error;
mod format;
mod jwk;
mod libp2p;
mod openssh;
mod pem;
mod pkcs8;
mod plain;
mod solana;
mod tor;
mod x25519;

pub use error::{FormatError, ImportError};
pub use format::{Format, UnknownFormat};

use serde::Serialize;
use zeroize::Zeroizing;

use crate::{
    secret::{ExpandedKey, KeyKind, KeyMaterial, SeedKey},
    target::Target,
};

/// Most bytes of a file that [`import`] reads.
pub const MAX_FILE: usize = 1 << 16;

/// The key in a format, as the bytes of a file. All are UTF-8 text with a line break at the end, save [`Format::Tor`].
///
/// # Errors
/// A [`FormatError`] with the reason why this key has no such file.
pub fn export(key: &KeyMaterial, format: Format) -> Result<Zeroizing<Vec<u8>>, FormatError> {
    let text = match format {
        Format::SeedHex => plain::seed_hex(seed(key, format)?),
        Format::SeedBase58 => plain::seed_base58(seed(key, format)?),
        Format::Openssh => openssh::write(seed(key, format)?),
        Format::Pkcs8 => pkcs8::write(seed(key, format)?),
        Format::Jwk => jwk::write(seed(key, format)?),
        Format::Solana => solana::write(seed(key, format)?),
        Format::DidDocument => did_document::write(seed(key, format)?),
        Format::ExpandedHex => plain::expanded_hex(&key.expanded()),
        Format::Wireguard => x25519::wireguard(&key.expanded())?,
        Format::Age => x25519::age(&key.expanded())?,
        Format::Libp2p => libp2p::write(seed(key, format)?),
        Format::Stellar => accounts::stellar(seed(key, format)?),
        Format::Algorand => algorand::write(seed(key, format)?),
        Format::Aptos => accounts::aptos(seed(key, format)?),
        Format::Sui => accounts::sui(seed(key, format)?),
        Format::Tor => return tor::write(&key.expanded()),
    };
    let mut bytes = Zeroizing::new(Vec::with_capacity(text.len() + 1));
    bytes.extend_from_slice(text.as_bytes());
    bytes.push(b'\n');
    Ok(bytes)
}

/// Reads a file of any of the formats; which one is seen from its content.
///
/// # Errors
/// An [`ImportError`] if it is none of them, is damaged, or its public half does not belong to the private one.
pub fn import(file: &[u8]) -> Result<(KeyMaterial, Format), ImportError> {
    if file.len() > MAX_FILE {
        return Err(ImportError::TooLarge { limit: MAX_FILE });
    }
    if file.starts_with(tor::HEADER) {
        return tor::read(file).map(|key| (key.into(), Format::Tor));
    }
    let text = std::str::from_utf8(file).map_err(|_| ImportError::Unknown)?.trim();
    let seed = |key: SeedKey, format| Ok((KeyMaterial::Seed(key), format));
    match text.as_bytes() {
        [b'-', ..] if text.starts_with(openssh::BEGIN) => seed(openssh::read(text)?, Format::Openssh),
        [b'-', ..] if text.starts_with(pkcs8::BEGIN) => seed(pkcs8::read(text)?, Format::Pkcs8),
        [b'[', ..] => seed(solana::read(text)?, Format::Solana),
        [b'{', ..] if text.contains("\"verificationMethod\"") => seed(did_document::read(text)?, Format::DidDocument),
        [b'{', ..] => seed(jwk::read(text)?, Format::Jwk),
        _ => one_line(text),
    }
}

/// A key of one line; age puts comments before it.
fn one_line(text: &str) -> Result<(KeyMaterial, Format), ImportError> {
    let seed = |key: SeedKey, format| Ok((KeyMaterial::Seed(key), format));
    let expanded = |key: ExpandedKey, format| Ok((KeyMaterial::Expanded(key), format));
    let begins = |head: &str| text.starts_with(head);
    match text.len() {
        x25519::WIREGUARD_LENGTH if text.ends_with('=') => expanded(x25519::read_wireguard(text)?, Format::Wireguard),
        libp2p::LENGTH if begins(libp2p::BEGIN) => seed(libp2p::read(text)?, Format::Libp2p),
        accounts::STELLAR_LENGTH if begins("S") => seed(accounts::read_stellar(text)?, Format::Stellar),
        _ if begins(accounts::APTOS_BEGIN) => seed(accounts::read_aptos(text)?, Format::Aptos),
        _ if begins(accounts::SUI_BEGIN) => seed(accounts::read_sui(text)?, Format::Sui),
        _ if text.lines().any(|line| line.starts_with(x25519::AGE_BEGIN)) => {
            expanded(x25519::read_age(text)?, Format::Age)
        }
        _ if text.split_whitespace().count() == algorand::WORDS => seed(algorand::read(text)?, Format::Algorand),
        _ => plain::read(text),
    }
}

impl Format {
    /// Whether a key of some kind, made for some target, is offered in this format.
    ///
    /// # Errors
    /// The reason if it is not.
    pub fn check(self, key: KeyKind, target: Target) -> Result<(), FormatError> {
        if key == KeyKind::Expanded && self.needs_seed() {
            return Err(FormatError::SeedNeeded { format: self });
        }
        match self.only_target() {
            Some(only) if only != target => Err(FormatError::OtherTarget { format: self, only, target }),
            _ => Ok(()),
        }
    }

    /// The formats that a key of some kind, made for some target, is offered in.
    pub fn offered(key: KeyKind, target: Target) -> impl Iterator<Item = Self> {
        Self::ALL.into_iter().filter(move |format| format.check(key, target).is_ok())
    }
}

fn seed(key: &KeyMaterial, format: Format) -> Result<&SeedKey, FormatError> {
    match key {
        KeyMaterial::Seed(seed) => Ok(seed),
        KeyMaterial::Expanded(_) => Err(FormatError::SeedNeeded { format }),
    }
}

/// A value as JSON, in memory that is not moved while it grows.
fn json<T: Serialize>(value: &T) -> Zeroizing<String> {
    let mut bytes = Zeroizing::new(Vec::with_capacity(2048));
    serde_json::to_writer_pretty(&mut *bytes, value).expect("plain structures and memory do not fail");
    Zeroizing::new(String::from_utf8(std::mem::take(&mut *bytes)).expect("JSON is UTF-8"))
}

/// A seed from bytes that were read, if they are 32.
fn seed_key(bytes: &[u8], format: Format) -> Result<SeedKey, ImportError> {
    let seed: Zeroizing<[u8; 32]> = Zeroizing::new(
        bytes.try_into().map_err(|_| ImportError::Damaged { format, reason: "the seed is not 32 bytes long" })?,
    );
    Ok(SeedKey::new(*seed))
}

/// The key, if the public key beside it in the file is its own.
fn with_public(key: SeedKey, public_key: &[u8], format: Format) -> Result<SeedKey, ImportError> {
    if key.public_key() == public_key { Ok(key) } else { Err(ImportError::PublicKeyMismatch { format }) }
}

#[cfg(test)]
mod tests;

//! Sealing: a key file becomes an age file that one recipient opens. Stored and carried binary, downloaded armored; any `age`
//! program opens either. What is inside the file is [`keyfile`](super::keyfile)'s business.

use std::fmt;
use std::io::{Read, Write};
use std::iter;

use age::armor::{ArmoredReader, ArmoredWriter, Format};
use age::{DecryptError, Decryptor, Encryptor};
use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use serde::{Deserialize, Deserializer, Serialize, Serializer, de};
use zeroize::Zeroizing;

use super::bytes::Hash;
use super::identity::Identity;
use super::keyring::Keyring;
use super::recipient::Recipient;

/// The largest age file that is taken, in bytes. A key file is about 6 KiB.
pub const MAX_SEALED_BYTES: usize = 64 * 1024;

const AGE_MAGIC: &[u8] = b"age-encryption.org/v1\n";

/// A binary age file. Public as far as secrecy goes: only the recipient's identity opens it. Base64 in JSON.
#[derive(Clone, PartialEq, Eq)]
pub struct SealedFile(Vec<u8>);

/// Why a file could not be sealed.
#[derive(Debug, thiserror::Error)]
pub enum SealError {
    /// The plaintext would make a file over [`MAX_SEALED_BYTES`].
    #[error("the key file is too large to seal: {0} bytes")]
    TooLarge(usize),
    /// The age library refused; with a checked recipient it has no reason to.
    #[error("age could not seal the key file: {0}")]
    Age(String),
}

/// Why a sealed file could not be opened. The contents are never part of it.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum OpenError {
    /// Neither a binary nor an armored age file.
    #[error("not an age file")]
    NotAge,
    /// Larger than [`MAX_SEALED_BYTES`].
    #[error("an age file of {0} bytes is larger than any key file")]
    TooLarge(usize),
    /// The file is sealed to somebody else.
    #[error("none of the identities opens this file")]
    NoMatchingIdentity,
    /// The file was cut, changed or is otherwise broken.
    #[error("the age file is damaged")]
    Damaged,
}

/// Seals a plaintext to one recipient.
///
/// # Errors
/// [`SealError`]; a checked [`Recipient`] gives no cause for [`SealError::Age`].
pub fn seal(plaintext: &[u8], recipient: &Recipient) -> Result<SealedFile, SealError> {
    // Header and payload overhead stay far under 1 KiB for one recipient and less than a chunk of 64 KiB.
    if plaintext.len() > MAX_SEALED_BYTES - 1024 {
        return Err(SealError::TooLarge(plaintext.len()));
    }
    let failed = |error: &dyn fmt::Display| SealError::Age(error.to_string());
    let to: age::x25519::Recipient = recipient.as_str().parse().map_err(|e: &str| failed(&e))?;
    let encryptor = Encryptor::with_recipients(iter::once(&to as &dyn age::Recipient)).map_err(|e| failed(&e))?;
    let mut file = Vec::with_capacity(plaintext.len() + 512);
    let mut writer = encryptor.wrap_output(&mut file).map_err(|e| failed(&e))?;
    writer.write_all(plaintext).map_err(|e| failed(&e))?;
    writer.finish().map_err(|e| failed(&e))?;
    Ok(SealedFile(file))
}

/// Opens a file, binary or armored, with the first of several identities that fits.
///
/// Returns the plaintext and the index of that identity. Hostile input costs no more than reading it.
///
/// # Errors
/// [`OpenError`].
pub fn open_with<'a>(
    file: &[u8],
    identities: impl IntoIterator<Item = &'a Identity>,
) -> Result<(Zeroizing<Vec<u8>>, usize), OpenError> {
    let sealed = SealedFile::from_any(file)?;
    for (index, identity) in identities.into_iter().enumerate() {
        match open_binary(&sealed.0, identity) {
            Err(OpenError::NoMatchingIdentity) => {}
            other => return other.map(|plaintext| (plaintext, index)),
        }
    }
    Err(OpenError::NoMatchingIdentity)
}

/// Opens a file, binary or armored.
///
/// # Errors
/// [`OpenError`].
pub fn open(file: &[u8], identity: &Identity) -> Result<Zeroizing<Vec<u8>>, OpenError> {
    open_with(file, [identity]).map(|(plaintext, _)| plaintext)
}

fn open_binary(file: &[u8], identity: &Identity) -> Result<Zeroizing<Vec<u8>>, OpenError> {
    let decryptor = Decryptor::new_buffered(file).map_err(|e| of_age(&e))?;
    let mut reader = decryptor.decrypt(iter::once(identity.as_age() as &dyn age::Identity)).map_err(|e| of_age(&e))?;
    // The plaintext is shorter than the file, so the buffer never grows and leaves no copy behind.
    let mut plaintext = Zeroizing::new(Vec::with_capacity(file.len()));
    reader.read_to_end(&mut plaintext).map_err(|_| OpenError::Damaged)?;
    Ok(plaintext)
}

fn of_age(error: &DecryptError) -> OpenError {
    match error {
        DecryptError::NoMatchingKeys | DecryptError::KeyDecryptionFailed => OpenError::NoMatchingIdentity,
        DecryptError::UnknownFormat => OpenError::NotAge,
        _ => OpenError::Damaged,
    }
}

impl SealedFile {
    /// A binary age file, as it comes from the store or a searcher. Only its size and first line are looked at.
    ///
    /// # Errors
    /// [`OpenError::TooLarge`], [`OpenError::NotAge`].
    pub fn from_binary(file: Vec<u8>) -> Result<Self, OpenError> {
        if file.len() > MAX_SEALED_BYTES {
            return Err(OpenError::TooLarge(file.len()));
        }
        if !file.starts_with(AGE_MAGIC) {
            return Err(OpenError::NotAge);
        }
        Ok(Self(file))
    }

    /// A binary or armored age file.
    ///
    /// # Errors
    /// As [`SealedFile::from_binary`], and [`OpenError::Damaged`] for broken armor.
    pub fn from_any(file: &[u8]) -> Result<Self, OpenError> {
        if file.len() > 2 * MAX_SEALED_BYTES {
            return Err(OpenError::TooLarge(file.len()));
        }
        if file.starts_with(AGE_MAGIC) {
            return Self::from_binary(file.to_vec());
        }
        if !file.trim_ascii_start().starts_with(b"-----BEGIN AGE") {
            return Err(OpenError::NotAge);
        }
        let mut binary = Vec::with_capacity(file.len());
        ArmoredReader::new(file).read_to_end(&mut binary).map_err(|_| OpenError::Damaged)?;
        Self::from_binary(binary)
    }

    /// The file, binary.
    pub fn as_bytes(&self) -> &[u8] {
        &self.0
    }

    /// The file, binary, to store.
    pub fn into_bytes(self) -> Vec<u8> {
        self.0
    }

    /// `BLAKE3` of the binary file: what a found key signs for "this file".
    pub fn hash(&self) -> Hash {
        Hash::from(*blake3::hash(&self.0).as_bytes())
    }

    /// The armored form for downloads: ASCII, lines of 64 characters.
    pub fn armor(&self) -> String {
        let mut text = Vec::with_capacity(self.0.len() / 48 * 65 + 160);
        let written = ArmoredWriter::wrap_output(&mut text, Format::AsciiArmor)
            .and_then(|mut writer| {
                writer.write_all(&self.0)?;
                writer.finish()
            })
            .is_ok();
        debug_assert!(written, "writing to memory does not fail");
        String::from_utf8(text).unwrap_or_default()
    }
}

impl fmt::Debug for SealedFile {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "SealedFile({} bytes)", self.0.len())
    }
}

impl Serialize for SealedFile {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.serialize_str(&STANDARD.encode(&self.0))
    }
}

impl<'de> Deserialize<'de> for SealedFile {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        let text = std::borrow::Cow::<'de, str>::deserialize(deserializer)?;
        if text.len() > MAX_SEALED_BYTES.div_ceil(3) * 4 {
            return Err(de::Error::custom("an age file larger than any key file"));
        }
        let file = STANDARD.decode(text.as_bytes()).map_err(|_| de::Error::custom("an age file that is not base64"))?;
        Self::from_binary(file).map_err(de::Error::custom)
    }
}

/// What the service's own identity opened.
pub struct OpenedByService {
    /// The plaintext.
    pub plaintext: Zeroizing<Vec<u8>>,
    /// Whether an older key opened it, so that it should be sealed again to the current one.
    pub needs_resealing: bool,
}

impl fmt::Debug for OpenedByService {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("OpenedByService").field("needs_resealing", &self.needs_resealing).finish_non_exhaustive()
    }
}

/// Seals to the service's current identity (`service` custody).
///
/// # Errors
/// As [`seal`].
pub fn seal_to_service(plaintext: &[u8], keyring: &Keyring) -> Result<SealedFile, SealError> {
    seal(plaintext, keyring.recipient())
}

/// Opens a file of `service` custody with the current identity or an older one.
///
/// # Errors
/// As [`open_with`].
pub fn open_service(file: &[u8], keyring: &Keyring) -> Result<OpenedByService, OpenError> {
    let (plaintext, index) = open_with(file, keyring.identities())?;
    Ok(OpenedByService { plaintext, needs_resealing: index > 0 })
}

#[cfg(test)]
mod tests;

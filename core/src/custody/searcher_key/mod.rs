//! A searcher's own Ed25519 key: it signs reports, and an admin enrols its public half. The file is made once, readable by
//! its owner only, and never written over.

use std::fmt;
use std::fs::{DirBuilder, File, OpenOptions};
use std::io::{self, Read, Write};
use std::os::unix::fs::{DirBuilderExt, OpenOptionsExt, PermissionsExt};
use std::path::{Path, PathBuf};
use std::str::FromStr;

use ed25519_dalek::{Signature, Signer, SigningKey, VerifyingKey};
use serde::{Deserialize, Serialize};
use zeroize::{Zeroize, Zeroizing};

use super::bytes::{HexError, PublicKeyBytes, SignatureBytes, random_bytes};

const HEADER: &str = "vanikeys searcher key v1";
/// Header, newline, 64 digits, newline.
const FILE_BYTES: usize = HEADER.len() + 1 + 64 + 1;

/// A searcher's public id: its whole public key, 64 hexadecimal digits. What `vanikeys admin enrol-searcher` is given.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(transparent)]
pub struct SearcherId(PublicKeyBytes);

/// A searcher's secret key. Wiped when dropped; `Debug` shows the id only.
pub struct SearcherKey(SigningKey);

/// Why a searcher's key file could not be made or read. The contents are never part of it.
#[derive(Debug, thiserror::Error)]
pub enum SearcherKeyError {
    /// There is a file already; it is left alone.
    #[error("{} already exists", .0.display())]
    Exists(PathBuf),
    /// The file is not there.
    #[error("{} does not exist; make it with `vanikeys-worker` once, then enrol its id", .0.display())]
    NotFound(PathBuf),
    /// Others than its owner may read or write it.
    #[error("{} may be read by others (mode {mode:o}); run `chmod 600` on it", path.display())]
    Permissions {
        /// The file.
        path: PathBuf,
        /// Its permission bits.
        mode: u32,
    },
    /// It is something else than a searcher's key.
    #[error("{} is not a searcher key file", .0.display())]
    Malformed(PathBuf),
    /// The file system refused.
    #[error("{}: {source}", path.display())]
    Io {
        /// The file.
        path: PathBuf,
        /// What it said.
        source: io::Error,
    },
}

impl SearcherKey {
    /// A new key from the operating system's randomness, in memory only.
    pub fn generate() -> Self {
        Self(SigningKey::from_bytes(&Zeroizing::new(random_bytes::<32>())))
    }

    /// Makes a key and its file, mode 0600, and the folder for it, mode 0700, if there is none.
    ///
    /// # Errors
    /// [`SearcherKeyError::Exists`] if anything is there, [`SearcherKeyError::Io`].
    pub fn create(path: &Path) -> Result<Self, SearcherKeyError> {
        let key = Self::generate();
        if let Some(folder) = path.parent().filter(|folder| !folder.as_os_str().is_empty()) {
            DirBuilder::new().recursive(true).mode(0o700).create(folder).map_err(|e| of_io(folder, e))?;
        }
        let mut file =
            OpenOptions::new().write(true).create_new(true).mode(0o600).open(path).map_err(|e| of_io(path, e))?;
        let written = file.write_all(key.to_file().as_bytes()).and_then(|()| file.sync_all());
        if let Err(error) = written {
            // Half a key is of no use, and would stand in the way of the next try. We made the file, so we may remove it.
            let _ = std::fs::remove_file(path);
            return Err(of_io(path, error));
        }
        Ok(key)
    }

    /// Reads a key file.
    ///
    /// # Errors
    /// [`SearcherKeyError`]; a file that group or others may touch is refused.
    pub fn load(path: &Path) -> Result<Self, SearcherKeyError> {
        let file = File::open(path).map_err(|e| of_io(path, e))?;
        let mode = file.metadata().map_err(|e| of_io(path, e))?.permissions().mode() & 0o777;
        if mode & 0o077 != 0 {
            return Err(SearcherKeyError::Permissions { path: path.to_owned(), mode });
        }
        // The buffer holds the largest good file, so it never grows and leaves no copy behind.
        let mut text = Zeroizing::new(Vec::with_capacity(FILE_BYTES + 1));
        file.take(FILE_BYTES as u64 + 1).read_to_end(&mut text).map_err(|e| of_io(path, e))?;
        Self::parse(&text).ok_or_else(|| SearcherKeyError::Malformed(path.to_owned()))
    }

    /// Reads the key file, or makes it if there is none.
    ///
    /// # Errors
    /// As [`SearcherKey::load`] and [`SearcherKey::create`].
    pub fn load_or_create(path: &Path) -> Result<Self, SearcherKeyError> {
        match Self::load(path) {
            Err(SearcherKeyError::NotFound(_)) => match Self::create(path) {
                // Another process was faster; its key is the one.
                Err(SearcherKeyError::Exists(_)) => Self::load(path),
                made => made,
            },
            loaded => loaded,
        }
    }

    /// The public id.
    pub fn id(&self) -> SearcherId {
        SearcherId(self.0.verifying_key().to_bytes().into())
    }

    pub(super) fn sign(&self, message: &[u8]) -> SignatureBytes {
        self.0.sign(message).to_bytes().into()
    }

    fn to_file(&self) -> Zeroizing<String> {
        let digits = Zeroizing::new(hex::encode(self.0.as_bytes()));
        Zeroizing::new(format!("{HEADER}\n{}\n", digits.as_str()))
    }

    fn parse(text: &[u8]) -> Option<Self> {
        let digits = text.strip_prefix(HEADER.as_bytes())?.strip_prefix(b"\n")?.strip_suffix(b"\n")?;
        let mut seed = [0u8; 32];
        let decoded = hex::decode_to_slice(digits, &mut seed);
        let key = decoded.is_ok().then(|| Self(SigningKey::from_bytes(&seed)));
        seed.zeroize();
        key
    }
}

fn of_io(path: &Path, source: io::Error) -> SearcherKeyError {
    let path = path.to_owned();
    match source.kind() {
        io::ErrorKind::AlreadyExists => SearcherKeyError::Exists(path),
        io::ErrorKind::NotFound => SearcherKeyError::NotFound(path),
        _ => SearcherKeyError::Io { path, source },
    }
}

impl SearcherId {
    /// From a public key, as enrolled.
    pub fn from_public_key(key: PublicKeyBytes) -> Self {
        Self(key)
    }

    /// The public key.
    pub fn public_key(&self) -> PublicKeyBytes {
        self.0
    }

    /// Whether the id is a key that can sign reports at all; to be asked when an admin enrols it.
    pub fn is_usable(&self) -> bool {
        VerifyingKey::from_bytes(self.0.as_bytes()).is_ok_and(|key| !key.is_weak())
    }

    pub(super) fn verify(&self, message: &[u8], signature: &SignatureBytes) -> bool {
        let signature = Signature::from_bytes(signature.as_bytes());
        VerifyingKey::from_bytes(self.0.as_bytes()).is_ok_and(|key| key.verify_strict(message, &signature).is_ok())
    }
}

impl FromStr for SearcherId {
    type Err = HexError;

    fn from_str(text: &str) -> Result<Self, HexError> {
        text.parse().map(Self)
    }
}

impl fmt::Display for SearcherId {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.0.fmt(f)
    }
}

impl fmt::Debug for SearcherKey {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "SearcherKey({})", self.id())
    }
}

#[cfg(test)]
mod tests;

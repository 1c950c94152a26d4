//! Secrets that the embedded shape makes for itself: once, in the data folder, readable by their owner only.

use std::{
    fs::{DirBuilder, File, OpenOptions},
    io::{self, Read, Write},
    os::unix::fs::{DirBuilderExt, OpenOptionsExt, PermissionsExt},
    path::{Path, PathBuf},
};

use super::{Config, Shape, Source};
use crate::{random, secret::Secret};

/// Name of the master secret's file in the data folder.
pub const SECRET_KEY_FILE: &str = "secret_key";

/// Name of the embedded database in the data folder.
pub const DATABASE_FILE: &str = "vanikeys.db";

/// Why the data folder is not as it must be.
#[derive(Debug, thiserror::Error)]
pub enum MadeError {
    /// The file system refused.
    #[error("{path}: {source}; check that the folder exists and that this user may write there")]
    Io {
        /// The file or folder.
        path: PathBuf,
        /// What it said.
        source: io::Error,
    },
    /// Others may read the secret.
    #[error(
        "{path} may be read by others (mode {mode:o}); run `chmod 600` on it, and make a new secret if others did read it"
    )]
    Open {
        /// The file.
        path: PathBuf,
        /// Its permission bits.
        mode: u32,
    },
    /// Others may look into the data folder.
    #[error(
        "others may look into {path} (mode {mode:o}); run `chmod 700` on it, or name a folder that is the service's own"
    )]
    Shared {
        /// The folder.
        path: PathBuf,
        /// Its permission bits.
        mode: u32,
    },
    /// The file holds nothing.
    #[error(
        "{path} is empty; restore it from a backup, or remove it to start with a new secret (keys under service custody are lost then)"
    )]
    Empty {
        /// The file.
        path: PathBuf,
    },
    /// A secret cannot be made for a database that was used with another.
    #[error(
        "{path} does not exist, but the database beside it does: keys under the service's custody cannot be opened without \
         the secret that it was used with. Restore the file from a backup, or set SECRET_KEY. If it is lost, put a new one there (`openssl rand -hex 32`) and run \
         `vanikeys migrate --adopt-secret-key`"
    )]
    Lost {
        /// The file.
        path: PathBuf,
    },
    /// No randomness.
    #[error("the operating system gave no randomness: {0}")]
    Random(#[from] getrandom::Error),
}

impl Config {
    /// Makes the data folder of the embedded shape. One that is there must be its owner's alone.
    ///
    /// # Errors
    /// See [`MadeError`].
    pub fn own_folder(&self) -> Result<(), MadeError> {
        if self.shape != Shape::Embedded {
            return Ok(());
        }
        self.make_folder()?;
        let path = self.data.clone();
        let permissions = path.metadata().map(|found| found.permissions());
        match permissions.map(|permissions| permissions.mode() & 0o777) {
            Ok(mode) if mode & 0o077 == 0 => Ok(()),
            Ok(mode) => Err(MadeError::Shared { path, mode }),
            Err(source) => Err(MadeError::Io { path, source }),
        }
    }

    /// Makes the data folder, if it is not there.
    ///
    /// # Errors
    /// [`MadeError::Io`].
    pub fn make_folder(&self) -> Result<(), MadeError> {
        let made = DirBuilder::new().recursive(true).mode(0o700).create(&self.data);
        made.map_err(|source| MadeError::Io { path: self.data.clone(), source })
    }

    /// Makes the data folder and, in the embedded shape, the secrets that nobody set. Does nothing the second time.
    ///
    /// # Errors
    /// See [`MadeError`].
    pub fn make_missing(&mut self) -> Result<(), MadeError> {
        if self.shape != Shape::Embedded {
            return Ok(());
        }
        self.make_folder()?;
        let folder = &self.data;
        if self.secret_key.is_some() {
            return Ok(());
        }
        let path = folder.join(SECRET_KEY_FILE);
        if folder.join(DATABASE_FILE).exists() && !path.exists() {
            return Err(MadeError::Lost { path });
        }
        let secret = kept_or_made(&path)?;
        if let Some(shown) = self.in_force.iter_mut().find(|one| one.name == "SECRET_KEY") {
            shown.value = super::settings::by_name("SECRET_KEY").map(|setting| setting.masked(""));
            shown.source = Source::Made.to_string();
        }
        self.secret_key = Some(secret);
        Ok(())
    }
}

fn kept_or_made(path: &Path) -> Result<Secret, MadeError> {
    let io = |source| MadeError::Io { path: path.to_owned(), source };
    if !path.try_exists().map_err(io)? {
        make(path)?;
    }
    let mut file = File::open(path).map_err(io)?;
    let mode = file.metadata().map_err(io)?.permissions().mode() & 0o777;
    if mode & 0o077 != 0 {
        return Err(MadeError::Open { path: path.to_owned(), mode });
    }
    let mut text = String::new();
    file.read_to_string(&mut text).map_err(io)?;
    let secret = Secret::new(text.trim());
    if secret.expose().is_empty() { Err(MadeError::Empty { path: path.to_owned() }) } else { Ok(secret) }
}

/// Writes a fresh secret beside its place and links it there, so that of two starts at once one wins and neither ever
/// reads half a secret.
fn make(path: &Path) -> Result<(), MadeError> {
    let io = |source| MadeError::Io { path: path.to_owned(), source };
    let draft = path.with_extension(hex::encode(random::bytes::<8>()?));
    let mut file = OpenOptions::new().write(true).create_new(true).mode(0o600).open(&draft).map_err(io)?;
    let fresh = Secret::new(hex::encode(random::bytes::<32>()?));
    let written = file.write_all(fresh.expose().as_bytes()).and_then(|()| file.sync_all());
    let linked = written.and_then(|()| std::fs::hard_link(&draft, path));
    std::fs::remove_file(&draft).map_err(io)?;
    match linked {
        Err(error) if error.kind() != io::ErrorKind::AlreadyExists => Err(io(error)),
        _ => Ok(()),
    }
}

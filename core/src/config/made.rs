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
    /// The file holds nothing.
    #[error(
        "{path} is empty; restore it from a backup, or remove it to start with a new secret (keys under service custody are lost then)"
    )]
    Empty {
        /// The file.
        path: PathBuf,
    },
    /// No randomness.
    #[error("the operating system gave no randomness: {0}")]
    Random(#[from] getrandom::Error),
}

impl Config {
    /// Makes the data folder and, in the embedded shape, the secrets that nobody set. Does nothing the second time.
    ///
    /// # Errors
    /// See [`MadeError`].
    pub fn make_missing(&mut self) -> Result<(), MadeError> {
        if self.shape != Shape::Embedded {
            return Ok(());
        }
        let folder = &self.data;
        let made = DirBuilder::new().recursive(true).mode(0o700).create(folder);
        made.map_err(|source| MadeError::Io { path: folder.clone(), source })?;
        if self.secret_key.is_some() {
            return Ok(());
        }
        let path = folder.join(SECRET_KEY_FILE);
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

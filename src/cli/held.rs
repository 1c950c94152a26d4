//! The data folder belongs to one process that serves or migrates it.

use std::{
    fs::{File, OpenOptions, TryLockError},
    io::{Read as _, Write as _},
    os::unix::fs::OpenOptionsExt as _,
};

use vanikeys_core::config::{Config, Shape};

use super::Failed;

/// Name of the file that is locked.
const LOCK: &str = "lock";

/// The folder of an embedded service, until dropped; a fleet's database has locks of its own.
///
/// # Errors
/// Another process holds it, or it cannot be made.
pub(super) fn hold(config: &Config) -> Result<Option<File>, Failed> {
    if config.shape != Shape::Embedded {
        return Ok(None);
    }
    config.make_folder().map_err(Failed::usage)?;
    let path = config.data.join(LOCK);
    let unusable = |error: std::io::Error| Failed::usage(format!("{}: {error}", path.display()));
    let mut options = OpenOptions::new();
    options.read(true).write(true).create(true).truncate(false).mode(0o600);
    let mut file = options.open(&path).map_err(unusable)?;
    match file.try_lock() {
        Ok(()) => {}
        Err(TryLockError::WouldBlock) => {
            let mut holder = String::new();
            file.read_to_string(&mut holder).map_err(unusable)?;
            return Err(Failed::usage(format!(
                "another process (id {}) runs the service in {}; stop it first, or name another folder with --data",
                holder.trim(),
                config.data.display()
            )));
        }
        Err(TryLockError::Error(error)) => return Err(unusable(error)),
    }
    file.set_len(0).and_then(|()| writeln!(file, "{}", std::process::id())).map_err(unusable)?;
    Ok(Some(file))
}

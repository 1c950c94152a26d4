//! A sign of life in a file: touched for as long as a process is well, so that a health check can look at it without
//! asking the process. For workers, which listen on no port.

use std::{
    fs::{self, File},
    io,
    path::Path,
    time::{Duration, UNIX_EPOCH},
};

use crate::clients::clock::Clock;

/// A sign of life that is older is none; a process that is well gives one every few seconds.
const FRESH: Duration = Duration::from_secs(60);

/// Why a process does not count as well.
#[derive(Debug, thiserror::Error)]
pub enum NotAlive {
    /// There is no sign of life, or it cannot be read.
    #[error("no sign of life in {file}: {error}")]
    None {
        /// Where it was looked for.
        file: String,
        /// What the file system said.
        error: io::Error,
    },
    /// The last sign of life is too old.
    #[error("the last sign of life in {file} is {seconds} s old")]
    Old {
        /// Where it was looked for.
        file: String,
        /// Its age.
        seconds: u64,
    },
}

/// Gives a sign of life.
///
/// # Errors
/// The file cannot be written.
pub fn sign(file: &Path, clock: &Clock) -> io::Result<()> {
    let micros = u64::try_from(clock.now().micros()).unwrap_or_default();
    File::create(file)?.set_modified(UNIX_EPOCH + Duration::from_micros(micros))
}

/// Takes the sign of life back: the process ends, and whoever looks now need not wait until the sign is old.
///
/// # Errors
/// The file is there and cannot be removed.
pub fn end(file: &Path) -> io::Result<()> {
    match fs::remove_file(file) {
        Err(error) if error.kind() == io::ErrorKind::NotFound => Ok(()),
        result => result,
    }
}

/// Expects a sign of life that is not old.
///
/// # Errors
/// See [`NotAlive`].
pub fn expect(file: &Path, clock: &Clock) -> Result<(), NotAlive> {
    let name = file.display().to_string();
    let signed = file.metadata().and_then(|about| about.modified());
    let signed = signed.map_err(|error| NotAlive::None { file: name.clone(), error })?;
    let signed = signed.duration_since(UNIX_EPOCH).unwrap_or_default();
    let now = Duration::from_micros(u64::try_from(clock.now().micros()).unwrap_or_default());
    match now.saturating_sub(signed) {
        age if age <= FRESH => Ok(()),
        age => Err(NotAlive::Old { file: name, seconds: age.as_secs() }),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::domain::time::Timestamp;

    #[test]
    fn a_sign_of_life_grows_old() {
        let folder = tempfile::tempdir().unwrap();
        let file = folder.path().join("alive");
        let clock = Clock::manual(Timestamp::parse("2026-11-21T12:00:00Z").unwrap());
        assert!(matches!(expect(&file, &clock), Err(NotAlive::None { .. })));
        sign(&file, &clock).unwrap();
        clock.advance(FRESH);
        expect(&file, &clock).unwrap();
        clock.advance(Duration::from_secs(1));
        assert!(matches!(expect(&file, &clock), Err(NotAlive::Old { seconds: 61, .. })));
        sign(&file, &clock).unwrap();
        expect(&file, &clock).unwrap();
        end(&file).unwrap();
        assert!(matches!(expect(&file, &clock), Err(NotAlive::None { .. })));
        end(&file).unwrap();
    }
}

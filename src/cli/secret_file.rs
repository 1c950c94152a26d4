//! Files that hold secrets: readable by their owner only, there as a whole or not at all, never written over.

use std::{
    fs::{DirBuilder, File, OpenOptions},
    io::{self, Read, Write},
    os::unix::fs::{DirBuilderExt, OpenOptionsExt},
    path::{Path, PathBuf},
};

use vanikeys_core::random;
use zeroize::Zeroizing;

use super::Failed;

/// Writes a secret file, mode 0600. It is written beside its place and linked there when it is whole, so that nobody
/// ever sees half of it and nothing that was there is lost.
///
/// # Errors
/// Something is there already, or the file system refuses.
pub(super) fn create(path: &Path, content: &[u8]) -> Result<(), Failed> {
    let failed = |error: io::Error| match error.kind() {
        io::ErrorKind::AlreadyExists => exists(path),
        _ => {
            Failed::work(format!("cannot write {}: {error}; check that the folder exists and is yours", path.display()))
        }
    };
    let draft = draft_of(path)?;
    let mut options = OpenOptions::new();
    let mut file = options.write(true).create_new(true).mode(0o600).open(&draft).map_err(failed)?;
    let written = file.write_all(content).and_then(|()| file.sync_all());
    let placed = written.and_then(|()| std::fs::hard_link(&draft, path)).and_then(|()| sync_folder(path));
    // We made the draft, so it is ours to remove, however it went.
    std::fs::remove_file(&draft).map_err(failed)?;
    placed.map_err(failed)
}

/// Writes a secret file, mode 0600, in place of what is there: anybody sees the old one or the new one as a whole.
///
/// # Errors
/// The file system's.
pub(super) fn replace(path: &Path, content: &[u8]) -> Result<(), Failed> {
    let failed = |error: io::Error| Failed::work(format!("cannot write {}: {error}", path.display()));
    let draft = draft_of(path)?;
    let mut options = OpenOptions::new();
    let mut file = options.write(true).create_new(true).mode(0o600).open(&draft).map_err(failed)?;
    file.write_all(content).and_then(|()| std::fs::rename(&draft, path)).map_err(|error| {
        std::fs::remove_file(&draft).ok();
        failed(error)
    })
}

/// A name beside `path` that nothing has.
fn draft_of(path: &Path) -> Result<PathBuf, Failed> {
    let random = hex::encode(random::bytes::<8>().map_err(Failed::work)?);
    let name = path.file_name().ok_or_else(|| Failed::usage(format!("{} is no file name", path.display())))?;
    Ok(path.with_file_name(format!(".{}.{random}", name.to_string_lossy())))
}

/// Makes a link survive a crash of the host.
fn sync_folder(path: &Path) -> io::Result<()> {
    let folder = path.parent().filter(|folder| !folder.as_os_str().is_empty()).unwrap_or(Path::new("."));
    File::open(folder)?.sync_all()
}

/// Makes a folder for secrets, mode 0700; one that is there is left as it is.
///
/// # Errors
/// The file system's.
pub(super) fn folder(path: &Path) -> Result<(), Failed> {
    let made = DirBuilder::new().recursive(true).mode(0o700).create(path);
    made.map_err(|error| Failed::work(format!("cannot make the folder {}: {error}", path.display())))
}

/// Refuses early where [`create`] would refuse late.
///
/// # Errors
/// Wrong use: something is there already.
pub(super) fn must_be_free(path: &Path) -> Result<(), Failed> {
    match path.symlink_metadata() {
        Ok(_) => Err(exists(path)),
        Err(_) => Ok(()),
    }
}

fn exists(path: &Path) -> Failed {
    Failed::usage(format!("{} already exists; choose another file with --out", path.display()))
}

/// Reads a file that may hold a secret, of at most `most` bytes.
///
/// # Errors
/// Wrong use: it is not there, not readable, or larger than anything of its kind.
pub(super) fn read(path: &Path, most: u64) -> Result<Zeroizing<Vec<u8>>, Failed> {
    let failed = |error: io::Error| Failed::usage(format!("cannot read {}: {error}", path.display()));
    let file = File::open(path).map_err(failed)?;
    let length = file.metadata().map_err(failed)?.len().min(most + 1);
    // Room for all of it at once, so that growing leaves no copy behind.
    let mut content = Zeroizing::new(Vec::with_capacity(usize::try_from(length).unwrap_or(0) + 1));
    file.take(most + 1).read_to_end(&mut content).map_err(failed)?;
    if content.len() as u64 > most {
        return Err(Failed::usage(format!(
            "{} is over {most} bytes, larger than any file of its kind",
            path.display()
        )));
    }
    Ok(content)
}

#[cfg(test)]
mod tests {
    use std::os::unix::fs::PermissionsExt;

    use super::*;

    #[test]
    fn a_secret_is_its_owners_and_is_never_written_over() {
        let folder = vanikeys_testkit::Scratch::new("secret-file");
        let path = folder.join("key");
        must_be_free(&path).unwrap();
        create(&path, b"one").unwrap();
        assert_eq!(path.metadata().unwrap().permissions().mode() & 0o777, 0o600);
        for refused in [create(&path, b"two").unwrap_err(), must_be_free(&path).unwrap_err()] {
            assert!(matches!(refused, Failed::Usage(_)), "{refused}");
            assert!(refused.to_string().contains("already exists"));
        }
        assert_eq!(read(&path, 10).unwrap().as_slice(), b"one");
        let left: Vec<_> = std::fs::read_dir(folder.path()).unwrap().collect();
        assert_eq!(left.len(), 1, "no draft stays behind");
    }

    #[test]
    fn what_is_too_large_or_missing_is_wrong_use() {
        let folder = vanikeys_testkit::Scratch::new("secret-file");
        let path = folder.join("large");
        create(&path, &[0; 11]).unwrap();
        assert!(read(&path, 10).unwrap_err().to_string().contains("over 10 bytes"));
        assert!(matches!(read(&folder.join("none"), 10).unwrap_err(), Failed::Usage(_)));
        let nowhere = create(&folder.join("no/such/folder"), b"x").unwrap_err();
        assert!(matches!(nowhere, Failed::Work(_)), "{nowhere}");
    }
}

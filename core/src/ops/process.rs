//! What a process asks of the operating system before it does anything else: its files are its owner's alone, its memory
//! is written nowhere when it crashes, and limits refuse what goes beyond them instead of ending it.

use std::io;

use rustix::{
    fs::Mode,
    process::{DumpableBehavior, Resource, Rlimit, Signal, getrlimit, set_dumpable_behavior, setrlimit, umask},
};
use tokio::signal::unix::{SignalKind, signal};

/// Files that are made from now on, the database's above all, can be read by their owner only, whatever folder they
/// are in.
pub fn keep_files_private() {
    umask(Mode::RWXG | Mode::RWXO);
}

/// No memory image is written at a crash, and no other process of the same user can look into this one.
pub fn keep_memory_private() {
    let none = Rlimit { current: Some(0), maximum: Some(0) };
    if let Err(error) = setrlimit(Resource::Core, none) {
        tracing::warn!(%error, "memory images at a crash cannot be forbidden by a limit");
    }
    // Pipes to a crash handler are not bound by the limit; this they are.
    if let Err(error) = set_dumpable_behavior(DumpableBehavior::NotDumpable) {
        tracing::warn!(%error, "this process cannot be kept from being dumped");
    }
}

/// A write beyond the limit on the size of files fails, as on a full disk, instead of killing the process. To be called
/// within a runtime.
///
/// # Errors
/// The operating system's.
pub fn outlive_file_size_limit() -> io::Result<()> {
    signal(SignalKind::from_raw(Signal::XFSZ.as_raw())).map(drop)
}

/// Asks for as many open files as the process may ever have: systems give far fewer at first, for programs that cannot
/// cope with many. Answers how many there may be now.
pub fn open_many_files() -> u64 {
    let limit = getrlimit(Resource::Nofile);
    let most = Rlimit { current: limit.maximum, maximum: limit.maximum };
    if let Err(error) = setrlimit(Resource::Nofile, most) {
        tracing::warn!(%error, "the number of open files stays as it is");
    }
    getrlimit(Resource::Nofile).current.unwrap_or(u64::MAX)
}

#[cfg(test)]
mod tests {
    use std::os::unix::fs::PermissionsExt;

    use rustix::process::dumpable_behavior;
    use vanikeys_testkit::Scratch;

    use super::*;

    #[test]
    fn files_and_memory_are_private() {
        keep_files_private();
        keep_memory_private();
        let scratch = Scratch::new("process");
        let file = scratch.path().join("database");
        std::fs::write(&file, "secret").unwrap();
        assert_eq!(std::fs::metadata(&file).unwrap().permissions().mode() & 0o777, 0o600);
        let core = getrlimit(Resource::Core);
        assert_eq!((core.current, core.maximum), (Some(0), Some(0)));
        assert_eq!(dumpable_behavior().unwrap(), DumpableBehavior::NotDumpable);
    }
    #[test]
    fn all_files_that_may_be_open_may_be_open_at_once() {
        let files = open_many_files();
        let limit = getrlimit(Resource::Nofile);
        assert_eq!(limit.current, limit.maximum);
        assert_eq!(files, limit.maximum.unwrap_or(u64::MAX));
    }
}

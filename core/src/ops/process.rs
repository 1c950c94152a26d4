//! What a process that holds secrets asks of the operating system before it does anything else: its files are its
//! owner's alone, and its memory is written nowhere when it crashes.

use rustix::{
    fs::Mode,
    process::{DumpableBehavior, Resource, Rlimit, set_dumpable_behavior, setrlimit, umask},
};

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

#[cfg(test)]
mod tests {
    use std::os::unix::fs::PermissionsExt;

    use rustix::process::{dumpable_behavior, getrlimit};
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
}

//! Finding and running programs that are not ours. A missing one fails the test and says what to install; no test is
//! ever skipped for it.

use std::ffi::OsStr;
use std::os::unix::fs::{MetadataExt, PermissionsExt};
use std::path::{Path, PathBuf};
use std::process::{Command, Output};

/// The Debian package that brings a program.
#[derive(Debug, Clone, Copy)]
pub struct Package(pub &'static str);

/// The full path of `name`, looked for where Debian keeps PostgreSQL's programs (what is on `PATH` there is a script that
/// looks for them at every call) and on `PATH`.
///
/// # Panics
/// When it is not installed, naming the package.
pub fn program(name: &str, package: Package) -> PathBuf {
    let path = std::env::var_os("PATH").unwrap_or_default();
    let mut versions: Vec<PathBuf> = std::fs::read_dir("/usr/lib/postgresql")
        .map(|entries| entries.flatten().map(|e| e.path().join("bin")).collect())
        .unwrap_or_default();
    versions.sort();
    let mut folders: Vec<PathBuf> = versions.into_iter().rev().chain(std::env::split_paths(&path)).collect();
    folders.push("/usr/sbin".into());
    folders.into_iter().map(|folder| folder.join(name)).find(|file| is_executable(file)).unwrap_or_else(|| {
        panic!("this test needs the program `{name}`: apt-get install {} (scripts/test does it)", package.0)
    })
}

fn is_executable(file: &Path) -> bool {
    std::fs::metadata(file).is_ok_and(|m| m.is_file() && m.permissions().mode() & 0o111 != 0)
}

/// Runs `program` with `args` to its end and returns its standard output.
///
/// # Panics
/// When it does not start or fails, with all that it printed.
pub fn run<A: AsRef<OsStr>>(program: &Path, args: impl IntoIterator<Item = A>) -> String {
    succeeded(Command::new(program).args(args))
}

pub(crate) fn succeeded(command: &mut Command) -> String {
    let Output { status, stdout, stderr } =
        command.output().unwrap_or_else(|e| panic!("{command:?} did not start: {e}"));
    assert!(
        status.success(),
        "{command:?} ended with {status}\n{}{}",
        String::from_utf8_lossy(&stdout),
        String::from_utf8_lossy(&stderr)
    );
    String::from_utf8_lossy(&stdout).into_owned()
}

/// The effective user id of this process.
pub(crate) fn own_uid() -> u32 {
    std::fs::metadata("/proc/self").map_or(u32::MAX, |m| m.uid())
}

/// User and group id of the first of `names` that this machine knows.
pub(crate) fn user(names: &[&str]) -> Option<(u32, u32)> {
    let passwd = std::fs::read_to_string("/etc/passwd").ok()?;
    names.iter().find_map(|name| {
        let line = passwd.lines().find(|line| line.split(':').next() == Some(name))?;
        let mut fields = line.split(':').skip(2);
        Some((fields.next()?.parse().ok()?, fields.next()?.parse().ok()?))
    })
}

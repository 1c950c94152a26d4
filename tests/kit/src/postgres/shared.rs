//! The server that all tests of a run share. Test runners give every test a process of its own, so the processes meet
//! in a folder: whoever comes first starts the server, everyone holds a shared lock on a file while they live (the
//! kernel drops it even after SIGKILL), and a guardian shell stops the server and removes the folder once nobody holds
//! that lock and the run is over.

use std::fs::File;
use std::os::unix::fs::{MetadataExt, PermissionsExt};
use std::os::unix::process::CommandExt;
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};

use super::cluster;
use crate::{net, programs::own_uid};

/// This process's share in the common server.
#[derive(Debug)]
pub(super) struct Membership {
    folder: PathBuf,
    port: u16,
    _user: File,
}

impl Membership {
    pub(super) fn port(&self) -> u16 {
        self.port
    }

    /// Copies the empty cluster, which takes a tenth of the time of making one.
    pub(super) fn copy_template(&self, to: &Path) {
        cluster::copy(&self.folder.join("template"), to);
    }

    /// The exclusive right to make the template database of this kind, or nothing if it is there.
    pub(super) fn begin_template(&self, kind: &str) -> Option<Making> {
        let lock = open(&self.folder.join(format!("template-{kind}.lock")));
        let ready = self.folder.join(format!("template-{kind}.ready"));
        if ready.exists() {
            return None;
        }
        lock.lock().expect("a lock on an own file");
        (!ready.exists()).then_some(Making { ready, _lock: lock })
    }
}

/// The exclusive right to make a template database.
#[derive(Debug)]
pub(super) struct Making {
    ready: PathBuf,
    _lock: File,
}

impl Making {
    /// It is whole, and nobody is connected to it.
    pub(super) fn done(self) {
        open(&self.ready);
    }
}

/// `$1` is the folder, `$2` the process whose end is the end of the run. While that lives the server stays, so that a
/// pause between two tests does not stop it. The lock order (users, then start) cannot deadlock with [`join`], because
/// the guardian never waits for the second. The folder is moved away before it is removed: a run that begins meanwhile
/// must not find the half of it.
const GUARDIAN: &str = r#"
cd "$1" || exit 0
while :; do
    while kill -0 "$2" 2>/dev/null; do sleep 0.2; done
    exec 8>users.lock; flock -x 8
    exec 9>start.lock
    if flock -n -x 9; then
        pid=$(head -n 1 data/postmaster.pid 2>/dev/null) && kill -INT "$pid"
        for _ in $(seq 100); do [ -e data/postmaster.pid ] || break; sleep 0.05; done
        [ -e data/postmaster.pid ] && kill -s KILL "$pid"
        mv "$1" "$1.$$" && rm -rf "$1.$$"
        exit 0
    fi
    exec 8>&-; sleep 0.2
done"#;

/// Joins the users of the shared server, and starts it if nobody has.
pub(super) fn join() -> Membership {
    let folder = PathBuf::from(format!("/tmp/vk-shared-{}-{:016x}", own_uid(), identity()));
    let _starting = start_lock(&folder);
    let user = open(&folder.join("users.lock"));
    user.lock_shared().expect("a lock on an own file");
    let template = folder.join("template");
    if !template.join("PG_VERSION").exists() {
        let fresh = folder.join("template.new");
        let _ = std::fs::remove_dir_all(&fresh);
        cluster::init(&fresh);
        std::fs::rename(&fresh, &template).expect("own folder");
    }
    let port = running(&folder).unwrap_or_else(|| start(&folder));
    Membership { folder, port, _user: user }
}

/// The exclusive right to start the server, in a folder that no guardian has removed meanwhile.
fn start_lock(folder: &Path) -> File {
    loop {
        std::fs::create_dir_all(folder).expect("a folder can be made in /tmp");
        let path = folder.join("start.lock");
        let Ok(file) = File::options().create(true).append(true).open(&path) else { continue };
        file.lock().expect("a lock on an own file");
        let same = |m: std::fs::Metadata| file.metadata().is_ok_and(|own| own.ino() == m.ino());
        if std::fs::metadata(&path).is_ok_and(same) {
            let _ = std::fs::set_permissions(folder, std::fs::Permissions::from_mode(0o755));
            return file;
        }
    }
}

fn running(folder: &Path) -> Option<u16> {
    let pid = std::fs::read_to_string(folder.join("data/postmaster.pid")).ok()?;
    let port = pid.lines().nth(3)?.parse().ok()?;
    // Whoever started it has waited for its first answer under the lock that this process holds.
    net::listens(port).then_some(port)
}

#[expect(clippy::zombie_processes, reason = "both outlive this process by design; the guardian ends the server")]
fn start(folder: &Path) -> u16 {
    let data = folder.join("data");
    let _ = std::fs::remove_dir_all(&data);
    cluster::copy(&folder.join("template"), &data);
    let port = net::free_port();
    let log = open(&folder.join("log"));
    cluster::server(&data, port, folder)
        .stdin(Stdio::null())
        .stdout(log.try_clone().expect("a file handle can be copied"))
        .stderr(log)
        .process_group(0)
        .spawn()
        .expect("postgres starts");
    cluster::wait_ready(port);
    Command::new("setsid")
        .args(["sh", "-c", GUARDIAN, "guardian"])
        .arg(folder)
        .arg(run_process().to_string())
        .stdin(Stdio::null())
        .stdout(Stdio::null())
        .stderr(Stdio::null())
        .spawn()
        .expect("setsid starts");
    port
}

/// The process that runs the tests (cargo or cargo-nextest), or this one if a person started the test by hand.
fn run_process() -> u32 {
    let parent = std::os::unix::process::parent_id();
    let name = std::fs::read_to_string(format!("/proc/{parent}/comm")).unwrap_or_default();
    if name.starts_with("cargo") { parent } else { std::process::id() }
}

/// One server for each checkout, so that two of them never meet.
fn identity() -> u64 {
    let path = crate::workspace().as_os_str().as_encoded_bytes();
    path.iter().fold(0xcbf2_9ce4_8422_2325, |hash, &byte| (hash ^ u64::from(byte)).wrapping_mul(0x0100_0000_01b3))
}

fn open(path: &Path) -> File {
    File::options().create(true).append(true).open(path).expect("own folder")
}

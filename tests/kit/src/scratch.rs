//! A folder that lives as long as the value, and is removed even if the test is killed. It lies directly under `/tmp`
//! and has a short name, because the path of a unix socket may have only 107 bytes.

use std::os::unix::fs::PermissionsExt;
use std::path::{Path, PathBuf};
use std::sync::atomic::{AtomicU32, Ordering};

use crate::watchdog::Watchdog;

/// A temporary folder that other users may enter (servers run as another user when the tests run as root).
#[derive(Debug)]
pub struct Scratch {
    path: PathBuf,
    _watchdog: Watchdog,
}

impl Scratch {
    /// Makes an empty folder whose name begins with `name`.
    pub fn new(name: &str) -> Self {
        static NEXT: AtomicU32 = AtomicU32::new(0);
        let number = NEXT.fetch_add(1, Ordering::Relaxed);
        let path = PathBuf::from(format!("/tmp/vk-{name}-{}-{number}", std::process::id()));
        // A process id comes round again; what an earlier owner left behind is not ours to keep.
        let _ = std::fs::remove_dir_all(&path);
        std::fs::create_dir_all(&path).expect("a folder can be made in /tmp");
        std::fs::set_permissions(&path, std::fs::Permissions::from_mode(0o755)).expect("own folder");
        let text = path.to_str().expect("the path is ASCII").to_owned();
        // Twice, because a server that is being killed may still write.
        let watchdog = Watchdog::new("rm -rf \"$1\"; sleep 2; rm -rf \"$1\"", &[&text]);
        Self { path, _watchdog: watchdog }
    }

    /// The folder.
    pub fn path(&self) -> &Path {
        &self.path
    }

    /// The path of `name` inside the folder.
    pub fn join(&self, name: &str) -> PathBuf {
        self.path.join(name)
    }
}

impl Drop for Scratch {
    fn drop(&mut self) {
        let _ = std::fs::remove_dir_all(&self.path);
    }
}

//! A child process with its own process group and a log file, killed with its whole group when dropped.

use std::fs::File;
use std::os::unix::process::CommandExt;
use std::path::{Path, PathBuf};
use std::process::{Child, Command, ExitStatus, Stdio};
use std::time::Duration;

use rustix::process::{Pid, Resource, Rlimit, Signal, kill_process, kill_process_group, prlimit};

use crate::until;
use crate::watchdog::Watchdog;

/// A running child. Dropping it kills it and everything in its process group.
#[derive(Debug)]
pub struct Daemon {
    child: Child,
    log: PathBuf,
    ended: Option<ExitStatus>,
    _watchdog: Watchdog,
}

impl Daemon {
    /// Starts `command` with both output streams appended to the file `log`.
    ///
    /// # Panics
    /// When the program cannot be started.
    pub fn start(command: &mut Command, log: &Path) -> Self {
        let out = File::options().create(true).append(true).open(log).expect("the log file can be written");
        let err = out.try_clone().expect("a file handle can be copied");
        let child = command
            .stdin(Stdio::null())
            .stdout(out)
            .stderr(err)
            .process_group(0)
            .spawn()
            .unwrap_or_else(|e| panic!("{command:?} did not start: {e}"));
        let pid = child.id().to_string();
        // PostgreSQL frees its shared memory on QUIT; whoever ignores that is killed.
        let watchdog = Watchdog::new("kill -s QUIT -- -$1; sleep 0.5; kill -s KILL -- -$1", &[&pid]);
        Self { child, log: log.to_owned(), ended: None, _watchdog: watchdog }
    }

    /// The process id.
    pub fn pid(&self) -> u32 {
        self.child.id()
    }

    /// The file with all that the process printed.
    pub fn log_file(&self) -> &Path {
        &self.log
    }

    /// All that the process (and its predecessors under the same log file) printed so far.
    pub fn log(&self) -> String {
        std::fs::read(&self.log).map(|bytes| String::from_utf8_lossy(&bytes).into_owned()).unwrap_or_default()
    }

    /// Sends a signal to the process alone.
    pub fn signal(&self, signal: Signal) {
        // It may have ended already, which every caller notices by itself.
        let _ = kill_process(self.id(), signal);
    }

    /// From now on the process may write no file beyond so many bytes, or however many it likes: a disk that is full, and
    /// has room again.
    ///
    /// # Panics
    /// When the process has ended.
    pub fn limit_files(&self, bytes: Option<u64>) {
        let limit = Rlimit { current: bytes, maximum: None };
        prlimit(Some(self.id()), Resource::Fsize, limit).expect("a child's limits can be set");
    }

    /// How the process ended, if it has.
    pub fn ended(&mut self) -> Option<ExitStatus> {
        if self.ended.is_none() {
            self.ended = self.child.try_wait().expect("own child can be waited for");
        }
        self.ended
    }

    /// Waits until the process has ended.
    ///
    /// # Panics
    /// When it still runs after `deadline`; its log goes into the message.
    pub fn wait(&mut self, deadline: Duration) -> ExitStatus {
        let what = format!("process {} ends; its log is {}", self.pid(), self.log.display());
        until(&what, deadline, || self.ended())
    }

    /// SIGTERM, then waits.
    pub fn terminate(&mut self, deadline: Duration) -> ExitStatus {
        self.signal(Signal::TERM);
        self.wait(deadline)
    }

    /// SIGKILL to the whole process group, then waits.
    pub fn kill(&mut self) {
        if self.ended().is_none() {
            let _ = kill_process_group(self.id(), Signal::KILL);
            let _ = self.child.wait();
        }
    }

    fn id(&self) -> Pid {
        i32::try_from(self.child.id()).ok().and_then(Pid::from_raw).expect("a process id is a positive number")
    }
}

impl Drop for Daemon {
    fn drop(&mut self) {
        // Children that the process left in its group go with it, even when it has ended by itself.
        let _ = kill_process_group(self.id(), Signal::KILL);
        let _ = self.child.wait();
    }
}

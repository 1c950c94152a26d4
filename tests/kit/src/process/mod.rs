//! Real processes: any server as a [`Daemon`], and the project's own binaries as a [`Service`], found beside the test
//! that is running, with a clean environment.

mod daemon;
mod notify;

use std::ffi::OsStr;
use std::path::{Path, PathBuf};
use std::process::{Command, ExitStatus, Output};
use std::time::Duration;

pub use rustix::process::Signal;

pub use daemon::Daemon;
use notify::Notify;

use crate::{Scratch, net, until};

/// The binary `name` (`vanikeys` or `vanikeys-worker`) that was built with this test.
///
/// # Panics
/// When it has not been built.
pub fn binary(name: &str) -> PathBuf {
    let test = std::env::current_exe().expect("this program has a path");
    let folder = test.ancestors().find(|folder| folder.ends_with("deps")).and_then(Path::parent);
    let file = folder.expect("tests run from target/<profile>/deps").join(name);
    assert!(
        file.is_file(),
        "{} is not built: run `cargo build --workspace --bins --tests` (scripts/test does it)",
        file.display()
    );
    file
}

/// A command for one of our binaries with nothing in its environment but `PATH` and a home of its own.
pub fn command(name: &str, home: &Path) -> Command {
    with_own_environment(Command::new(binary(name)), home)
}

fn with_own_environment(mut command: Command, home: &Path) -> Command {
    command.env_clear().env("HOME", home).env("PATH", std::env::var_os("PATH").unwrap_or_default()).current_dir(home);
    for kept in ["RUST_BACKTRACE", "LLVM_PROFILE_FILE"] {
        if let Some(value) = std::env::var_os(kept) {
            command.env(kept, value);
        }
    }
    command
}

/// Runs one of our binaries to its end, in an empty home, and returns what came of it.
pub fn output<A: AsRef<OsStr>>(name: &str, args: impl IntoIterator<Item = A>) -> Output {
    let home = Scratch::new("home");
    command(name, home.path()).args(args).output().expect("our own binary starts")
}

/// A web or worker process of ours. It can be killed, stopped and started again with the same arguments.
#[derive(Debug)]
pub struct Service {
    name: String,
    program: &'static str,
    args: Vec<String>,
    env: Vec<(String, String)>,
    home: Scratch,
    notify: Notify,
    daemon: Option<Daemon>,
    open_files: Option<u32>,
}

impl Service {
    /// Prepares `program` under a `name` for logs; nothing runs before [`Service::start`].
    pub fn new(name: &str, program: &'static str, args: &[&str]) -> Self {
        let home = Scratch::new(name);
        let notify = Notify::bind(&home.join("notify"));
        let args = args.iter().map(|&arg| arg.to_owned()).collect();
        Self { name: name.to_owned(), program, args, env: Vec::new(), home, notify, daemon: None, open_files: None }
    }

    /// Adds a variable to the environment of the next start.
    pub fn env(mut self, name: &str, value: &str) -> Self {
        self.env.push((name.to_owned(), value.to_owned()));
        self
    }

    /// Lets the process have at most so many files open from its next start on.
    pub fn open_files(mut self, most: u32) -> Self {
        self.open_files = Some(most);
        self
    }

    /// Starts the process without waiting for it.
    pub fn spawn(&mut self) {
        self.notify.reset();
        let mut command = command(self.program, self.home.path());
        if let Some(most) = self.open_files {
            let program = binary(self.program);
            let shell = format!("ulimit -n {most} && exec \"$0\" \"$@\"");
            command = with_own_environment(Command::new("sh"), self.home.path());
            command.args(["-c", &shell]).arg(program);
        }
        command.args(&self.args).env("NOTIFY_SOCKET", self.home.join("notify"));
        command.envs(self.env.iter().map(|(name, value)| (name, value)));
        self.daemon = Some(Daemon::start(&mut command, &self.home.join("log")));
    }

    /// Starts the process and waits until it tells its service manager that it is ready.
    ///
    /// # Panics
    /// When it ends first, or is not ready after 30 seconds.
    pub fn start(&mut self) {
        self.spawn();
        self.wait_ready();
    }

    /// Waits for `READY=1`.
    ///
    /// # Panics
    /// When the process ends first, or is not ready after 30 seconds.
    pub fn wait_ready(&mut self) {
        let what = format!("{} says that it is ready", self.name);
        until(&what, Duration::from_secs(30), || {
            self.must_run();
            self.notify.is_ready().then_some(())
        });
    }

    fn must_run(&mut self) {
        if let Some(status) = self.daemon_mut().ended() {
            panic!("{} ended with {status} before it was ready:\n{}", self.name, self.log());
        }
    }

    /// Waits until `GET path` on this port is answered with 200.
    ///
    /// # Panics
    /// When the process ends first, or does not answer so within 30 seconds.
    pub fn wait_http(&mut self, port: u16, path: &str) {
        let what = format!("{} answers 200 at {path}", self.name);
        until(&what, Duration::from_secs(30), || {
            self.must_run();
            net::get(port, path).filter(|(status, _)| *status == 200)
        });
    }

    /// Whether the process has been started and has not ended.
    pub fn is_running(&mut self) -> bool {
        self.daemon.as_mut().is_some_and(|daemon| daemon.ended().is_none())
    }

    /// Sends a signal.
    pub fn signal(&self, signal: Signal) {
        self.daemon().signal(signal);
    }

    /// From now on the process may write no file beyond so many bytes, or however many it likes.
    pub fn limit_files(&self, bytes: Option<u64>) {
        self.daemon().limit_files(bytes);
    }

    /// SIGKILL, as a host that loses power.
    pub fn kill(&mut self) {
        self.daemon_mut().kill();
    }

    /// SIGTERM; the process has the 20 seconds it is promised and a little more for a loaded machine.
    pub fn stop(&mut self) -> ExitStatus {
        self.daemon_mut().terminate(Duration::from_secs(25))
    }

    /// All that the process printed, over all its starts.
    pub fn log(&self) -> String {
        self.daemon.as_ref().map(Daemon::log).unwrap_or_default()
    }

    /// The home folder of the process, which is also its working folder.
    pub fn home(&self) -> &Path {
        self.home.path()
    }

    /// The process id.
    pub fn pid(&self) -> u32 {
        self.daemon().pid()
    }

    fn daemon(&self) -> &Daemon {
        self.daemon.as_ref().expect("the service was started")
    }

    fn daemon_mut(&mut self) -> &mut Daemon {
        self.daemon.as_mut().expect("the service was started")
    }
}

#[expect(clippy::print_stderr, reason = "the test runner shows it beside the failure")]
impl Drop for Service {
    fn drop(&mut self) {
        if std::thread::panicking() {
            let log = self.log();
            let kept = crate::artefacts().join(format!("{}-{}.log", self.name, std::process::id()));
            let _ = std::fs::write(&kept, &log);
            let tail: Vec<&str> = log.lines().rev().take(30).collect();
            eprintln!("--- end of the log of {} (all of it: {})", self.name, kept.display());
            for line in tail.into_iter().rev() {
                eprintln!("{line}");
            }
        }
    }
}

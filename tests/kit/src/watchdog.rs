//! The promise that nothing outlives its test. Beside every child stands a tiny shell that reads from a pipe; the pipe
//! ends when this process does, however it ends, and then the shell does its clean-up. (A parent-death signal would
//! not do: Linux ties it to the thread that started the child, and test threads come and go.)

use std::io::Write;
use std::os::unix::process::CommandExt;
use std::process::{Child, ChildStdin, Command, Stdio};

/// Runs a shell script if this process dies before this value is dropped.
#[derive(Debug)]
pub(crate) struct Watchdog {
    pipe: Option<ChildStdin>,
    shell: Child,
}

impl Watchdog {
    /// `script` sees `args` as `$1`, `$2` ...
    pub(crate) fn new(script: &str, args: &[&str]) -> Self {
        let guarded = format!("read -r word; [ \"$word\" = done ] || {{ {script}\n}}");
        let mut shell = Command::new("sh")
            .args(["-c", &guarded, "watchdog"])
            .args(args)
            .stdin(Stdio::piped())
            .stdout(Stdio::null())
            .stderr(Stdio::null())
            .process_group(0)
            .spawn()
            .expect("sh starts");
        let pipe = shell.stdin.take();
        Self { pipe, shell }
    }
}

impl Drop for Watchdog {
    fn drop(&mut self) {
        if let Some(mut pipe) = self.pipe.take() {
            // A watchdog that is gone already has nothing left to be told.
            let _ = pipe.write_all(b"done\n");
        }
        let _ = self.shell.wait();
    }
}

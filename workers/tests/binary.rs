//! The binary: what it refuses, and how it starts and stops.

#![allow(clippy::unwrap_used, reason = "a test has nobody to hand an error to")]

use std::{
    process::{Command, Stdio},
    time::Duration,
};

use rustix::process::{Pid, Signal, kill_process};
use vanikeys_testkit::{Scratch, redis::Server, until};

fn command(scratch: &Scratch) -> Command {
    let mut command = Command::new(env!("CARGO_BIN_EXE_vanikeys-worker"));
    command.env_clear().env("VANIKEYS_DATA", scratch.path()).current_dir(scratch.path());
    command
}

fn refused(command: &mut Command) -> String {
    let output = command.output().unwrap();
    assert_eq!(output.status.code(), Some(2), "{output:?}");
    String::from_utf8(output.stderr).unwrap()
}

#[test]
fn wrong_use_and_configuration_are_told_and_end_with_2() {
    let scratch = Scratch::new("worker");
    let told = refused(command(&scratch).args(["--queues", "searches,heist"]));
    assert!(told.contains("there is no queue \"heist\""), "{told}");
    let told = refused(command(&scratch).args(["--threads", "0"]));
    assert!(told.contains("--threads"), "{told}");
    let told = refused(&mut command(&scratch));
    assert!(told.contains("REDIS_URL") && told.contains("vanikeys up"), "{told}");
    let told = refused(command(&scratch).env("REDIS_URL", "redis://localhost"));
    assert!(told.contains("DATABASE_URL"), "{told}");
}

#[test]
fn a_searcher_needs_redis_and_slice_keys_only_and_stops_when_told() {
    let (scratch, redis) = (Scratch::new("worker"), Server::start());
    let searcher = || {
        let mut command = command(&scratch);
        command.args(["--queues", "searches", "--threads", "1"]).env("REDIS_URL", redis.url());
        command
    };
    let output = searcher().output().unwrap();
    let told = String::from_utf8_lossy(&output.stderr).into_owned();
    assert!(!output.status.success() && told.contains("SLICE_KEYS"), "{told}");

    // A point of the curve that no secret of ours belongs to: the base point.
    let key = "5866666666666666666666666666666666666666666666666666666666666666";
    let mut running = searcher().env("SLICE_KEYS", key).stderr(Stdio::null()).spawn().unwrap();
    until("it announces itself", Duration::from_secs(20), || {
        redis.command("KEYS reports:data").contains("reports:data").then_some(())
    });
    kill_process(Pid::from_child(&running), Signal::TERM).unwrap();
    let status = until("it stops", Duration::from_secs(20), || running.try_wait().unwrap());
    assert_eq!(status.code(), Some(0));
    assert!(scratch.join("searcher.key").exists(), "it made its own key");
}

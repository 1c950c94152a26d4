//! The command line without a server: exit codes, bad flags, files and settings. Everything wrong is told at once, and
//! nothing is started.

use std::process::Output;

use vanikeys_testkit::{Scratch, process};

fn vanikeys(args: &[&str]) -> Output {
    process::output("vanikeys", args)
}

fn with_settings(program: &str, args: &[&str], settings: &[(&str, &str)]) -> (Option<i32>, String) {
    let home = Scratch::new("home");
    let mut command = process::command(program, home.path());
    let output = command.args(args).envs(settings.iter().copied()).output().unwrap();
    (output.status.code(), String::from_utf8_lossy(&output.stderr).into_owned())
}

#[test]
fn wrong_use_ends_with_2() {
    for args in [
        &["--no-such-flag"][..],
        &["no-such-command"],
        &["up", "--no-such-flag"],
        &["up", "--listen"],
        &["up", "surplus"],
        &["estimate"],
        &["grind", "--count", "x", "mia"],
        &["admin", "grant-tokens", "ada"],
        &["admin", "grant-tokens", "ada", "many"],
    ] {
        let output = vanikeys(args);
        assert_eq!(output.status.code(), Some(2), "{args:?}: {}", String::from_utf8_lossy(&output.stderr));
    }
    for args in [&["--no-such-flag"][..], &["--queues", "no-such-queue"], &["--threads", "x"]] {
        let output = process::output("vanikeys-worker", args);
        assert_eq!(output.status.code(), Some(2), "{args:?}: {}", String::from_utf8_lossy(&output.stderr));
    }
}

#[test]
fn every_wrong_setting_is_told_at_once() {
    let wrong = [
        ("VANIKEYS_LISTEN", "nowhere"),
        ("PUBLIC_URL", "not a url"),
        ("JOB_ATTEMPTS_PER_TOKEN", "0"),
        ("FREE_PULLS_PER_DAY", "many"),
        ("SMTP_URL", "http://mail.example.org"),
        ("LOG_FORMAT", "poetry"),
        ("DATABASE_URL", "mysql://localhost/x"),
    ];
    for (program, args) in [("vanikeys", &["up"][..]), ("vanikeys", &["web"]), ("vanikeys", &["config"])] {
        let (code, message) = with_settings(program, args, &wrong);
        assert_eq!(code, Some(2), "{program} {args:?}: {message}");
        for (name, _) in wrong {
            assert!(message.contains(name), "{program} {args:?} does not name {name}:\n{message}");
        }
    }
}

#[test]
fn files_that_will_not_do_are_told() {
    let home = Scratch::new("home");
    std::fs::write(home.join("broken.toml"), "listen = [").unwrap();
    std::fs::write(home.join("unknown.toml"), "lissten = \"127.0.0.1:1\"\n").unwrap();
    std::fs::write(home.join("file"), "").unwrap();
    for file in ["broken.toml", "unknown.toml", "missing.toml"] {
        let mut command = process::command("vanikeys", home.path());
        let output = command.args(["--config", file, "config"]).output().unwrap();
        let message = String::from_utf8_lossy(&output.stderr).into_owned();
        assert_eq!(output.status.code(), Some(2), "{file}: {message}");
        assert!(message.contains(file), "{file} is not named in {message}");
    }
    let mut command = process::command("vanikeys", home.path());
    let output = command.args(["up", "--data", "file", "--listen", "127.0.0.1:0"]).output().unwrap();
    assert!([Some(1), Some(2)].contains(&output.status.code()), "a data folder that is a file");
}

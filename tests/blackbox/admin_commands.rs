//! The command line of an operator: configuration and its problems, the schema, admins, tokens, keys; exit codes and
//! JSON reports. Everything in the embedded shape, in a folder of its own.

use std::process::Output;

use serde_json::Value;
use vanikeys_testkit::{Scratch, process};

/// A home in which `vanikeys` keeps its data.
struct Home(Scratch);

impl Home {
    fn new() -> Self {
        Self(Scratch::new("cli"))
    }

    /// A home in which a service has begun.
    fn with_service() -> Self {
        let home = Self::new();
        home.report(&["migrate"]);
        home
    }

    fn run(&self, environment: &[(&str, &str)], args: &[&str]) -> Output {
        let mut command = process::command("vanikeys", self.0.path());
        command.envs(environment.iter().copied()).args(args).output().unwrap()
    }

    /// What a command that succeeds reports as JSON.
    #[track_caller]
    fn report(&self, args: &[&str]) -> Value {
        let ended = self.run(&[], &[args, &["--json"]].concat());
        assert!(ended.status.success(), "{args:?}: {}", text(&ended.stderr));
        serde_json::from_slice(&ended.stdout).unwrap()
    }

    /// What a command that ends with `code` complains of.
    #[track_caller]
    fn complaint(&self, environment: &[(&str, &str)], args: &[&str], code: i32) -> String {
        let ended = self.run(environment, args);
        assert_eq!(ended.status.code(), Some(code), "{args:?}: {}", text(&ended.stderr));
        assert!(ended.stdout.is_empty(), "{args:?} reported {}", text(&ended.stdout));
        text(&ended.stderr)
    }
}

fn text(bytes: &[u8]) -> String {
    String::from_utf8_lossy(bytes).into_owned()
}

fn setting<'a>(report: &'a Value, name: &str) -> &'a Value {
    report.as_array().unwrap().iter().find(|one| one["name"] == name).unwrap()
}

/// Also where the folder was there before and everybody may look into it.
#[test]
fn what_the_service_makes_is_its_owners_alone() {
    use std::os::unix::fs::PermissionsExt;
    let home = Home::new();
    let data = home.0.path().join("open");
    std::fs::create_dir(&data).unwrap();
    std::fs::set_permissions(&data, std::fs::Permissions::from_mode(0o755)).unwrap();
    let ended = home.run(&[("VANIKEYS_DATA", data.to_str().unwrap())], &["migrate"]);
    assert!(ended.status.success(), "{}", text(&ended.stderr));
    let made: Vec<_> = std::fs::read_dir(&data).unwrap().map(Result::unwrap).collect();
    assert!(made.iter().any(|file| file.file_name() == "vanikeys.db"));
    for file in made {
        let mode = file.metadata().unwrap().permissions().mode() & 0o777;
        assert_eq!(mode & 0o077, 0, "{} has mode {mode:o}", file.path().display());
    }
}

#[test]
fn the_settings_in_force_are_printed_and_nothing_is_made() {
    let home = Home::new();
    std::fs::write(home.0.join("vanikeys.toml"), "free_pulls_per_day = 7\nlog_level = \"debug\"").unwrap();
    let environment = [("LOG_LEVEL", "warn"), ("SMTP_URL", "smtp://ann:hush@mail"), ("MAIL_FROM", "a@example.org")];
    let ended = home.run(&environment, &["config", "--json", "--set", "PULL_KEY_HOURS=48"]);
    assert!(ended.status.success(), "{}", text(&ended.stderr));
    assert!(!text(&ended.stdout).contains("hush"));
    let report: Value = serde_json::from_slice(&ended.stdout).unwrap();
    for (name, value, source) in [
        ("PULL_KEY_HOURS", "48", "command line"),
        ("LOG_LEVEL", "warn", "environment"),
        ("FREE_PULLS_PER_DAY", "7", "vanikeys.toml"),
        ("JOB_STALL_HOURS", "24", "default"),
        ("SMTP_URL", "smtp://ann:********@mail", "environment"),
    ] {
        let one = setting(&report, name);
        assert_eq!((&one["value"], &one["source"]), (&value.into(), &source.into()), "{name}");
    }
    let plain = home.run(&environment, &["config"]);
    assert!(text(&plain.stdout).contains("PULL_KEY_HOURS") && !text(&plain.stdout).contains("hush"));
    assert!(!home.0.join("vanikeys-data").exists());
}

#[test]
fn a_bad_configuration_is_told_in_full_and_starts_nothing() {
    let home = Home::new();
    std::fs::write(home.0.join("vanikeys.toml"), "welcome_token = 5").unwrap();
    let environment = [("VANIKEYS_LISTEN", "8080"), ("DATABASE_URL", "mysql://ann:hush@db"), ("LOG_FORMAT", "xml")];
    for command in [&["config"][..], &["up"], &["web"], &["migrate"], &["admin", "list-users"]] {
        let args =
            [command, &["--set", "FREE_PULLS_PER_DAY=many", "--set", "nonsense", "--set", "SECRET_KEY=hush"]].concat();
        let complaint = home.complaint(&environment, &args, 2);
        for part in [
            "welcome_token",
            "did you mean welcome_tokens",
            "VANIKEYS_LISTEN = \"8080\" (environment)",
            "DATABASE_URL",
            "REDIS_URL",
            "LOG_FORMAT = \"xml\"",
            "FREE_PULLS_PER_DAY = \"many\" (command line)",
            "--set NAME=VALUE",
            "secrets do not belong there",
        ] {
            assert!(complaint.contains(part), "{command:?} does not say {part}: {complaint}");
        }
        assert!(!complaint.contains("hush"), "{complaint}");
    }
    assert!(!home.0.join("vanikeys-data").exists(), "something was started");
}

#[test]
fn wrong_use_ends_with_2_and_what_fails_with_1() {
    let home = Home::with_service();
    for wrong in [
        &["nonsense"][..],
        &["admin"],
        &["admin", "grant-tokens", "ann", "0"],
        &["admin", "grant-tokens", "ann", "-5"],
        &["admin", "take-back", "not-an-id"],
        &["admin", "create-admin", "root@example.org"],
        &["admin", "create-admin", "root@example.org", "--username", "rooty", "--promote"],
        &["admin", "create-admin", "root@example.org", "--username", "rooty", "--password-file", "/nowhere/at/all"],
        &["admin", "list-users", "--limit", "0"],
        &["admin", "set", "registration.opne", "true"],
        &["admin", "set", "registration.open", "maybe"],
        &["admin", "enrol-searcher", "zz", "--name", "x"],
        &["migrate", "--down-to", "9999"],
        &["config", "--config", "/nowhere/at/all.toml"],
    ] {
        assert!(!home.complaint(&[], wrong, 2).is_empty());
    }
    for failing in [
        &["admin", "grant-tokens", "nobody", "5"][..],
        &["admin", "clear-flag", "nobody"],
        &["admin", "create-admin", "nobody@example.org", "--promote"],
        &["admin", "create-admin", "root", "--username", "x"],
        &["admin", "take-back", "0199a000-0000-7000-8000-000000000000"],
        &["admin", "revoke-api-key", "0199a000-0000-7000-8000-000000000000"],
        &["admin", "create-api-key", " "],
    ] {
        assert!(!home.complaint(&[], failing, 1).is_empty());
    }
}

#[test]
fn an_operator_makes_admins_gives_tokens_and_makes_keys() {
    let home = Home::with_service();
    let made = home.report(&["admin", "create-admin", "root@example.org", "--username", "rooty"]);
    assert_eq!((&made["user"]["role"], made["password"].as_str().unwrap().len()), (&"admin".into(), 24));
    std::fs::write(home.0.join("password"), "tarragon lantern 9\n").unwrap();
    let second = ["admin", "create-admin", "ops@example.org", "--username", "ops1", "--password-file", "password"];
    assert_eq!(home.report(&second)["password"], Value::Null);
    let same = ["admin", "create-admin", "OPS@example.org", "--username", "ops2"];
    assert!(home.complaint(&[], &same, 1).contains("this e-mail address already"));
    assert_eq!(home.report(&["admin", "create-admin", "ops@example.org", "--promote"])["user"]["username"], "ops1");

    let granted = home.report(&["admin", "grant-tokens", "rooty", "500", "--note", "hello"]);
    assert_eq!(granted["account"]["balance"], 500);
    let back = home.report(&["admin", "take-back", granted["grant"].as_str().unwrap()]);
    assert_eq!(back["account"]["balance"], 0);

    let users = home.report(&["admin", "list-users", "--search", "ops"]);
    assert_eq!((&users["total"], &users["items"][0]["username"]), (&1.into(), &"ops1".into()));
    assert_eq!(home.report(&["admin", "list-users", "--flagged"])["total"], 0);
    assert_eq!(home.report(&["admin", "clear-flag", "ops1"])["flaggedAt"], Value::Null);

    let key = home.report(&["admin", "create-api-key", "deploy"]);
    assert!(key["key"].as_str().unwrap().starts_with("vka_"));
    home.report(&["admin", "revoke-api-key", key["id"].as_str().unwrap()]);
    let keys = home.report(&["admin", "list-api-keys"]);
    assert!(keys[0]["revokedAt"].is_string() && keys[0].get("key").is_none());

    assert_eq!(home.report(&["admin", "set", "registration.open", "false"])["value"], "false");
    let searcher = "d75a980182b10ab7d54bfed3c964073a0ee172f3daa62325af021a68f707511a";
    assert_eq!(home.report(&["admin", "enrol-searcher", searcher, "--name", "host-1"])["publicKey"], searcher);

    let words = home.run(&[], &["admin", "list-users"]);
    assert!(words.status.success() && text(&words.stdout).contains("2 of 2"), "{}", text(&words.stdout));
}

#[test]
fn the_schema_goes_down_and_up() {
    let home = Home::new();
    let up = home.report(&["migrate"]);
    assert_eq!(up["schema"], up["newest"]);
    assert_eq!(home.report(&["migrate", "--down-to", "0"])["schema"], 0);
    assert_eq!(home.report(&["migrate"])["schema"], up["newest"]);
    assert!(home.report(&["admin", "list-users"])["total"] == 0);
}

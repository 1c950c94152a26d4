//! What an operator types on a service of their own: doctor, backup, restore, queues, searchers.

use std::{os::unix::fs::PermissionsExt, path::Path, process::Output};

use serde_json::Value;
use vanikeys_testkit::{
    Scratch,
    process::{self, Service},
};

fn run(home: &Scratch, args: &[&str]) -> Output {
    process::command("vanikeys", home.path()).args(args).output().unwrap()
}

fn json(output: &Output) -> Value {
    assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
    serde_json::from_slice(&output.stdout).unwrap()
}

fn refused(output: &Output, told: &str) {
    let message = String::from_utf8_lossy(&output.stderr);
    assert_eq!(output.status.code(), Some(2), "{message}");
    assert!(message.contains(told), "{message}");
}

fn mode(path: &Path) -> u32 {
    path.metadata().unwrap().permissions().mode() & 0o777
}

/// A service that has been set up and does not run.
fn service() -> Scratch {
    let home = Scratch::new("service");
    json(&run(&home, &["migrate", "--json"]));
    home
}

fn broken(report: &Value) -> Vec<&str> {
    let findings = report["findings"].as_array().unwrap().iter();
    findings.filter(|finding| finding["grade"] == "broken").map(|finding| finding["check"].as_str().unwrap()).collect()
}

#[test]
fn the_doctor_finds_what_is_wrong() {
    let home = service();
    let well = json(&run(&home, &["doctor", "--json"]));
    assert_eq!((&well["healthy"], &well["shape"]), (&Value::from(true), &Value::from("embedded")));
    assert!(broken(&well).is_empty());

    // The folder still keeps others out; a mode of the folder itself is found.
    std::fs::set_permissions(home.join("vanikeys-data"), std::fs::Permissions::from_mode(0o755)).unwrap();
    let output = run(&home, &["doctor", "--json"]);
    assert_eq!(output.status.code(), Some(1));
    let report: Value = serde_json::from_slice(&output.stdout).unwrap();
    assert_eq!(broken(&report), ["secrets' files"]);

    std::fs::set_permissions(home.join("vanikeys-data"), std::fs::Permissions::from_mode(0o700)).unwrap();
    let schema = well["findings"].as_array().unwrap().iter().find(|finding| finding["check"] == "schema").unwrap();
    assert!(schema["found"].as_str().unwrap().contains("the newest"));
    json(&run(&home, &["migrate", "--down-to", "1", "--json"]));
    let output = run(&home, &["doctor", "--json"]);
    assert_eq!(output.status.code(), Some(1));
    assert_eq!(broken(&serde_json::from_slice(&output.stdout).unwrap()), ["schema"]);
}

#[test]
fn a_backup_comes_back_as_it_was() {
    let home = service();
    let admin = ["admin", "create-api-key", "monitoring", "--json"];
    json(&run(&home, &admin));
    let made = json(&run(&home, &["backup", "--out", "monday", "--json"]));
    let names: Vec<&str> =
        made["manifest"]["files"].as_array().unwrap().iter().map(|file| file["name"].as_str().unwrap()).collect();
    assert_eq!(names, ["vanikeys.db", "secret_key"]);
    assert_eq!(mode(&home.join("monday")), 0o700);
    for name in names.iter().chain(&["manifest.json"]) {
        assert_eq!(mode(&home.join("monday").join(name)), 0o600, "{name}");
    }
    refused(&run(&home, &["backup", "--out", "monday"]), "already exists");
    refused(&run(&home, &["restore", "monday"]), "already exists");

    json(&run(&home, &["restore", "monday", "--data", "again", "--json"]));
    assert_eq!(mode(&home.join("again")), 0o700);
    let again = ["--set", "VANIKEYS_DATA=again"];
    let doctor = json(&run(&home, &[&again[..], &["doctor", "--json"]].concat()));
    assert_eq!(doctor["healthy"], true);
    let keys = ["admin", "list-api-keys", "--json"];
    let (old, new) = (json(&run(&home, &keys)), json(&run(&home, &[&again[..], &keys[..]].concat())));
    assert_eq!(old, new);
    let secret = |folder: &str| std::fs::read(home.join(folder).join("secret_key")).unwrap();
    assert_eq!(secret("vanikeys-data"), secret("again"));
}

#[test]
fn a_backup_that_was_changed_is_refused() {
    let home = service();
    json(&run(&home, &["backup", "--out", "monday", "--json"]));
    let manifest = home.join("monday/manifest.json");
    let good = std::fs::read_to_string(&manifest).unwrap();
    std::fs::write(&manifest, good.replace("\"secret_key\"", "\"../secret_key\"")).unwrap();
    refused(&run(&home, &["restore", "monday", "--data", "again"]), "a file that no backup has");
    std::fs::write(&manifest, good.replace("\"schema\": ", "\"schema\": 9")).unwrap();
    refused(&run(&home, &["restore", "monday", "--data", "again"]), "take a newer program");
    std::fs::write(&manifest, &good).unwrap();
    std::fs::write(home.join("monday/secret_key"), "0".repeat(64)).unwrap();
    refused(&run(&home, &["restore", "monday", "--data", "again"]), "was changed");
    assert!(!home.join("again").exists());
}

#[test]
fn a_damaged_database_is_found_and_makes_no_backup() {
    let home = service();
    let file = home.join("vanikeys-data/vanikeys.db");
    let mut bytes = std::fs::read(&file).unwrap();
    let damaged = bytes.len() - 8 * 4096;
    bytes[damaged..].fill(0xa5);
    std::fs::write(&file, bytes).unwrap();
    let output = run(&home, &["doctor", "--json"]);
    assert_eq!(output.status.code(), Some(1), "{}", String::from_utf8_lossy(&output.stderr));
    assert!(broken(&serde_json::from_slice(&output.stdout).unwrap()).contains(&"database"));
    let output = run(&home, &["backup", "--out", "monday"]);
    let message = String::from_utf8_lossy(&output.stderr);
    assert!(output.status.code() == Some(1) && message.contains("the database is damaged"), "{message}");
    assert!(!home.join("monday").exists());
}

#[test]
fn a_database_keeps_to_the_secrets_that_it_was_used_with() {
    let home = service();
    json(&run(&home, &["migrate", "--adopt-secret-key", "--json"]));
    let secret = home.join("vanikeys-data/secret_key");
    let first = std::fs::read_to_string(&secret).unwrap();
    let list = ["admin", "list-users", "--json"];
    let second: String = first.trim().chars().rev().collect();
    std::fs::write(&secret, &second).unwrap();
    refused(&run(&home, &list), "with another SECRET_KEY");
    refused(&run(&home, &["backup", "--out", "monday"]), "with another SECRET_KEY");
    std::fs::write(&secret, format!("{second},{first}")).unwrap();
    json(&run(&home, &list));
    std::fs::remove_file(&secret).unwrap();
    refused(&run(&home, &list), "Restore the file from a backup");
    assert!(!secret.exists(), "none is made for a database that was used with another");
    std::fs::write(&secret, &second).unwrap();
    std::fs::set_permissions(&secret, std::fs::Permissions::from_mode(0o600)).unwrap();
    json(&run(&home, &["migrate", "--adopt-secret-key", "--json"]));
    json(&run(&home, &list));
}

#[test]
fn secrets_that_others_may_read_are_found_wherever_they_are() {
    let home = service();
    let from = std::fs::read_to_string(home.join("vanikeys-data/secret_key")).unwrap();
    let file = home.join("secret");
    std::fs::write(&file, from).unwrap();
    for (permissions, wrong) in [(0o644, vec!["secrets' files"]), (0o600, vec![])] {
        std::fs::set_permissions(&file, std::fs::Permissions::from_mode(permissions)).unwrap();
        let mut command = process::command("vanikeys", home.path());
        let output = command.args(["doctor", "--json"]).env("SECRET_KEY_FILE", &file).output().unwrap();
        assert_eq!(broken(&serde_json::from_slice(&output.stdout).unwrap()), wrong, "{permissions:o}");
    }
}

#[test]
fn a_folder_has_one_service_which_is_made_on_purpose() {
    let home = Scratch::new("folder");
    for args in [&["admin", "set", "heist.enabled", "false"][..], &["doctor"], &["backup", "--out", "b"], &["web"]] {
        refused(&run(&home, args), "there is no service here");
        refused(&run(&home, &[args, &["--data", "elsewhere"]].concat()), "elsewhere/vanikeys.db does not exist");
    }
    assert_eq!(std::fs::read_dir(home.path()).unwrap().count(), 0, "nothing is made by mistake");
    json(&run(&home, &["migrate", "--data", "here", "--json"]));
    json(&run(&home, &["--data", "here", "admin", "list-users", "--json"]));

    let mut up = Service::new("up", "vanikeys", &["up", "--data", home.join("here").to_str().unwrap()])
        .env("VANIKEYS_LISTEN", "127.0.0.1:0");
    up.start();
    let again = ["up", "--data", "here", "--listen", "127.0.0.1:0"];
    refused(&run(&home, &again), &format!("another process (id {})", up.pid()));
    refused(&run(&home, &["migrate", "--down-to", "1", "--data", "here"]), "stop it first");
    json(&run(&home, &["backup", "--out", "b", "--data", "here", "--json"]));
    assert!(up.stop().success());

    std::fs::set_permissions(home.join("here"), std::fs::Permissions::from_mode(0o755)).unwrap();
    refused(&run(&home, &again), "run `chmod 700` on it");
}

#[test]
fn a_folder_that_would_not_be_used_is_refused() {
    let home = service();
    let settings = [
        ("DATABASE_URL", "postgres://localhost:1/none"),
        ("REDIS_URL", "redis://localhost:1"),
        ("SECRET_KEY", "9f86d081884c7d659a2feaa0c55ad015a3bf4f1b2b0b822cd15d6c15b0f00a08"),
        ("PUBLIC_URL", "https://keys.example.org"),
        ("SMTP_URL", "smtps://mail.example.org"),
        ("MAIL_FROM", "keys@example.org"),
    ];
    for args in [&["up", "--data", "vanikeys-data"][..], &["admin", "list-users", "--data", "vanikeys-data"]] {
        let output = process::command("vanikeys", home.path()).args(args).envs(settings).output().unwrap();
        refused(&output, "DATABASE_URL is set");
    }
}

#[test]
fn a_fleet_is_told_what_copies_it_and_nothing_is_copied() {
    let home = Scratch::new("fleet");
    let secret = "9f86d081884c7d659a2feaa0c55ad015a3bf4f1b2b0b822cd15d6c15b0f00a08";
    let settings = [
        ("DATABASE_URL", "postgres://localhost/none"),
        ("REDIS_URL", "redis://localhost"),
        ("SECRET_KEY", secret),
        ("PUBLIC_URL", "https://keys.example.org"),
        ("SMTP_URL", "smtps://mail.example.org"),
        ("MAIL_FROM", "keys@example.org"),
    ];
    for (args, told) in [(["backup", "--out", "monday"], "pg_dump"), (["restore", "monday", "--json"], "pg_restore")] {
        let output = process::command("vanikeys", home.path()).args(args).envs(settings).output().unwrap();
        refused(&output, told);
    }
    assert_eq!(std::fs::read_dir(home.path()).unwrap().count(), 0);
}

#[test]
fn queues_are_listed_paused_and_resumed() {
    let home = service();
    let changed = |args: &[&str]| json(&run(&home, args))["changed"].clone();
    assert_eq!(changed(&["admin", "pause", "emails", "--json"]), true);
    assert_eq!(changed(&["admin", "pause", "emails", "--json"]), false);
    let queues = json(&run(&home, &["admin", "queues", "--json"]));
    let emails = queues.as_array().unwrap().iter().find(|queue| queue["name"] == "emails").unwrap();
    assert!(emails["pausedAt"].is_string() && emails["waiting"] == 0);
    assert_eq!(changed(&["admin", "resume", "emails", "--json"]), true);
    assert_eq!(json(&run(&home, &["admin", "dead", "--json"]))["total"], 0);
    assert_eq!(json(&run(&home, &["admin", "run-again", "--all", "--json"]))["runAgain"], 0);
    refused(&run(&home, &["admin", "pause", "no-such-queue"]), "no-such-queue");
    refused(&run(&home, &["admin", "run-again"]), "required");
    let nobody = run(&home, &["admin", "run-again", "01920000-0000-7000-8000-000000000000"]);
    assert_eq!(nobody.status.code(), Some(1));
}

#[test]
fn searchers_are_enrolled_and_suspended() {
    let home = service();
    let key = "d75a980182b10ab7d54bfed3c964073a0ee172f3daa62325af021a68f707511a";
    json(&run(&home, &["admin", "enrol-searcher", key, "--name", "rack-7", "--json"]));
    json(&run(&home, &["admin", "suspend-searcher", "rack-7", "--json"]));
    let listed = json(&run(&home, &["admin", "searchers", "--json"]));
    assert_eq!((&listed[0]["publicKey"], &listed[0]["name"]), (&Value::from(key), &Value::from("rack-7")));
    assert!(listed[0]["suspendedAt"].is_string());
    json(&run(&home, &["admin", "suspend-searcher", key, "--lift", "--json"]));
    assert!(json(&run(&home, &["admin", "searchers", "--json"]))[0]["suspendedAt"].is_null());
    assert_eq!(run(&home, &["admin", "suspend-searcher", "rack-8"]).status.code(), Some(1));
    let keys = json(&run(&home, &["admin", "slice-keys", "--json"]));
    assert_eq!(keys["sliceKeys"][0].as_str().unwrap().len(), 64);
}

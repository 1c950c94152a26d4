//! The terminal on its own: odds, searches, key files, identities; files that must not be written over, modes, exit
//! codes, and what programs read with `--json`.

use std::{
    os::unix::fs::PermissionsExt,
    path::Path,
    process::{Command, Output, Stdio},
    time::Duration,
};

use serde_json::Value;
use vanikeys_testkit::{Scratch, process, until};

fn run(home: &Scratch, args: &[&str]) -> Output {
    process::command("vanikeys", home.path()).args(args).output().unwrap()
}

fn code(output: &Output) -> i32 {
    output.status.code().unwrap()
}

fn out(output: &Output) -> String {
    String::from_utf8_lossy(&output.stdout).into_owned()
}

fn err(output: &Output) -> String {
    String::from_utf8_lossy(&output.stderr).into_owned()
}

fn json(output: &Output) -> Value {
    assert_eq!(code(output), 0, "{}", err(output));
    serde_json::from_slice(&output.stdout).unwrap()
}

fn mode(path: &Path) -> u32 {
    path.metadata().unwrap().permissions().mode() & 0o777
}

#[test]
fn odds_times_and_prices_are_estimated() {
    let home = Scratch::new("estimate");
    let estimate = json(&run(&home, &["estimate", "gacha", "--json"]));
    assert!((estimate["oneIn"].as_f64().unwrap() - 194_978_686.79).abs() < 0.01);
    assert_eq!(estimate["tokensPerPull"], 100);
    assert_eq!(estimate["jobPrice"]["tokens"], 225);
    let rate = estimate["rate"].as_f64().unwrap();
    for percentile in ["p50", "p90", "p99"] {
        let (attempts, seconds) = (&estimate["attempts"][percentile], &estimate["seconds"][percentile]);
        assert!((attempts.as_f64().unwrap() / rate / seconds.as_f64().unwrap() - 1.0).abs() < 1e-9);
    }
    let text = out(&run(&home, &["estimate", "gacha"]));
    assert!(text.contains("1 in 195.0 million") && text.contains("225 VaniTokens"), "{text}");

    let rare = json(&run(&home, &["estimate", "--kind", "prefix", "gacha1234567", "--json"]));
    assert!(rare["jobPrice"].is_null() && rare["jobRefusal"].is_string());
    let dearer = json(&run(&home, &["--set", "JOB_ATTEMPTS_PER_TOKEN=10000", "estimate", "gacha", "--json"]));
    assert_eq!(dearer["jobPrice"]["tokens"], 22_423);
}

#[test]
fn a_sequence_has_a_line_for_each_score() {
    let home = Scratch::new("multi");
    let args = ["estimate-multi", "GO BE AWE SOME", "--fuzzy", "--case-insensitive"];
    let text = out(&run(&home, &args));
    let lines: Vec<&str> = text.lines().collect();
    let expected = ["61670620262.34", "663330.36", "630.08", "7.51"];
    assert_eq!(lines.len(), 4, "{text}");
    for (line, (score, one_in)) in lines.iter().zip(["4/4", "3/4", "2/4", "1/4"].iter().zip(expected)) {
        assert!(line.starts_with(score) && line.contains(one_in), "{line}");
    }
    let report = json(&run(&home, &[&args[..], &["--json"]].concat()));
    assert_eq!(report["scores"].as_array().unwrap().len(), 4);
}

#[test]
fn any_of_several_is_one_search() {
    let home = Scratch::new("several");
    let report = json(&run(&home, &["estimate", "cafe", "babe", "--target", "hex", "--json"]));
    assert_eq!((&report["oneInExact"], &report["pattern"]["any"][1]["text"]), (&"32768".into(), &"babe".into()));
    let report = json(&run(&home, &["grind", "mA", "kB", "--target", "did", "--out", "key", "--json"]));
    let key = &report["keys"][0];
    let (text, which) = (key["text"].as_str().unwrap(), key["pattern"].as_str().unwrap());
    assert!(["mA", "kB"].contains(&which) && text.starts_with(&format!("did:key:z6Mk{which}")), "{report}");
}

#[test]
fn wrong_use_is_told_and_nothing_is_started() {
    let home = Scratch::new("wrong");
    std::fs::write(home.join("there"), "precious").unwrap();
    for (args, told) in [
        (&["estimate", "Zoe"][..], "no key can match"),
        (&["estimate", "a", "--kind", "sideways"], "not a kind"),
        (&["estimate", "a", "--target", "moon"], "not a target"),
        (&["estimate", "(", "--kind", "regex"], "not valid"),
        (&["estimate", "moon", "Zoe"], "pattern 2 of several"),
        (&["estimate"], "PATTERN"),
        (&["grind", "mi", "--format", "docx"], "not a key format"),
        (&["grind", "mi", "--format", "tor"], "onion"),
        (&["grind", "mi", "--target", "onion", "--format", "openssh"], "seed"),
        (&["grind", "mi", "--out", "there"], "already exists"),
        (&["grind", "mi", "--count", "2", "--out", "there"], "already exists"),
        (&["grind", "mi", "--count", "0"], "0"),
        (&["grind", "mi", "--out", "-", "--json"], "standard output"),
        (&["verify", "missing"], "missing"),
        (&["verify", "there"], "not a private key"),
        (&["recipient", "new", "--out", "there"], "already exists"),
        (&["unseal", "missing", "--identity", "there"], "missing"),
        (&["unseal", "there", "--identity", "there"], "there"),
        (&["unseal", "there"], "--identity"),
        (&["split", "new", "--out", "there"], "already exists"),
        (&["split", "combine", "--secret", "there", "--offset", "there"], "not the file of a split secret"),
        (&["split", "combine"], "--offset"),
        (&["doctor"], "no service here"),
        (&["backup", "--out", "b"], "no service here"),
        (&["restore", "missing"], "no whole backup"),
    ] {
        let output = run(&home, args);
        assert_eq!(code(&output), 2, "{args:?}: {}", err(&output));
        assert!(err(&output).contains(told), "{args:?}: {}", err(&output));
        assert!(out(&output).is_empty(), "{args:?}: {}", out(&output));
    }
    assert_eq!(std::fs::read_to_string(home.join("there")).unwrap(), "precious");
    let left: Vec<_> = std::fs::read_dir(home.path()).unwrap().map(|entry| entry.unwrap().file_name()).collect();
    assert_eq!(left, ["there"], "something was made");
}

#[test]
fn keys_are_found_and_kept_to_their_owner() {
    let home = Scratch::new("grind");
    for (target, format, pattern) in [
        ("did", "openssh", "m"),
        ("did", "did-document", "m"),
        ("did", "jwk", "m"),
        ("ssh", "pkcs8", "A"),
        ("solana", "solana", "a"),
        ("hex", "seed-hex", "ab"),
        ("onion", "tor", "a"),
        ("onion", "expanded-hex", "a"),
        ("wireguard", "wireguard", "a"),
        ("age", "age", "q"),
        ("age", "expanded-hex", "q"),
        ("libp2p", "libp2p", "Q"),
        ("stellar", "stellar", "A"),
        ("algorand", "algorand", "A"),
        ("aptos", "aptos", "a"),
        ("sui", "sui", "a"),
    ] {
        let name = format!("{target}-{format}");
        let args = ["grind", pattern, "--target", target, "--format", format, "--out", &name, "--json"];
        let report = json(&run(&home, &args));
        let key = &report["keys"][0];
        assert_eq!(mode(&home.join(&name)), 0o600);
        assert!(key["attempts"].as_u64().unwrap() >= 1 && report["interrupted"] == false);
        let verified = json(&run(&home, &["verify", &name, "--json"]));
        assert_eq!((&verified["publicKey"], &verified["format"]), (&key["publicKey"], &Value::from(format)));
        assert_eq!(verified["did"], key["did"]);
    }
}

#[test]
fn several_keys_go_into_a_folder() {
    let home = Scratch::new("several");
    let output = run(&home, &["grind", "m", "--count", "3", "--out", "keys"]);
    assert_eq!(code(&output), 0, "{}", err(&output));
    assert_eq!(out(&output).lines().filter(|line| line.starts_with("did:key:z6Mkm")).count(), 3);
    let files: Vec<_> = std::fs::read_dir(home.join("keys")).unwrap().map(|entry| entry.unwrap().path()).collect();
    assert_eq!((files.len(), mode(&home.join("keys"))), (3, 0o700));
    assert!(files.iter().all(|file| mode(file) == 0o600));
}

#[test]
fn a_key_is_printed_only_where_it_was_asked_for() {
    let home = Scratch::new("printed");
    let output = run(&home, &["grind", "m", "--format", "seed-hex", "--out", "-"]);
    let seed = out(&output);
    assert_eq!(seed.trim().len(), 64, "only the key: {seed}");
    assert!(!err(&output).contains(seed.trim()));
    assert_eq!(std::fs::read_dir(home.path()).unwrap().count(), 0);
}

#[test]
fn an_interrupted_search_says_what_was_tried() {
    for signal in ["-INT", "-TERM"] {
        let home = Scratch::new("interrupted");
        let mut command = process::command("vanikeys", home.path());
        command.args(["grind", "mVaniKeysNever", "--threads", "1", "--json"]);
        let mut child = command.stdout(Stdio::piped()).stderr(Stdio::piped()).spawn().unwrap();
        // The handler is there once the search has a thread of its own.
        let threads = format!("/proc/{}/task", child.id());
        let several = || (std::fs::read_dir(&threads).ok()?.count() >= 3).then_some(());
        until("the search has begun", Duration::from_secs(30), several);
        let killed = Command::new("kill").args([signal, &child.id().to_string()]).status().unwrap();
        assert!(killed.success());
        until("the search ends", Duration::from_secs(30), || child.try_wait().unwrap());
        let output = child.wait_with_output().unwrap();
        if output.status.code().is_none() {
            continue; // The signal came before the handler, which is nobody's fault.
        }
        assert_eq!(code(&output), 130, "{}", err(&output));
        assert!(err(&output).contains("keys tried in") && err(&output).contains("0 of 1 found"), "{}", err(&output));
        let report: Value = serde_json::from_slice(&output.stdout).unwrap();
        assert_eq!((&report["interrupted"], report["keys"].as_array().unwrap().len()), (&Value::from(true), 0));
        assert_eq!(std::fs::read_dir(home.path()).unwrap().count(), 0);
    }
}

#[test]
fn an_identity_is_made_once() {
    let home = Scratch::new("identity");
    let made = json(&run(&home, &["recipient", "new", "--json"]));
    let file = home.join("vanikeys-identity.txt");
    assert!(made["recipient"].as_str().unwrap().starts_with("age1"));
    assert_eq!(mode(&file), 0o600);
    let text = std::fs::read_to_string(&file).unwrap();
    assert!(text.contains("AGE-SECRET-KEY-1") && text.contains(made["recipient"].as_str().unwrap()));
    assert_eq!(code(&run(&home, &["recipient", "new"])), 2);
    assert_eq!(std::fs::read_to_string(&file).unwrap(), text);
    let printed = out(&run(&home, &["recipient", "new", "--out", "-"]));
    assert!(printed.contains("AGE-SECRET-KEY-1"));
}

#[test]
fn the_machine_is_measured() {
    let home = Scratch::new("bench");
    let report = json(&run(&home, &["bench", "--rounds", "1", "--milliseconds", "100", "--json"]));
    assert!(report["naive"].as_f64().unwrap() > 0.0 && report["backend"].is_string());
    for mode in ["seed", "scalar"] {
        for kind in ["prefix", "suffix", "contains", "sequence", "regex"] {
            for column in ["oneThread", "allThreads"] {
                assert!(report[mode][kind][column].as_f64().unwrap() > 0.0, "{mode} {kind} {column}");
            }
        }
    }
}

#[test]
fn nobody_at_the_port_is_unwell() {
    let home = Scratch::new("health");
    let output = run(&home, &["healthcheck", "--listen", "127.0.0.1:1"]);
    assert_eq!(code(&output), 1);
    assert!(err(&output).contains("does not answer"));
    let worker = |args: &[&str]| process::command("vanikeys-worker", home.path()).args(args).output().unwrap();
    assert_eq!(code(&worker(&["--check", "--alive-file", "none"])), 1);
    assert_eq!(code(&worker(&["--check"])), 2);
}

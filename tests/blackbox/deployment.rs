//! What operators install: units, container files, dashboard and alerts. Units are judged by systemd itself; container
//! files' own commands are run as plain ones, since no container engine may be here.

use std::{
    collections::BTreeSet,
    path::{Path, PathBuf},
    process::Command,
    time::Duration,
};

use serde_json::Value;
use vanikeys_testkit::{Scratch, net, process, until, workspace};

const SERVICES: [&str; 2] = ["vanikeys-web.service", "vanikeys-worker@.service"];

fn read(path: &str) -> String {
    std::fs::read_to_string(workspace().join(path)).unwrap()
}

#[test]
fn units_are_sandboxed() {
    for unit in SERVICES {
        let path = workspace().join("systemd").join(unit);
        let output = Command::new("systemd-analyze")
            .args(["security", "--offline=true", "--threshold=20", "--no-pager"])
            .arg(&path)
            .output()
            .unwrap();
        let said = String::from_utf8_lossy(&output.stdout);
        assert!(output.status.success(), "{unit} is too exposed: {}", said.lines().last().unwrap_or_default());
    }
}

#[test]
fn units_are_clean() {
    let folder = Scratch::new("units");
    for unit in SERVICES.iter().chain(&["vanikeys-web.socket"]) {
        // As installed, with the binaries of this build in the place of /usr/bin.
        let mut text = read(&format!("systemd/{unit}"));
        for binary in ["vanikeys-worker", "vanikeys"] {
            let built = process::binary(binary);
            text = text.replace(&format!("ExecStart=/usr/bin/{binary} "), &format!("ExecStart={} ", built.display()));
        }
        std::fs::write(folder.join(unit), text).unwrap();
    }
    let instance = folder.join("vanikeys-worker@searches.service");
    std::fs::copy(folder.join("vanikeys-worker@.service"), &instance).unwrap();
    let units = ["vanikeys-web.service", "vanikeys-web.socket", "vanikeys-worker@searches.service"];
    let output = Command::new("systemd-analyze")
        .args(["verify", "--man=no"])
        .args(units.map(|unit| folder.join(unit)))
        .env("SYSTEMD_UNIT_PATH", format!("{}:/lib/systemd/system", folder.path().display()))
        .output()
        .unwrap();
    let said = String::from_utf8_lossy(&output.stderr);
    let about_ours: Vec<&str> = said.lines().filter(|line| line.contains("vanikeys")).collect();
    assert!(output.status.success() && about_ours.is_empty(), "{said}");
}

/// An instruction's value in a container file, lines joined.
fn instruction(file: &str, name: &str) -> Vec<String> {
    let text = read(file).replace("\\\n", " ");
    let start = format!("{name} ");
    text.lines().filter_map(|line| line.strip_prefix(&start)).map(str::to_owned).collect()
}

fn words(list: &str) -> Vec<String> {
    serde_json::from_str(list).unwrap_or_else(|_| panic!("{list} is no list of words"))
}

/// A command of a container file, its binary replaced by the one of this build.
fn command(words: &[String], home: &Path) -> Command {
    let name = words[0].strip_prefix("/usr/bin/").unwrap();
    let mut command = process::command(name, home);
    command.args(&words[1..]);
    command
}

fn health_check(file: &str) -> Vec<String> {
    words(instruction(file, "HEALTHCHECK")[0].split_once("CMD ").unwrap().1)
}

#[test]
fn container_files_build_what_there_is_and_are_not_root() {
    for (file, binary) in [("Containerfile.web", "vanikeys"), ("Containerfile.worker", "vanikeys-worker")] {
        let build = &instruction(file, "RUN")[0];
        assert_eq!(build, &format!("cargo build --release --locked --bin {binary}"));
        let copied =
            instruction(file, "COPY").into_iter().any(|copy| copy.contains(&format!("target/release/{binary} ")));
        assert!(copied, "{file} does not take over what it built");
        assert_eq!(instruction(file, "USER"), ["65532:65532"]);
        let pinned = instruction(file, "FROM").iter().any(|from| from.contains("rust:1.95"));
        assert!(pinned && read("Cargo.toml").contains("rust-version = \"1.95\""), "{file}: another toolchain");
    }
}

#[test]
fn the_web_container_runs_and_is_well() {
    let home = Scratch::new("container");
    let file = "Containerfile.web";
    let listen = format!("127.0.0.1:{}", net::free_port());
    let settings = [("VANIKEYS_LISTEN", listen.as_str()), ("VANIKEYS_DATA", home.path().to_str().unwrap())];
    let names: Vec<String> = instruction(file, "ENV");
    assert!(settings.iter().all(|(name, _)| names.iter().any(|env| env.starts_with(&format!("{name}=")))));

    let entry = words(&instruction(file, "ENTRYPOINT")[0]);
    let mut main = command(&[entry, words(&instruction(file, "CMD")[0])].concat(), home.path());
    let mut daemon = process::Daemon::start(main.envs(settings), &home.join("log"));
    let check = health_check(file);
    let well = || command(&check, home.path()).envs(settings).output().unwrap().status.success().then_some(());
    until("the container is well", Duration::from_secs(60), well);
    assert_eq!(daemon.terminate(Duration::from_secs(30)).code(), Some(0));
    assert!(well().is_none(), "what has stopped is not well");
}

#[test]
fn the_workers_health_check_is_a_command_that_there_is() {
    let home = Scratch::new("container");
    let check = health_check("Containerfile.worker");
    let entry = words(&instruction("Containerfile.worker", "ENTRYPOINT")[0]);
    assert!(entry.windows(2).any(|pair| check.windows(2).any(|other| pair == other && pair[0] == "--alive-file")));
    let mut elsewhere: Vec<String> = check.clone();
    *elsewhere.last_mut().unwrap() = home.join("alive").display().to_string();
    assert_eq!(command(&elsewhere, home.path()).output().unwrap().status.code(), Some(1), "no sign of life yet");
    std::fs::write(home.join("alive"), "").unwrap();
    assert_eq!(command(&elsewhere, home.path()).output().unwrap().status.code(), Some(0));
}

/// Every metric that a text names.
fn metrics(text: &str) -> BTreeSet<String> {
    let names = text.split(|c: char| !c.is_ascii_alphanumeric() && c != '_');
    let ours = names.filter(|name| name.starts_with("vanikeys_"));
    ours.map(|name| name.trim_end_matches("_bucket").to_owned()).collect()
}

#[test]
fn dashboard_and_alerts_draw_what_is_measured() {
    let documented = metrics(&read("docs/OPERATIONS.md"));
    let _: Value = serde_json::from_str(&read("deploy/dashboard.json")).unwrap();
    for file in ["deploy/dashboard.json", "deploy/alerts.yml"] {
        let unknown: Vec<_> = metrics(&read(file)).difference(&documented).cloned().collect();
        assert!(unknown.is_empty(), "{file} uses metrics that docs/OPERATIONS.md does not list: {unknown:?}");
    }
    let mut source = String::new();
    for folder in ["core/src", "workers/src", "src"] {
        collect(&workspace().join(folder), &mut source);
    }
    let measured = metrics(&source);
    let invented: Vec<_> = documented.difference(&measured).collect();
    assert!(invented.is_empty(), "docs/OPERATIONS.md lists metrics that nothing measures: {invented:?}");
}

fn collect(folder: &Path, into: &mut String) {
    for entry in std::fs::read_dir(folder).unwrap() {
        let path: PathBuf = entry.unwrap().path();
        if path.is_dir() {
            collect(&path, into);
        } else if path.extension().is_some_and(|ending| ending == "rs") {
            into.push_str(&std::fs::read_to_string(&path).unwrap());
        }
    }
}

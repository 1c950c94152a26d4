//! The systemd units.

use std::path::PathBuf;
use std::process::Command;
use std::time::Duration;

use vanikeys_testkit::{Package, Scratch, net, process, program, run, until, workspace};

const UNITS: [&str; 4] =
    ["vanikeys-web.service", "vanikeys-web.socket", "vanikeys-worker@.service", "vanikeys-searcher.service"];

/// The units with the paths of the programs that were built here, so that systemd finds them.
fn installed() -> (Scratch, Vec<PathBuf>) {
    let scratch = Scratch::new("units");
    let install = |name: &str| {
        let text = std::fs::read_to_string(workspace().join("systemd").join(name)).unwrap();
        let text = text
            .replace("/usr/bin/vanikeys-worker", process::binary("vanikeys-worker").to_str().unwrap())
            .replace("/usr/bin/vanikeys ", &format!("{} ", process::binary("vanikeys").display()));
        let file = scratch.join(&name.replace('@', "@searches"));
        std::fs::write(&file, text).unwrap();
        file
    };
    let files = UNITS.map(install).to_vec();
    (scratch, files)
}

#[test]
fn systemd_finds_nothing_wrong() {
    let (_scratch, files) = installed();
    let systemd_analyze = program("systemd-analyze", Package("systemd"));
    let output = Command::new(systemd_analyze).args(["verify", "--man=no"]).args(&files).output().unwrap();
    let complaints = String::from_utf8_lossy(&output.stderr);
    // Units of the machine that the tests run on are none of our business.
    let ours: Vec<&str> = complaints.lines().filter(|line| line.contains("vanikeys")).collect();
    assert!(ours.is_empty(), "{ours:#?}");
}

#[test]
fn services_are_shut_in() {
    let (_scratch, files) = installed();
    let systemd_analyze = program("systemd-analyze", Package("systemd"));
    for file in files.iter().filter(|file| file.extension().is_some_and(|ending| ending == "service")) {
        // The threshold is ten times the exposure that is printed.
        run(&systemd_analyze, ["security", "--offline=true", "--no-pager", "--threshold=20", file.to_str().unwrap()]);
    }
}

/// The instances that the guide names are lists of queues to the worker, as systemd hands them over.
#[test]
fn instances_of_the_worker_are_lists_of_queues() {
    let guide = std::fs::read_to_string(workspace().join("docs/OPERATIONS.md")).unwrap();
    let ends = |c: char| c.is_whitespace() || c == '`';
    let instances: Vec<&str> =
        guide.split("vanikeys-worker@").skip(1).filter_map(|rest| rest.split(ends).next()).collect();
    let instances: Vec<&str> = instances.into_iter().filter(|name| !name.starts_with('.')).collect();
    assert!(instances.len() > 1, "{instances:?}");
    for instance in instances {
        let unit = format!("vanikeys-worker@{instance}.service");
        let escape = program("systemd-escape", Package("systemd"));
        let queues = run(&escape, ["--unescape", "--instance", &unit]);
        let told = process::output("vanikeys-worker", ["--queues", queues.trim()]);
        let told = String::from_utf8_lossy(&told.stderr).into_owned();
        assert!(told.contains("REDIS_URL"), "{unit} means {queues}: {told}");
    }
}

/// A unit may name several `ListenStream`.
#[test]
fn every_socket_that_systemd_hands_over_is_served() {
    let (scratch, ports) = (Scratch::new("sockets"), [net::free_port(), net::free_port()]);
    let mut command = Command::new(program("systemd-socket-activate", Package("systemd")));
    for port in ports {
        command.args(["-l", &format!("127.0.0.1:{port}")]);
    }
    command.arg(process::binary("vanikeys")).args(["up", "--data", scratch.join("data").to_str().unwrap()]);
    let _service = process::Daemon::start(&mut command, &scratch.join("log"));
    for port in ports {
        until("it is served", Duration::from_secs(30), || {
            net::get(port, "/healthz").filter(|(status, _)| *status == 200)
        });
    }
}

/// What a unit says about the program holds: the notification, the credentials' variables, the flags.
#[test]
fn units_name_settings_that_exist() {
    let known = String::from_utf8(process::output("vanikeys", ["config", "--json"]).stdout).unwrap();
    for unit in UNITS {
        let text = std::fs::read_to_string(workspace().join("systemd").join(unit)).unwrap();
        for line in text.lines().filter_map(|line| line.strip_prefix("Environment=")) {
            for (name, _) in line.split(' ').filter_map(|pair| pair.split_once('=')) {
                let name = name.trim_end_matches("_FILE");
                assert!(known.contains(name), "{unit}: there is no setting {name}");
            }
        }
    }
}

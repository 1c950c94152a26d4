//! The systemd units.

use std::path::PathBuf;
use std::process::Command;

use vanikeys_testkit::{Package, Scratch, process, program, run, workspace};

const UNITS: [&str; 3] = ["vanikeys-web.service", "vanikeys-web.socket", "vanikeys-worker@.service"];

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

//! Every shell command that README and docs tell people to type exists: our own subcommands and flags are looked up in
//! the binaries' help, scripts in the tree, cargo targets in the workspace, other programs on this machine.

use std::collections::HashMap;
use std::path::Path;

use vanikeys_testkit::{process, workspace};

use super::documents::documents;
use super::source::{files, relative};

/// Programs that documents may name though the tests do not need them.
const WELL_KNOWN: [&str; 16] = [
    "apt-get",
    "brew",
    "cd",
    "docker",
    "export",
    "journalctl",
    "loginctl",
    "nginx",
    "pg_dump",
    "podman",
    "rsync",
    "scp",
    "ssh",
    "systemctl",
    "systemd-creds",
    "useradd",
];

#[test]
fn every_command_in_the_documents_exists() {
    let mut helps = Helps::default();
    let mut wrong = Vec::new();
    for document in documents() {
        let text = std::fs::read_to_string(&document).unwrap();
        for command in commands(&text) {
            if let Err(reason) = check(&command, &mut helps) {
                wrong.push(format!("{}: `{command}`: {reason}", relative(&document)));
            }
        }
    }
    assert!(wrong.is_empty(), "commands that do not work:\n{}", wrong.join("\n"));
}

/// The simple commands in fenced shell blocks. In `console` blocks only lines after a `$ ` are typed.
fn commands(text: &str) -> Vec<String> {
    let (mut found, mut fence, mut pending) = (Vec::new(), None::<String>, String::new());
    for line in text.lines() {
        if let Some(info) = line.trim_start().strip_prefix("```") {
            fence = if fence.is_some() { None } else { Some(info.trim().to_owned()) };
            continue;
        }
        let typed = match fence.as_deref() {
            Some("sh" | "bash" | "shell") => line.trim().trim_start_matches("$ "),
            Some("console") if !pending.is_empty() => line.trim(),
            Some("console") => line.trim().strip_prefix("$ ").unwrap_or_default(),
            _ => continue,
        };
        let typed = typed.split(" #").next().unwrap().trim();
        if typed.is_empty() || typed.starts_with('#') {
            continue;
        }
        match typed.strip_suffix('\\') {
            Some(part) => pending.push_str(part),
            None => {
                let whole = std::mem::take(&mut pending) + typed;
                let parts = whole.split(" | ").flat_map(|part| part.split("&&")).flat_map(|part| part.split("; "));
                found.extend(parts.map(|part| part.trim().to_owned()).filter(|part| !part.is_empty()));
            }
        }
    }
    found
}

fn check(command: &str, helps: &mut Helps) -> Result<(), String> {
    let mut words = command.split_whitespace().peekable();
    while let Some(word) = words.next_if(|word| is_prefix(word)) {
        // `sudo -u user` and its like take a value.
        if word == "-u" {
            words.next();
        }
    }
    let Some(program) = words.next() else { return Ok(()) };
    let rest: Vec<&str> = words.collect();
    let name = Path::new(program).file_name().map_or(program, |name| name.to_str().unwrap());
    match name {
        "vanikeys" | "vanikeys-worker" => helps.check(name, &rest),
        "cargo" => check_cargo(&rest, helps),
        _ if program.starts_with('/') || WELL_KNOWN.contains(&program) => Ok(()),
        _ if program.contains('/') => {
            workspace().join(program).is_file().then_some(()).ok_or_else(|| format!("{program} is not in the tree"))
        }
        _ => on_path(program).then_some(()).ok_or_else(|| format!("no program {program}")),
    }
}

fn is_prefix(word: &str) -> bool {
    let assigns = word.split_once('=').is_some_and(|(name, _)| name.chars().all(|c| c.is_alphanumeric() || c == '_'));
    assigns || ["sudo", "-u", "time", "exec"].contains(&word)
}

fn on_path(program: &str) -> bool {
    std::env::split_paths(&std::env::var_os("PATH").unwrap()).any(|folder| folder.join(program).exists())
}

fn check_cargo(words: &[&str], helps: &mut Helps) -> Result<(), String> {
    let known = ["bench", "build", "clippy", "deny", "doc", "fmt", "fuzz", "install", "nextest", "run", "test"];
    let subcommand = words.iter().find(|word| !word.starts_with('+')).copied().unwrap_or_default();
    if !known.contains(&subcommand) {
        return Err(format!("no cargo {subcommand}"));
    }
    let own = words.iter().position(|&word| word == "--").unwrap_or(words.len());
    for pair in words[..own].windows(2) {
        let exists = match pair[0] {
            "-p" | "--package" => files("", "Cargo.toml").iter().any(|manifest| {
                std::fs::read_to_string(manifest).unwrap().contains(&format!("name = \"{}\"", pair[1]))
            }),
            "--bench" | "--test" | "--example" => {
                let folder = format!("{}s/", pair[0].trim_start_matches("--").replace("bench", "benche"));
                let paths = files("", ".rs").iter().map(|path| relative(path)).collect::<Vec<_>>();
                let file = format!("{folder}{}.rs", pair[1]);
                let main = format!("{folder}{}/main.rs", pair[1]);
                paths.iter().any(|path| path.ends_with(&file) || path.ends_with(&main))
            }
            _ => true,
        };
        if !exists {
            return Err(format!("no {} {}", pair[0], pair[1]));
        }
    }
    if subcommand != "run" || own == words.len() {
        return Ok(());
    }
    let named = |name: &str| words[..own].windows(2).any(|pair| pair[1].starts_with(name));
    let others = ["vanikeys-worker", "vanikeys-sandbox"];
    helps.check(others.into_iter().find(|name| named(name)).unwrap_or("vanikeys"), &words[own + 1..])
}

/// What our binaries say about themselves, asked once.
#[derive(Default)]
struct Helps(HashMap<Vec<String>, String>);

impl Helps {
    fn check(&mut self, binary: &str, words: &[&str]) -> Result<(), String> {
        let mut path = Vec::new();
        let mut help = self.of(binary, &path)?;
        let mut positional = false;
        for word in words.iter().map(|word| word.trim_matches(['\'', '"', '[', ']'])) {
            if word.starts_with('-') && word.len() > 1 {
                let flag = word.split('=').next().unwrap();
                let known = help.split(|c: char| !c.is_alphanumeric() && c != '-').any(|known| known == flag);
                known.then_some(()).ok_or_else(|| format!("{binary} {} has no {flag}", path.join(" ")))?;
            } else if [">", "<", "2>", "&"].contains(&word) {
                break;
            } else if !positional && let Some((_, list)) = help.split_once("Commands:\n") {
                let list = list.split("\n\n").next().unwrap();
                if !list.lines().any(|line| line.split_whitespace().next() == Some(word)) {
                    return Err(format!("{binary} {} has no subcommand {word}", path.join(" ")));
                }
                path.push(word.to_owned());
                help = self.of(binary, &path)?;
            } else {
                positional = true;
            }
        }
        Ok(())
    }

    fn of(&mut self, binary: &str, path: &[String]) -> Result<String, String> {
        let key: Vec<String> = std::iter::once(binary.to_owned()).chain(path.iter().cloned()).collect();
        if !self.0.contains_key(&key) {
            let output = process::output(binary, path.iter().map(String::as_str).chain(["--help"]));
            if !output.status.success() {
                return Err(format!("{} --help ended with {}", key.join(" "), output.status));
            }
            self.0.insert(key.clone(), String::from_utf8_lossy(&output.stdout).into_owned());
        }
        Ok(self.0[&key].clone())
    }
}

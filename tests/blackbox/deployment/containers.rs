//! The container files. Their build steps run as plain commands in the source tree, except that what is already built
//! is not built again: `cargo build --release` becomes a look at the same command's result in this test's own profile.
//! Their copies fill a folder that stands for the image, and that image's command and health check are then run.

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};
use std::process::Command;
use std::time::Duration;

use vanikeys_testkit::process::{Daemon, binary};
use vanikeys_testkit::{Scratch, net, until, workspace};

/// One instruction: its name and the rest of the line.
type Step = (String, String);

/// What a container file makes of a folder.
struct Image {
    root: Scratch,
    environment: BTreeMap<String, String>,
    entrypoint: Vec<String>,
    command: Vec<String>,
    health: Vec<String>,
    user: String,
}

fn steps(file: &str) -> Vec<Step> {
    let text = std::fs::read_to_string(workspace().join(file)).unwrap().replace("\\\n", " ");
    let lines = text.lines().filter(|line| !line.starts_with('#') && !line.trim().is_empty());
    lines
        .filter_map(|line| line.split_once(' '))
        .map(|(name, rest)| (name.to_owned(), rest.trim().to_owned()))
        .collect()
}

fn build(file: &str) -> Image {
    let (build, root) = (Scratch::new("build"), Scratch::new("image"));
    let mut image = Image {
        root,
        environment: BTreeMap::new(),
        entrypoint: Vec::new(),
        command: Vec::new(),
        health: Vec::new(),
        user: String::new(),
    };
    let mut stages = 0;
    for (name, rest) in steps(file) {
        match name.as_str() {
            "FROM" => stages += 1,
            "RUN" => run_step(&rest, build.path()),
            "COPY" if stages == 1 => assert_eq!(rest, ". .", "the source is copied whole"),
            "COPY" => copy(&rest, build.path(), image.root.path()),
            "ENV" => {
                let (name, value) = rest.split_once('=').unwrap();
                image.environment.insert(name.to_owned(), value.to_owned());
            }
            "USER" => image.user = rest,
            "ENTRYPOINT" => image.entrypoint = words(&rest),
            "CMD" => image.command = words(&rest),
            "HEALTHCHECK" => image.health = words(rest.split_once("CMD ").unwrap().1),
            "WORKDIR" | "VOLUME" | "EXPOSE" | "STOPSIGNAL" | "LABEL" => {}
            other => panic!("{file}: what does {other} do?"),
        }
    }
    assert_eq!(stages, 2, "{file}: one stage builds, one runs");
    assert!(!["", "0", "root"].contains(&image.user.split(':').next().unwrap()), "{file} runs as root");
    image
}

/// A build step. Cargo's is checked and its result taken from this test's own build; the rest runs in `root`.
fn run_step(command: &str, root: &Path) {
    if let Some(flags) = command.strip_prefix("cargo build ") {
        let words: Vec<&str> = flags.split(' ').collect();
        assert!(words.contains(&"--release") && words.contains(&"--locked"), "{command}");
        let name = words[words.iter().position(|&word| word == "--bin").expect("it names the program") + 1];
        let place = root.join("source/target/release");
        std::fs::create_dir_all(&place).unwrap();
        std::fs::copy(binary(name), place.join(name)).unwrap();
        return;
    }
    // Absolute paths belong to the image.
    let inside = command.replace(" /", &format!(" {}/", root.display()));
    let status = Command::new("sh").args(["-euc", &inside]).status().unwrap();
    assert!(status.success(), "{command} failed");
}

fn copy(rest: &str, build: &Path, root: &Path) {
    let paths: Vec<&str> = rest.split(' ').filter(|word| !word.starts_with("--")).collect();
    let [from, to] = paths[..] else { panic!("COPY {rest}: one source, one target") };
    let from = if rest.contains("--from=build") { inside(build, from) } else { workspace().join(from) };
    let to = inside(root, to);
    std::fs::create_dir_all(to.parent().unwrap()).unwrap();
    let status = Command::new("cp").arg("-a").args([&from, &to]).status().unwrap();
    assert!(status.success(), "COPY {rest}");
}

fn inside(root: &Path, path: &str) -> PathBuf {
    root.join(path.trim_start_matches('/'))
}

fn words(list: &str) -> Vec<String> {
    serde_json::from_str(list).unwrap_or_else(|error| panic!("{list} is not in exec form: {error}"))
}

impl Image {
    /// A command of the image with its environment, its paths moved into the folder that stands for it.
    fn command(&self, words: &[String], more: &[(&str, String)]) -> Command {
        let moved = |text: &str| match text.strip_prefix("/tmp/") {
            Some(name) => self.root.join(name).display().to_string(),
            None if text.starts_with('/') => inside(self.root.path(), text).display().to_string(),
            None => text.to_owned(),
        };
        let mut command = Command::new(moved(&words[0]));
        command.env_clear().args(words[1..].iter().map(|word| moved(word))).current_dir(self.root.path());
        command.envs(self.environment.iter().map(|(name, value)| (name, moved(value))));
        command.envs(more.iter().map(|(name, value)| (name, value)));
        command
    }

    fn becomes_healthy(&self, arguments: &[&str], settings: &[(&str, String)]) {
        let start: Vec<String> =
            self.entrypoint.iter().cloned().chain(arguments.iter().map(|&argument| argument.to_owned())).collect();
        let mut daemon = Daemon::start(&mut self.command(&start, settings), &self.root.join("log"));
        until("the health check succeeds", Duration::from_secs(60), || {
            assert!(daemon.ended().is_none(), "it ended:\n{}", daemon.log());
            let health = self.command(&self.health, settings).output().unwrap();
            health.status.success().then_some(())
        });
        assert_eq!(daemon.terminate(Duration::from_secs(25)).code(), Some(0), "{}", daemon.log());
        let health = self.command(&self.health, settings).output().unwrap();
        assert!(!health.status.success(), "what does not run is not healthy");
    }
}

#[test]
fn the_web_image_serves_everything() {
    let image = build("Containerfile.web");
    let port = net::free_port();
    image.becomes_healthy(&["up"], &[("VANIKEYS_LISTEN", format!("127.0.0.1:{port}"))]);
    assert_eq!(image.command, ["web"]);
}

#[test]
fn the_worker_image_searches() {
    let image = build("Containerfile.worker");
    let redis = vanikeys_testkit::redis::Server::start();
    let key = "3b6a27bcceb6a42d62a3a8d02a6f0d73653215771de243a63ac048a18b59da29";
    let settings = [("REDIS_URL", redis.url()), ("SLICE_KEYS", key.to_owned())];
    image.becomes_healthy(&["--queues", "searches"], &settings);
}

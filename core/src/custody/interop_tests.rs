//! Sealed files with other people's software on the other side: the `age` program and the library that the page uses. A
//! program that is missing is a failure with what to install.

use std::fs;
use std::io::Write;
use std::process::{Command, Stdio};

use super::Identity;
use super::sealing::{open, seal};

const PLAINTEXT: &[u8] = b"a key file \xff\x00";
const AGE: &str = "age (`apt-get install age`)";
const NODE: &str = "node, Node.js 20 or later";

fn run(command: &mut Command, name: &str, stdin: &[u8]) -> Vec<u8> {
    let child = command.stdin(Stdio::piped()).stdout(Stdio::piped()).spawn();
    let mut child = child.unwrap_or_else(|error| panic!("this test needs {name}: {error}"));
    let written = child.stdin.take().unwrap().write_all(stdin);
    let output = child.wait_with_output().unwrap();
    assert!(output.status.success() && written.is_ok(), "{command:?} failed");
    output.stdout
}

fn age(arguments: &[&str], stdin: &[u8]) -> Vec<u8> {
    run(Command::new("age").args(arguments), AGE, stdin)
}

fn javascript(arguments: &[&str], stdin: &[u8]) -> Vec<u8> {
    let folder = vanikeys_testkit::workspace().join("tests/node");
    let package = folder.join("node_modules/age-encryption");
    assert!(package.exists(), "{} is missing; run `npm ci` in tests/node", package.display());
    run(Command::new("node").arg("age.mjs").args(arguments).current_dir(folder), NODE, stdin)
}

fn secret_line(identity: &Identity) -> String {
    identity.to_file().lines().nth(1).unwrap().to_owned()
}

#[test]
fn the_age_program_opens_what_is_sealed_here() {
    let (dir, identity) = (tempfile::tempdir().unwrap(), Identity::generate());
    let path = dir.path().join("identity.txt");
    fs::write(&path, identity.to_file().as_str()).unwrap();
    let arguments = ["--decrypt", "-i", path.to_str().unwrap()];
    let sealed = seal(PLAINTEXT, identity.recipient()).unwrap();
    assert_eq!(age(&arguments, sealed.as_bytes()), PLAINTEXT);
    assert_eq!(age(&arguments, sealed.armor().as_bytes()), PLAINTEXT);
}

#[test]
fn what_the_age_program_seals_is_opened_here() {
    let identity = Identity::generate();
    let recipient = identity.recipient().as_str();
    for arguments in [vec!["-r", recipient], vec!["--armor", "-r", recipient]] {
        assert_eq!(open(&age(&arguments, PLAINTEXT), &identity).unwrap().as_slice(), PLAINTEXT);
    }
}

#[test]
fn an_identity_of_age_keygen_is_read() {
    let file = run(&mut Command::new("age-keygen"), AGE, b"");
    let file = String::from_utf8(file).unwrap();
    let identities = Identity::parse_file(&file).unwrap();
    assert!(file.contains(&format!("# public key: {}\n", identities[0].recipient())));
}

#[test]
fn the_javascript_library_opens_what_is_sealed_here() {
    let identity = Identity::generate();
    let sealed = seal(PLAINTEXT, identity.recipient()).unwrap();
    let arguments = ["open", &secret_line(&identity)];
    assert_eq!(javascript(&arguments, sealed.as_bytes()), PLAINTEXT);
    assert_eq!(javascript(&arguments, sealed.armor().as_bytes()), PLAINTEXT);
}

#[test]
fn what_the_javascript_library_makes_and_seals_is_opened_here() {
    let text = String::from_utf8(javascript(&["identity"], b"")).unwrap();
    let identity: Identity = text.parse().unwrap();
    for command in ["seal", "seal-armored"] {
        let sealed = javascript(&[command, identity.recipient().as_str()], PLAINTEXT);
        assert_eq!(open(&sealed, &identity).unwrap().as_slice(), PLAINTEXT);
    }
}

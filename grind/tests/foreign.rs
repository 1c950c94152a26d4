//! Key files and texts against the programs that they are for: `ssh-keygen`, `openssl`, `wg`, `age-keygen`, and the npm packages
//! of `tests/node`. A program that is missing is a failure with what to install.

use std::{
    io::Write,
    os::unix::fs::OpenOptionsExt,
    path::{Path, PathBuf},
    process::{Command, Output, Stdio},
};

use vanikeys_grind::{
    ExpandedKey, KeyMaterial, SeedKey, Target, did,
    export::{Format, ImportError, export, import},
    split::{Offset, SplitSecret},
    ssh, x25519,
};

/// Two fixed keys, the second with zero bytes in front.
fn keys() -> [SeedKey; 2] {
    [SeedKey::new(*blake3::hash(b"foreign software").as_bytes()), SeedKey::new([0; 32])]
}

fn run(command: &mut Command, install: &str, input: &[u8]) -> Output {
    let child = command.stdin(Stdio::piped()).stdout(Stdio::piped()).stderr(Stdio::piped()).spawn();
    let mut child = child.unwrap_or_else(|error| panic!("{command:?}: {error}; install {install}"));
    child.stdin.take().expect("piped").write_all(input).expect("the program reads");
    let output = child.wait_with_output().expect("the program ends");
    assert!(output.status.success(), "{command:?}: {}", String::from_utf8_lossy(&output.stderr));
    output
}

fn stdout(command: &mut Command, install: &str, input: &[u8]) -> String {
    String::from_utf8(run(command, install, input).stdout).expect("UTF-8").trim().to_owned()
}

/// A file with mode 0600, as ssh-keygen demands.
fn private_file(folder: &Path, content: &[u8]) -> PathBuf {
    let path = folder.join("key");
    let mut file =
        std::fs::OpenOptions::new().write(true).create_new(true).mode(0o600).open(&path).expect("a new file");
    file.write_all(content).expect("space");
    path
}

fn ssh_keygen() -> Command {
    Command::new("ssh-keygen")
}

const OPENSSH: &str = "openssh-client (apt-get install openssh-client)";
const OPENSSL: &str = "openssl (apt-get install openssl)";

#[test]
fn ssh_keygen_reads_the_private_key_and_names_it_alike() {
    for key in keys() {
        let folder = tempfile::tempdir().expect("a folder");
        let public_key = key.public_key();
        let file = export(&KeyMaterial::Seed(key), Format::Openssh).expect("a seed");
        let path = private_file(folder.path(), &file);
        let public = stdout(ssh_keygen().arg("-y").arg("-f").arg(&path), OPENSSH, b"");
        assert_eq!(public, ssh::public_line(&public_key, &did::did_key(&public_key)));
        let listed = stdout(ssh_keygen().arg("-l").arg("-f").arg(&path), OPENSSH, b"");
        let fingerprint = Target::SshFingerprint.display(&public_key);
        assert_eq!(listed, format!("256 {fingerprint} {} (ED25519)", did::did_key(&public_key)));
        assert!(public.contains(&Target::Ssh.display(&public_key)));
    }
}

#[test]
fn keys_of_ssh_keygen_are_read() {
    let folder = tempfile::tempdir().expect("a folder");
    for (name, passphrase) in [("plain", ""), ("locked", "secret")] {
        let path = folder.path().join(name);
        let mut command = ssh_keygen();
        command.args(["-q", "-t", "ed25519", "-a", "1", "-C", "a comment of some length", "-N", passphrase, "-f"]);
        run(command.arg(&path), OPENSSH, b"");
        let file = std::fs::read(&path).expect("written by ssh-keygen");
        let read = import(&file);
        if passphrase.is_empty() {
            let (key, format) = read.expect("its key");
            assert_eq!(format, Format::Openssh);
            let public = std::fs::read_to_string(path.with_extension("pub")).expect("written by ssh-keygen");
            assert_eq!(public.trim(), ssh::public_line(&key.public_key(), "a comment of some length"));
        } else {
            assert_eq!(read.err(), Some(ImportError::Encrypted { format: Format::Openssh }));
        }
    }
}

#[test]
fn openssl_reads_the_private_key() {
    for key in keys() {
        let expected: String = key.public_key().map(|byte| format!("{byte:02x}")).join(":");
        let file = export(&KeyMaterial::Seed(key), Format::Pkcs8).expect("a seed");
        let text = stdout(Command::new("openssl").args(["pkey", "-text", "-noout"]), OPENSSL, &file);
        let public = text.split("pub:").nth(1).expect("a public part");
        let public: String = public.split_whitespace().collect();
        assert_eq!(public, expected);
        let again = run(Command::new("openssl").arg("pkey"), OPENSSL, &file).stdout;
        assert_eq!(again, *file, "OpenSSL writes the same file");
    }
}

#[test]
fn keys_of_openssl_are_read() {
    let file = run(Command::new("openssl").args(["genpkey", "-algorithm", "ed25519"]), OPENSSL, b"").stdout;
    let (key, format) = import(&file).expect("its key");
    assert_eq!(format, Format::Pkcs8);
    assert_eq!(*export(&key, Format::Pkcs8).expect("a seed"), file);
    let other = run(Command::new("openssl").args(["genpkey", "-algorithm", "x25519"]), OPENSSL, b"").stdout;
    assert_eq!(import(&other).err(), Some(ImportError::NotEd25519 { format: Format::Pkcs8 }));
}

/// What the npm packages make of a file.
#[derive(serde::Deserialize)]
#[serde(rename_all = "camelCase")]
struct Reading {
    public_key: String,
    text: Option<String>,
    signed: bool,
}

fn read_by_node(format: Format, file: &[u8]) -> Reading {
    // Tests run in the folder of their package.
    let folder = Path::new("../tests/node");
    let packages = folder.join("node_modules");
    assert!(packages.exists(), "{} is missing; run `npm ci` in tests/node", packages.display());
    let mut node = Command::new("node");
    let output = stdout(node.arg("read-key.mjs").arg(format.name()).current_dir(folder), "Node.js 20 or later", file);
    serde_json::from_str(&output).expect("what read-key.mjs prints")
}

#[test]
fn npm_packages_read_and_sign_with_every_other_format() {
    for key in keys() {
        let public_key = key.public_key();
        let key = KeyMaterial::Seed(key);
        let by_others = [Format::Openssh, Format::Wireguard, Format::Age];
        for format in Format::ALL.into_iter().filter(|format| !by_others.contains(format)) {
            let file = export(&key, format).expect("a seed serves all");
            let reading = read_by_node(format, &file);
            assert_eq!(reading.public_key, hex::encode(public_key), "{format}");
            assert!(reading.signed, "{format}");
            let text = match format {
                Format::Solana => Some(Target::Solana.display(&public_key)),
                Format::DidDocument => Some(Target::Did.display(&public_key)),
                other => other.only_target().map(|target| target.display(&public_key)).filter(|_| other.needs_seed()),
            };
            assert_eq!(reading.text, text, "{format}");
        }
    }
}

/// A split key that was put together signs abroad: by noble from its files, and for OpenSSL by its own signature.
#[test]
fn a_split_key_signs_abroad() {
    let secret = SplitSecret::from_random(blake3::hash(b"my half").as_bytes()).expect("in range");
    let key = secret.combine(Offset::new((1 << 120) - 12345).expect("in range"));
    let public_key = key.public_key();
    let folder = tempfile::tempdir().expect("a folder");
    // The same header before every public key (RFC 8410).
    let der = [&b"\x30\x2a\x30\x05\x06\x03\x2b\x65\x70\x03\x21\x00"[..], &public_key].concat();
    for (name, content) in [("key.der", &der[..]), ("text", b"vanikeys"), ("signature", &key.sign(b"vanikeys"))] {
        std::fs::write(folder.path().join(name), content).expect("space");
    }
    let mut openssl = Command::new("openssl");
    openssl.args(["pkeyutl", "-verify", "-rawin", "-pubin", "-keyform", "DER", "-inkey", "key.der"]);
    openssl.args(["-in", "text", "-sigfile", "signature"]).current_dir(folder.path());
    assert!(stdout(&mut openssl, OPENSSL, b"").contains("Verified Successfully"));
    let key = KeyMaterial::Expanded(key);
    for format in [Format::ExpandedHex, Format::Tor] {
        let reading = read_by_node(format, &export(&key, format).expect("it is clamped"));
        assert_eq!((reading.public_key, reading.signed), (hex::encode(public_key), true), "{format}");
    }
}

/// What Tor itself looks at (`crypto_read_tagged_contents_from_file`): 32 bytes of a tag that names kind
/// and type, padded with zeroes, then exactly 64 bytes, of which the first 32 are a clamped scalar; and a host name of 35
/// bytes in base32: public key, checksum, version 3.
#[test]
fn the_files_of_an_onion_service_are_those_of_tor() {
    use sha3::{Digest, Sha3_256};
    let secret = SplitSecret::from_random(blake3::hash(b"my half").as_bytes()).expect("in range");
    let key = secret.combine(Offset::new((1 << 119) + 7).expect("in range"));
    let public_key = key.public_key();
    let bytes = *key.bytes();
    let file = export(&KeyMaterial::Expanded(key), Format::Tor).expect("it is clamped");
    let mut tag = [0; 32];
    tag[..29].copy_from_slice(b"== ed25519v1-secret: type0 ==");
    assert_eq!((file.len(), &file[..32], &file[32..]), (96, &tag[..], &bytes[..]));
    assert!(file[32] & 7 == 0 && file[63] & 0xc0 == 0x40);
    let checksum = Sha3_256::digest([&b".onion checksum"[..], &public_key, &[3]].concat());
    let host = [&public_key[..], &checksum[..2], &[3]].concat();
    let host = host.iter().fold(String::new(), |bits, byte| bits + &format!("{byte:08b}"));
    let letter = |five: &[u8]| {
        let index = five.iter().fold(0, |value, bit| value * 2 + usize::from(bit - b'0'));
        char::from(b"abcdefghijklmnopqrstuvwxyz234567"[index])
    };
    let host: String = host.as_bytes().chunks(5).map(letter).collect();
    assert_eq!(Target::Onion.display(&public_key), format!("{host}.onion"));
}

/// A scalar above the group order, as split keys have: its integer bytes are written, not those of the reduced scalar.
#[test]
fn an_unreduced_scalar_stays_the_same_key_abroad() {
    let mut scalar = [0xf8; 32];
    scalar[31] = 0x7f;
    let key = KeyMaterial::Expanded(ExpandedKey::from_parts(&scalar, &[7; 32]));
    for format in [Format::ExpandedHex, Format::Tor] {
        let file = export(&key, format).expect("it is clamped");
        let reading = read_by_node(format, &file);
        assert_eq!(reading.public_key, hex::encode(key.public_key()), "{format}");
        assert!(reading.signed, "{format}");
        let (read, _) = import(&file).expect("its own file");
        assert!(matches!(read, KeyMaterial::Expanded(read) if read.scalar() == &scalar));
    }
}

const WIREGUARD: &str = "wg (apt-get install wireguard-tools)";
const AGE: &str = "age (apt-get install age)";

/// X25519 keys as they come from secret bytes, with fixed bits set and not, and as a split key is put together.
fn x25519_keys() -> [ExpandedKey; 4] {
    let secret = SplitSecret::from_random(blake3::hash(b"my half").as_bytes()).expect("in range");
    [
        x25519::key_of(blake3::hash(b"foreign software").as_bytes()),
        x25519::key_of(&[0; 32]),
        x25519::key_of(&[0xff; 32]),
        secret.combine(Offset::new((1 << 120) - 12345).expect("in range")),
    ]
}

#[test]
fn wg_names_the_key_alike() {
    for key in x25519_keys() {
        let public_key = key.public_key();
        let file = export(&key.into(), Format::Wireguard).expect("it is clamped");
        assert_eq!(stdout(Command::new("wg").arg("pubkey"), WIREGUARD, &file), Target::Wireguard.display(&public_key));
    }
    let file = run(Command::new("wg").arg("genkey"), WIREGUARD, b"").stdout;
    let (key, format) = import(&file).expect("its key");
    assert_eq!(format, Format::Wireguard);
    assert_eq!(*export(&key, format).expect("it is clamped"), file);
    let public_key = stdout(Command::new("wg").arg("pubkey"), WIREGUARD, &file);
    assert_eq!(public_key, Target::Wireguard.display(&key.public_key()));
}

#[test]
fn age_names_the_key_alike() {
    for key in x25519_keys() {
        let public_key = key.public_key();
        let file = export(&key.into(), Format::Age).expect("it is clamped");
        assert_eq!(stdout(Command::new("age-keygen").arg("-y"), AGE, &file), Target::Age.display(&public_key));
    }
    let file = run(&mut Command::new("age-keygen"), AGE, b"").stdout;
    let (key, format) = import(&file).expect("its key");
    assert_eq!(format, Format::Age);
    let recipient = stdout(Command::new("age-keygen").arg("-y"), AGE, &file);
    assert_eq!(recipient, Target::Age.display(&key.public_key()));
}

//! Judging delivered keys with software that is not ours: `ssh-keygen` for what a private key's public key is, `age` for
//! sealed files.

use std::os::unix::fs::PermissionsExt;
use std::path::{Path, PathBuf};

use base64::Engine;
use base64::prelude::BASE64_STANDARD;
use vanikeys_testkit::{Package, Scratch, program, run};

/// The did:key of an OpenSSH private key, by way of `ssh-keygen -y`.
pub fn did_of_openssh(private_key: &str) -> String {
    let scratch = Scratch::new("ssh");
    let file = scratch.join("key");
    std::fs::write(&file, private_key).unwrap();
    std::fs::set_permissions(&file, std::fs::Permissions::from_mode(0o600)).unwrap();
    did_of_openssh_file(&file)
}

/// The same for a file, which must have mode 0600.
pub fn did_of_openssh_file(file: &Path) -> String {
    let ssh_keygen = program("ssh-keygen", Package("openssh-client"));
    let line = run(&ssh_keygen, ["-y".as_ref(), "-f".as_ref(), file.as_os_str()]);
    let blob = line.split_whitespace().nth(1).expect("a public key in one line");
    let blob = BASE64_STANDARD.decode(blob).unwrap();
    let mut bytes = vec![0xed, 0x01];
    bytes.extend(&blob[blob.len() - 32..]);
    format!("did:key:z{}", bs58::encode(bytes).into_string())
}

/// An age identity made by `age-keygen`.
pub struct Identity {
    scratch: Scratch,
    /// The public half, `age1...`.
    pub recipient: String,
}

impl Identity {
    pub fn new() -> Self {
        let scratch = Scratch::new("age");
        let age_keygen = program("age-keygen", Package("age"));
        let file = scratch.join("identity");
        run(&age_keygen, ["-o".as_ref(), file.as_os_str()]);
        let recipient = run(&age_keygen, ["-y".as_ref(), file.as_os_str()]).trim().to_owned();
        Self { scratch, recipient }
    }

    /// The file with the private half.
    pub fn file(&self) -> PathBuf {
        self.scratch.join("identity")
    }

    /// Opens a sealed key file with the `age` program.
    pub fn open(&self, sealed: &str) -> serde_json::Value {
        let file = self.scratch.join("sealed.age");
        std::fs::write(&file, sealed).unwrap();
        let args = ["-d".into(), "-i".into(), self.file().into_os_string(), file.into_os_string()];
        serde_json::from_str(&run(&program("age", Package("age")), args)).expect("a key file is JSON")
    }
}

//! Public keys as OpenSSH writes them: the key blob (RFC 8709), the line of a `.pub` file, and the fingerprint.

use base64::{
    Engine,
    prelude::{BASE64_STANDARD, BASE64_STANDARD_NO_PAD},
};
use sha2::{Digest, Sha256};

/// The name of the key type.
pub const KEY_TYPE: &str = "ssh-ed25519";

/// The key blob: length and name of the type, length and bytes of the key; 51 bytes.
pub fn blob(public_key: &[u8; 32]) -> Vec<u8> {
    let mut blob = Vec::with_capacity(51);
    put_string(&mut blob, KEY_TYPE.as_bytes());
    put_string(&mut blob, public_key);
    blob
}

/// The blob in base64, 68 characters.
pub fn blob_text(public_key: &[u8; 32]) -> String {
    BASE64_STANDARD.encode(blob(public_key))
}

/// The line of a `.pub` or `authorized_keys` file, without a line break.
pub fn public_line(public_key: &[u8; 32], comment: &str) -> String {
    format!("{KEY_TYPE} {} {comment}", blob_text(public_key)).trim_end().to_owned()
}

/// What `ssh-keygen -l` prints: `SHA256:` and 43 characters.
pub fn fingerprint(public_key: &[u8; 32]) -> String {
    format!("SHA256:{}", BASE64_STANDARD_NO_PAD.encode(Sha256::digest(blob(public_key))))
}

/// Appends a string of RFC 4251: its length in four bytes and the bytes.
pub(crate) fn put_string(to: &mut Vec<u8>, string: &[u8]) {
    to.extend_from_slice(&(string.len() as u32).to_be_bytes());
    to.extend_from_slice(string);
}

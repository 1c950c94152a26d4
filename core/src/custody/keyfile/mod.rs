//! The key file: everything that its owner needs, as one JSON document, before it is sealed.
//!
//! ```json
//! {
//!   "format": "vanikeys key file", "version": 1,
//!   "kind": "seed", "target": "did", "publicKey": "<hex>", "did": "did:key:z6Mk...",
//!   "exports": {"seed-hex": "<file>", "openssh": "<file>", "tor": "<base64 of the file>", ...},
//!   "pull": {"serviceShare": "<hex>", "clientShare": "<hex>", "receipt": {...}}
//! }
//! ```
//!
//! `exports` holds every format that the key has, each the exact text of its file; Tor's file is binary, so in base64. `pull`
//! is there for pulls only. Reading a file is in `keyfile/read.rs`.

mod read;

use std::fmt;
use std::io::{self, Write};

use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use serde::ser::SerializeMap;
use serde::{Deserialize, Deserializer, Serialize, Serializer};
use vanikeys_grind::export::{Format, FormatError, export};
use vanikeys_grind::{KeyKind, KeyMaterial, Target};
use zeroize::Zeroizing;

pub use read::KeyFileError;

use super::bytes::PublicKeyBytes;
use super::commitment::{ClientShare, ServiceShare};
use super::receipt::SignedReceipt;
use super::recipient::Recipient;
use super::sealing::{SealError, SealedFile, seal};

/// What `format` says.
const FORMAT: &str = "vanikeys key file";
/// The version that is written.
pub const KEY_FILE_VERSION: u32 = 1;

/// A private key with what its owner may want to know about it. Secret through and through: it does not print, and what it
/// writes is wiped when dropped.
pub struct KeyFile {
    key: KeyMaterial,
    target: Target,
    pull: Option<PullProof>,
}

/// How a pulled key came about: whoever holds both shares can check it.
#[derive(Debug)]
pub struct PullProof {
    /// S.
    pub service_share: ServiceShare,
    /// C.
    pub client_share: ClientShare,
    /// What the service attests.
    pub receipt: SignedReceipt,
}

impl KeyFile {
    /// The file of a key that a job found for a target.
    pub fn of_job(key: impl Into<KeyMaterial>, target: Target) -> Self {
        Self { key: key.into(), target, pull: None }
    }

    /// The file of a key that was pulled.
    pub fn of_pull(key: impl Into<KeyMaterial>, proof: PullProof) -> Self {
        let target = proof.receipt.receipt.pattern.target;
        Self { key: key.into(), target, pull: Some(proof) }
    }

    /// The private key.
    pub fn key(&self) -> &KeyMaterial {
        &self.key
    }

    /// What the key was made for.
    pub fn target(&self) -> Target {
        self.target
    }

    /// The shares and receipt of a pulled key.
    pub fn pull(&self) -> Option<&PullProof> {
        self.pull.as_ref()
    }

    /// The public key.
    pub fn public_key(&self) -> PublicKeyBytes {
        self.key.public_key().into()
    }

    /// The formats that the file offers.
    pub fn formats(&self) -> impl Iterator<Item = Format> {
        Format::offered(self.key.kind(), self.target)
    }

    /// The key in one format, the bytes of a file.
    ///
    /// # Errors
    /// [`FormatError`] with the reason why this key is not offered in that format.
    pub fn export(&self, format: Format) -> Result<Zeroizing<Vec<u8>>, FormatError> {
        format.check(self.key.kind(), self.target)?;
        export(&self.key, format)
    }

    /// The document.
    pub fn to_json(&self) -> Zeroizing<Vec<u8>> {
        let document = Document::of(self);
        // Written twice: first to know the length, so that the buffer never grows and leaves no copy behind.
        let mut length = Length(0);
        write(&mut length, &document);
        let mut json = Zeroizing::new(Vec::with_capacity(length.0));
        write(&mut *json, &document);
        json
    }

    /// The document, sealed to a recipient.
    ///
    /// # Errors
    /// As [`seal`].
    pub fn seal(&self, recipient: &Recipient) -> Result<SealedFile, SealError> {
        seal(&self.to_json(), recipient)
    }
}

impl fmt::Debug for KeyFile {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("KeyFile").field("public_key", &self.public_key()).finish_non_exhaustive()
    }
}

fn write(out: impl Write, document: &Document<'_>) {
    serde_json::to_writer_pretty(out, document)
        .expect("text and hexadecimal always become JSON, and memory takes them");
}

/// Counts what is written.
struct Length(usize);

impl Write for Length {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        self.0 += bytes.len();
        Ok(bytes.len())
    }

    fn flush(&mut self) -> io::Result<()> {
        Ok(())
    }
}

#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
struct Document<'a> {
    format: &'static str,
    version: u32,
    kind: KeyKind,
    target: Target,
    public_key: PublicKeyBytes,
    did: String,
    exports: Exports,
    #[serde(skip_serializing_if = "Option::is_none")]
    pull: Option<Pull<'a>>,
}

struct Exports(Vec<(Format, SecretText)>);

#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
struct Pull<'a> {
    service_share: SecretText,
    client_share: SecretText,
    receipt: &'a SignedReceipt,
}

/// A text of the document that is wiped when dropped. The only secret type that serialises, and private to this module.
#[derive(Serialize, Deserialize)]
struct SecretText(#[serde(with = "secret_text")] Zeroizing<String>);

pub(super) mod secret_text {
    use super::{Deserialize, Deserializer, Serializer, Zeroizing};

    pub(in crate::custody) fn serialize<S: Serializer>(
        text: &Zeroizing<String>,
        serializer: S,
    ) -> Result<S::Ok, S::Error> {
        serializer.serialize_str(text)
    }

    pub(in crate::custody) fn deserialize<'de, D: Deserializer<'de>>(
        deserializer: D,
    ) -> Result<Zeroizing<String>, D::Error> {
        String::deserialize(deserializer).map(Zeroizing::new)
    }
}

impl<'a> Document<'a> {
    fn of(file: &'a KeyFile) -> Self {
        let as_text = |format| {
            let bytes = file.export(format).ok()?;
            // Only Tor's file is no text.
            let text = std::str::from_utf8(&bytes).ok().filter(|_| format != Format::Tor);
            let text = text.map_or_else(|| STANDARD.encode(&*bytes), str::to_owned);
            Some((format, SecretText(Zeroizing::new(text))))
        };
        let public_key = file.public_key();
        Self {
            format: FORMAT,
            version: KEY_FILE_VERSION,
            kind: file.key.kind(),
            target: file.target,
            public_key,
            did: vanikeys_grind::did::did_key(public_key.as_bytes()),
            exports: Exports(file.formats().filter_map(as_text).collect()),
            pull: file.pull.as_ref().map(|proof| Pull {
                service_share: SecretText(proof.service_share.to_hex()),
                client_share: SecretText(proof.client_share.to_hex()),
                receipt: &proof.receipt,
            }),
        }
    }
}

impl Serialize for Exports {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        let mut map = serializer.serialize_map(Some(self.0.len()))?;
        for (format, text) in &self.0 {
            map.serialize_entry(format.name(), text)?;
        }
        map.end()
    }
}

#[cfg(test)]
mod tests;

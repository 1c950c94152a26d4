//! Reading a key file back, and not believing it: the key is taken from its own export, and everything else that the file
//! says must follow from it.
//!
//! Texts that are read are wiped; serde_json's own scratch space for escapes is not.

use std::collections::BTreeMap;

use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use serde::Deserialize;
use vanikeys_grind::export::{Format, ImportError, import};
use vanikeys_grind::{KeyKind, KeyMaterial, Target};
use zeroize::Zeroizing;

use super::{FORMAT, KEY_FILE_VERSION, KeyFile, PullProof, SecretText};
use crate::custody::bytes::PublicKeyBytes;
use crate::custody::commitment::{ClientShare, ServiceShare, derive_seed};
use crate::custody::receipt::SignedReceipt;
use crate::custody::sealing::MAX_SEALED_BYTES;

/// Why a document is no key file, or contradicts itself. Nothing of its contents is repeated.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum KeyFileError {
    /// Larger than any key file.
    #[error("a key file of {0} bytes is larger than any")]
    TooLarge(usize),
    /// Not the JSON of a key file.
    #[error("not a key file: it breaks off or differs at line {line}, column {column}")]
    Form {
        /// Line, from 1.
        line: usize,
        /// Column, from 1.
        column: usize,
    },
    /// JSON, but not of this format and version.
    #[error("not a key file of version {KEY_FILE_VERSION}; a newer program may read it")]
    Version,
    /// The export that holds the key itself is not there.
    #[error("the key file holds no {0} export, from which the key is read")]
    NoKey(Format),
    /// An export cannot be read.
    #[error("the {format} export in the key file is unreadable: {reason}")]
    Unreadable {
        /// Which export.
        format: Format,
        /// Why.
        reason: ImportError,
    },
    /// An export holds another key than the rest.
    #[error("the {0} export in the key file holds another key")]
    OtherKey(Format),
    /// The public key or did that is stated is not that of the key.
    #[error("the public key that the key file states is not that of its private key")]
    PublicKey,
    /// The shares are not 32 bytes in hexadecimal.
    #[error("a share in the key file is not 64 hexadecimal digits")]
    Share,
    /// The key does not follow from the shares, or the receipt is for another.
    #[error("the key does not follow from the shares in the key file, or the receipt is for another key")]
    Pull,
}

#[derive(Deserialize)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
struct Document {
    format: String,
    version: u32,
    kind: KeyKind,
    target: Target,
    public_key: PublicKeyBytes,
    did: String,
    exports: BTreeMap<String, SecretText>,
    pull: Option<Pull>,
}

#[derive(Deserialize)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
struct Pull {
    service_share: SecretText,
    client_share: SecretText,
    receipt: SignedReceipt,
}

impl KeyFile {
    /// Reads a document and checks that all of it belongs together: exports, public key, did, shares and receipt. The
    /// receipt's signature is [`SignedReceipt::verify`]'s to check.
    ///
    /// # Errors
    /// [`KeyFileError`].
    pub fn parse(json: &[u8]) -> Result<Self, KeyFileError> {
        if json.len() > MAX_SEALED_BYTES {
            return Err(KeyFileError::TooLarge(json.len()));
        }
        // serde's own messages quote what they trip over, which may be a secret: only the place is passed on.
        let document: Document = serde_json::from_slice(json)
            .map_err(|error| KeyFileError::Form { line: error.line(), column: error.column() })?;
        if document.format != FORMAT || document.version != KEY_FILE_VERSION {
            return Err(KeyFileError::Version);
        }
        let key = key_of(&document)?;
        let public_key = key.public_key();
        let did = vanikeys_grind::did::did_key(&public_key);
        if document.public_key.as_bytes() != &public_key || document.did != did {
            return Err(KeyFileError::PublicKey);
        }
        let pull = document.pull.map(|pull| proof_of(pull, &public_key, document.target)).transpose()?;
        Ok(Self { key, target: document.target, pull })
    }
}

/// The key, which every known export holds.
fn key_of(document: &Document) -> Result<KeyMaterial, KeyFileError> {
    let own = match document.kind {
        KeyKind::Seed => Format::SeedHex,
        KeyKind::Expanded => Format::ExpandedHex,
    };
    let text = document.exports.get(own.name()).ok_or(KeyFileError::NoKey(own))?;
    let key = read_export(own, &text.0)?;
    if key.kind() != document.kind {
        return Err(KeyFileError::OtherKey(own));
    }
    for (name, text) in &document.exports {
        // A name of some later version is no reason to refuse the key.
        let Ok(format) = name.parse::<Format>() else { continue };
        let has_it = !format.needs_seed() || document.kind == KeyKind::Seed;
        if !has_it || read_export(format, &text.0)?.public_key() != key.public_key() {
            return Err(KeyFileError::OtherKey(format));
        }
    }
    Ok(key)
}

fn read_export(format: Format, text: &str) -> Result<KeyMaterial, KeyFileError> {
    let bytes = match format {
        Format::Tor => STANDARD.decode(text).unwrap_or_default(),
        _ => text.as_bytes().to_vec(),
    };
    let (key, found) = import(&Zeroizing::new(bytes)).map_err(|reason| KeyFileError::Unreadable { format, reason })?;
    if found == format { Ok(key) } else { Err(KeyFileError::OtherKey(format)) }
}

fn proof_of(pull: Pull, public_key: &[u8; 32], target: Target) -> Result<PullProof, KeyFileError> {
    let service_share = ServiceShare::from_hex(&pull.service_share.0).ok_or(KeyFileError::Share)?;
    let client_share = ClientShare::from_hex(&pull.client_share.0).ok_or(KeyFileError::Share)?;
    let receipt = &pull.receipt.receipt;
    let secret = derive_seed(&service_share, &client_share, receipt.commitment_id);
    let derived = target.key_of_secret(secret).public_key();
    if derived != *public_key || receipt.public_key.as_bytes() != public_key || receipt.pattern.target != target {
        return Err(KeyFileError::Pull);
    }
    Ok(PullProof { service_share, client_share, receipt: pull.receipt })
}

//! The two documents of a split key: the user's half, which never leaves them, and the offset that a job delivers.
//!
//! ```json
//! {"format": "vanikeys split secret", "version": 1, "secret": "<a>", "point": "<A>", "proof": "<signature>"}
//! {"format": "vanikeys split offset", "version": 1, "target": "onion", "point": "<A>", "offset": "<t>",
//!  "publicKey": "<hex>", "did": "did:key:z6Mk..."}
//! ```
//!
//! `secret` is the integer a, 32 little-endian bytes; `offset` is the number t, 15 big-endian bytes. Both in hexadecimal.
//! The arithmetic is `vanikeys_grind::split`'s.

use serde::{Deserialize, Serialize};
use vanikeys_grind::split::{Offset, SplitError, SplitPoint, SplitSecret, offset_public_key};
use vanikeys_grind::{Target, did};
use zeroize::Zeroizing;

use super::bytes::{Hex, PublicKeyBytes, SignatureBytes};
use super::keyfile::secret_text;

const SECRET: &str = "vanikeys split secret";
const OFFSET: &str = "vanikeys split offset";
const VERSION: u32 = 1;

/// Larger than either document.
pub const MAX_SPLIT_BYTES: usize = 4096;

/// Why a document is not one half of a split key. Nothing of its contents is repeated.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum SplitFileError {
    /// Not the JSON of one.
    #[error("not the file of a split {what}: it differs at line {line}, column {column}")]
    Form {
        /// Which half was expected.
        what: &'static str,
        /// Line, from 1.
        line: usize,
        /// Column, from 1.
        column: usize,
    },
    /// JSON, but of another format or version.
    #[error("not the file of a split {0} of version {VERSION}; a newer program may read it")]
    Version(&'static str),
    /// A number is out of its range, or the point is not what it should be.
    #[error(transparent)]
    Number(#[from] SplitError),
    /// The parts of the file do not belong together.
    #[error("the parts of this file do not belong together: it was damaged or altered")]
    Parts,
}

/// An offset as it travels: 30 hexadecimal digits. Its number is not printed.
pub(super) mod offset_text {
    use serde::{Deserialize, Deserializer, Serialize, Serializer, de};
    use vanikeys_grind::split::Offset;

    use super::Hex;

    pub(in crate::custody) fn serialize<S: Serializer>(offset: &Offset, serializer: S) -> Result<S::Ok, S::Error> {
        let [_, bytes @ ..] = offset.number().to_be_bytes();
        Hex(bytes).serialize(serializer)
    }

    pub(in crate::custody) fn deserialize<'de, D: Deserializer<'de>>(deserializer: D) -> Result<Offset, D::Error> {
        let Hex::<15>(bytes) = Hex::deserialize(deserializer)?;
        let number = bytes.iter().fold(0, |number, &byte| number << 8 | u128::from(byte));
        Offset::new(number).map_err(de::Error::custom)
    }
}

#[derive(Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
struct SecretDocument {
    format: String,
    version: u32,
    #[serde(with = "secret_text")]
    secret: Zeroizing<String>,
    point: PublicKeyBytes,
    proof: SignatureBytes,
}

/// The document of a fresh or kept secret.
pub fn secret_to_json(secret: &SplitSecret) -> Zeroizing<Vec<u8>> {
    let SplitPoint { point, proof } = secret.point();
    let document = SecretDocument {
        format: SECRET.to_owned(),
        version: VERSION,
        secret: Zeroizing::new(hex::encode(secret.bytes())),
        point: point.into(),
        proof: proof.into(),
    };
    let mut json = Zeroizing::new(Vec::with_capacity(MAX_SPLIT_BYTES));
    serde_json::to_writer_pretty(&mut *json, &document).expect("text becomes JSON, and memory takes it");
    json.push(b'\n');
    json
}

/// The secret of its document, if point and proof in it are its own.
///
/// # Errors
/// [`SplitFileError`].
pub fn secret_from_json(json: &[u8]) -> Result<SplitSecret, SplitFileError> {
    let document: SecretDocument = read(json, "secret")?;
    if document.format != SECRET || document.version != VERSION {
        return Err(SplitFileError::Version("secret"));
    }
    let mut bytes = Zeroizing::new([0; 32]);
    hex::decode_to_slice(&*document.secret, &mut *bytes).map_err(|_| SplitError::Secret)?;
    let secret = SplitSecret::new(&bytes)?;
    let own = secret.point();
    let fits = own.point == *document.point.as_bytes() && own.proof == *document.proof.as_bytes();
    if fits { Ok(secret) } else { Err(SplitFileError::Parts) }
}

/// What a job of `split` custody delivers. No secret by itself, but half of one.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct OffsetFile {
    /// What the key was searched for.
    pub target: Target,
    /// The user's point.
    pub point: PublicKeyBytes,
    /// The offset from it.
    pub offset: Offset,
    /// The public key that was found.
    pub public_key: PublicKeyBytes,
}

#[derive(Serialize, Deserialize)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
struct OffsetDocument {
    format: String,
    version: u32,
    target: Target,
    point: PublicKeyBytes,
    #[serde(with = "offset_text")]
    offset: Offset,
    public_key: PublicKeyBytes,
    did: String,
}

impl OffsetFile {
    /// The document.
    pub fn to_json(&self) -> Vec<u8> {
        let document = OffsetDocument {
            format: OFFSET.to_owned(),
            version: VERSION,
            target: self.target,
            point: self.point,
            offset: self.offset,
            public_key: self.public_key,
            did: did::did_key(self.public_key.as_bytes()),
        };
        let mut json = serde_json::to_vec_pretty(&document).expect("text becomes JSON, and memory takes it");
        json.push(b'\n');
        json
    }

    /// Reads a document and computes `A + 8tB` again.
    ///
    /// # Errors
    /// [`SplitFileError`].
    pub fn parse(json: &[u8]) -> Result<Self, SplitFileError> {
        let document: OffsetDocument = read(json, "offset")?;
        if document.format != OFFSET || document.version != VERSION {
            return Err(SplitFileError::Version("offset"));
        }
        let OffsetDocument { target, point, offset, public_key, .. } = document;
        let computed = offset_public_key(point.as_bytes(), offset)?;
        if computed != *public_key.as_bytes() || document.did != did::did_key(&computed) {
            return Err(SplitFileError::Parts);
        }
        Ok(Self { target, point, offset, public_key })
    }
}

fn read<'a, T: Deserialize<'a>>(json: &'a [u8], what: &'static str) -> Result<T, SplitFileError> {
    let json = json.get(..MAX_SPLIT_BYTES).unwrap_or(json);
    // serde's own messages quote what they trip over, which may be a secret: only the place is passed on.
    serde_json::from_slice(json).map_err(|error| SplitFileError::Form {
        what,
        line: error.line(),
        column: error.column(),
    })
}

#[cfg(test)]
mod tests;

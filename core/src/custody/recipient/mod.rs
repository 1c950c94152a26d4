//! age recipients: who a key file is sealed to. A recipient is checked when it is given, hours before a key is found, since a
//! file sealed to a bad one is lost and the `age` library panics over some of them.

use std::fmt;
use std::str::FromStr;

use bech32::primitives::decode::CheckedHrpstring;
use bech32::{Bech32, ByteIterExt, Fe32IterExt, Hrp};
use curve25519_dalek::montgomery::MontgomeryPoint;
use curve25519_dalek::scalar::Scalar;
use curve25519_dalek::traits::IsIdentity;
use serde::{Deserialize, Deserializer, Serialize, Serializer, de};

use super::bytes::Hash;

/// Length of the canonical text: `age1`, 52 characters of data, 6 of checksum.
const TEXT_LENGTH: usize = 62;

/// An X25519 age recipient (`age1...`) that some age identity can have: canonical, of large order, on the curve.
///
/// Displays as the canonical lower-case text. It is public: it may be logged and stored.
#[derive(Clone, PartialEq, Eq, Hash)]
pub struct Recipient {
    text: String,
    point: [u8; 32],
}

/// Why a text is no recipient that a key may be sealed to.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum RecipientError {
    /// Nothing was given.
    #[error("no recipient was given")]
    Empty,
    /// An age identity was pasted instead: a secret, which must go nowhere. The caller must neither store nor log the input.
    #[error(
        "this is a secret age identity, not a recipient; give the line that starts with age1, and keep this one to yourself"
    )]
    SecretIdentity,
    /// A recipient of age, but not of the X25519 kind: an SSH key, a plugin's, a post-quantum one.
    #[error("only X25519 recipients (age1...) are supported, not SSH, plugin or post-quantum ones")]
    NotX25519,
    /// More than one recipient.
    #[error("exactly one recipient can be given")]
    Several,
    /// The characters, the checksum or the length are wrong.
    #[error("not an age recipient: a character is missing, added or mistyped")]
    Malformed,
    /// 8 times the point is zero: everyone could open the file.
    #[error("this recipient is a low-order point: a file sealed to it would be open to everyone")]
    LowOrder,
    /// No identity has this public key (a non-canonical encoding, off the curve, or outside the prime-order group), so
    /// nobody could ever open the file.
    #[error("no age identity belongs to this recipient, so nobody could open what is sealed to it")]
    Unopenable,
}

impl Recipient {
    /// Reads a recipient; white space around it is forgiven, upper case made lower.
    ///
    /// # Errors
    /// [`RecipientError`], which never repeats the input.
    pub fn parse(input: &str) -> Result<Self, RecipientError> {
        let text = input.trim();
        if text.is_empty() {
            return Err(RecipientError::Empty);
        }
        if starts_with_ignoring_case(text, "age-secret-key-") {
            return Err(RecipientError::SecretIdentity);
        }
        if text.starts_with("ssh-") {
            return Err(RecipientError::NotX25519);
        }
        if text.split(|c: char| c.is_whitespace() || c == ',').count() > 1 {
            return Err(RecipientError::Several);
        }
        Self::from_point(decode(text)?)
    }

    /// From the u-coordinate (32 bytes, little endian).
    ///
    /// # Errors
    /// [`RecipientError::LowOrder`] and [`RecipientError::Unopenable`].
    pub fn from_point(point: [u8; 32]) -> Result<Self, RecipientError> {
        let montgomery = MontgomeryPoint(point);
        if (montgomery * Scalar::from(8u8)).is_identity() {
            return Err(RecipientError::LowOrder);
        }
        // Every identity's public key is a multiple of 8 of the base point. The encoding goes into the file key's
        // derivation as it stands, so a second encoding of a good point would seal a file that its owner cannot open.
        let edwards = montgomery.to_edwards(0).ok_or(RecipientError::Unopenable)?;
        if !edwards.is_torsion_free() || edwards.to_montgomery().to_bytes() != point {
            return Err(RecipientError::Unopenable);
        }
        Ok(Self { text: encode(&point), point })
    }

    /// The canonical text, `age1...`.
    pub fn as_str(&self) -> &str {
        &self.text
    }

    /// The u-coordinate, 32 bytes, little endian.
    pub fn point(&self) -> &[u8; 32] {
        &self.point
    }

    /// `BLAKE3` of the canonical text: what a found key signs for "this recipient".
    pub fn hash(&self) -> Hash {
        Hash::from(*blake3::hash(self.text.as_bytes()).as_bytes())
    }
}

fn starts_with_ignoring_case(text: &str, prefix: &str) -> bool {
    text.get(..prefix.len()).is_some_and(|start| start.eq_ignore_ascii_case(prefix))
}

fn decode(text: &str) -> Result<[u8; 32], RecipientError> {
    let parsed = CheckedHrpstring::new::<Bech32>(text);
    // A longer one with another name before the 1 is some plugin's or a post-quantum recipient: `age1tag1...`.
    let other_kind = starts_with_ignoring_case(text, "age1") && text.rfind('1').is_some_and(|separator| separator > 3);
    if other_kind {
        return Err(RecipientError::NotX25519);
    }
    let parsed = parsed.map_err(|_| RecipientError::Malformed)?;
    if parsed.hrp() != Hrp::parse_unchecked("age") || text.len() != TEXT_LENGTH {
        return Err(RecipientError::Malformed);
    }
    let mut point = [0u8; 32];
    let mut bytes = parsed.byte_iter();
    for byte in &mut point {
        *byte = bytes.next().ok_or(RecipientError::Malformed)?;
    }
    // The last character carries 4 bits of padding, which must be zero: one recipient has one text.
    if !encode(&point).eq_ignore_ascii_case(text) {
        return Err(RecipientError::Malformed);
    }
    Ok(point)
}

fn encode(point: &[u8; 32]) -> String {
    point.iter().copied().bytes_to_fes().with_checksum::<Bech32>(&Hrp::parse_unchecked("age")).chars().collect()
}

impl FromStr for Recipient {
    type Err = RecipientError;

    fn from_str(text: &str) -> Result<Self, RecipientError> {
        Self::parse(text)
    }
}

impl fmt::Display for Recipient {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.text)
    }
}

impl fmt::Debug for Recipient {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.text)
    }
}

impl Serialize for Recipient {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.serialize_str(&self.text)
    }
}

impl<'de> Deserialize<'de> for Recipient {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        let text = std::borrow::Cow::<'de, str>::deserialize(deserializer)?;
        Self::parse(&text).map_err(de::Error::custom)
    }
}

#[cfg(test)]
mod tests;

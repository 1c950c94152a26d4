//! Fixed-size public byte strings as they stand in JSON: lower-case hexadecimal of an exact length.
//! Only public values live here (keys, hashes, signatures); secrets have types of their own that do not print.

use std::fmt;
use std::str::FromStr;

use serde::{Deserialize, Deserializer, Serialize, Serializer, de};

/// `N` public bytes, written as `2 * N` lower-case hexadecimal digits.
///
/// Upper case is refused when read, so that one value has one text and signatures over text mean what they say.
#[derive(Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct Hex<const N: usize>(pub [u8; N]);

/// A 32-byte Ed25519 public key in its encoded form; not known to be a point until it is used.
pub type PublicKeyBytes = Hex<32>;
/// A 64-byte Ed25519 signature.
pub type SignatureBytes = Hex<64>;
/// A 32-byte BLAKE3 output.
pub type Hash = Hex<32>;

/// Why a text is not `N` bytes of lower-case hexadecimal. The text itself is not repeated.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum HexError {
    /// The text has another length.
    #[error("expected {expected} hexadecimal digits, got {got} bytes of text")]
    Length {
        /// Digits that were expected.
        expected: usize,
        /// Bytes of text that were given.
        got: usize,
    },
    /// Something else than `0-9a-f`.
    #[error("not a lower-case hexadecimal digit at position {0}")]
    Digit(usize),
}

impl<const N: usize> Hex<N> {
    /// The bytes.
    pub fn as_bytes(&self) -> &[u8; N] {
        &self.0
    }
}

impl<const N: usize> FromStr for Hex<N> {
    type Err = HexError;

    fn from_str(text: &str) -> Result<Self, HexError> {
        if text.len() != 2 * N {
            return Err(HexError::Length { expected: 2 * N, got: text.len() });
        }
        let mut bytes = [0u8; N];
        for (position, digit) in text.bytes().enumerate() {
            let nibble = match digit {
                b'0'..=b'9' => digit - b'0',
                b'a'..=b'f' => digit - b'a' + 10,
                _ => return Err(HexError::Digit(position)),
            };
            bytes[position / 2] |= nibble << (4 * (1 - position % 2));
        }
        Ok(Self(bytes))
    }
}

impl<const N: usize> fmt::Display for Hex<N> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.0.iter().try_for_each(|byte| write!(f, "{byte:02x}"))
    }
}

impl<const N: usize> fmt::Debug for Hex<N> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        fmt::Display::fmt(self, f)
    }
}

impl<const N: usize> From<[u8; N]> for Hex<N> {
    fn from(bytes: [u8; N]) -> Self {
        Self(bytes)
    }
}

impl<const N: usize> Serialize for Hex<N> {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.collect_str(self)
    }
}

impl<'de, const N: usize> Deserialize<'de> for Hex<N> {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        let text = std::borrow::Cow::<'de, str>::deserialize(deserializer)?;
        text.parse().map_err(de::Error::custom)
    }
}

/// Fresh bytes of the operating system's randomness.
///
/// # Panics
/// If the operating system has none to give: no key, share or nonce may be made then, and nothing that is kept depends on
/// the thread that stops.
pub(crate) fn random_bytes<const N: usize>() -> [u8; N] {
    let mut bytes = [0u8; N];
    getrandom::fill(&mut bytes).expect("the operating system gives randomness");
    bytes
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn one_value_has_one_text() {
        let bytes = Hex([0x00, 0x9f, 0xff]);
        assert_eq!(bytes.to_string(), "009fff");
        assert_eq!("009fff".parse(), Ok(bytes));
        assert_eq!("009FFF".parse::<Hex<3>>(), Err(HexError::Digit(3)));
        assert_eq!("009ff".parse::<Hex<3>>(), Err(HexError::Length { expected: 6, got: 5 }));
        assert_eq!("00é9f".parse::<Hex<3>>(), Err(HexError::Digit(2)));
    }
}

//! Alphabets of the encodings that patterns are matched in, and sets of their characters.
//!
//! A *digit* is the index of a character in its alphabet, so that the text of a key is a row of digits of a number.

use std::fmt;

/// An encoding's characters in digit order, at most 64 of them, all ASCII.
#[derive(Debug)]
pub struct Alphabet {
    name: &'static str,
    characters: &'static [u8],
    digits: [u8; 128],
}

/// Marks a byte that is no character of the alphabet.
const ABSENT: u8 = u8::MAX;

/// Base58 as Bitcoin orders it (no `0`, `O`, `I`, `l`).
pub static BASE58: Alphabet = Alphabet::new("base58", b"123456789ABCDEFGHJKLMNPQRSTUVWXYZabcdefghijkmnopqrstuvwxyz");
/// Base64 of RFC 4648, section 4.
pub static BASE64: Alphabet =
    Alphabet::new("base64", b"ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/");
/// Base32 of RFC 4648, section 6, in lower case as Tor writes it.
pub static BASE32: Alphabet = Alphabet::new("base32", b"abcdefghijklmnopqrstuvwxyz234567");
/// The same in upper case, as the RFC has it.
pub static BASE32_UPPER: Alphabet = Alphabet::new("base32", b"ABCDEFGHIJKLMNOPQRSTUVWXYZ234567");
/// The data characters of bech32 (BIP 173).
pub static BECH32: Alphabet = Alphabet::new("bech32", b"qpzry9x8gf2tvdw0s3jn54khce6mua7l");
/// Hexadecimal in lower case.
pub static HEX: Alphabet = Alphabet::new("hex", b"0123456789abcdef");

impl Alphabet {
    /// An alphabet from its characters in digit order.
    ///
    /// # Panics
    /// If there are more than 64 characters or one is not ASCII; all callers are constants.
    pub const fn new(name: &'static str, characters: &'static [u8]) -> Self {
        assert!(characters.len() <= 64, "a character set is 64 bits");
        let mut digits = [ABSENT; 128];
        let mut i = 0;
        while i < characters.len() {
            digits[characters[i] as usize] = i as u8;
            i += 1;
        }
        Self { name, characters, digits }
    }

    /// What people call it, such as `base58`.
    pub const fn name(&self) -> &'static str {
        self.name
    }

    /// Its characters in digit order.
    pub const fn characters(&self) -> &'static [u8] {
        self.characters
    }

    /// The number of its characters, the base of the number system.
    pub const fn base(&self) -> usize {
        self.characters.len()
    }

    /// The digit of a character, if the alphabet has it.
    pub fn digit(&self, character: char) -> Option<u8> {
        let digit = *self.digits.get(character as usize)?;
        (digit != ABSENT).then_some(digit)
    }

    /// The digits of a text; `None` if a character is not in the alphabet.
    pub fn digits(&self, text: &str) -> Option<Vec<u8>> {
        text.chars().map(|c| self.digit(c)).collect()
    }

    /// The character of a digit.
    ///
    /// # Panics
    /// If the digit is not below the base.
    pub fn character(&self, digit: u8) -> char {
        self.characters[usize::from(digit)] as char
    }

    /// Bytes in groups of bits, zeros filling up the last; for alphabets of 2^n characters.
    pub(crate) fn spell(&self, bytes: &[u8]) -> String {
        let width = self.base().ilog2() as usize;
        let bit = |i: usize| bytes.get(i / 8).map_or(0, |byte| byte >> (7 - i % 8) & 1);
        let digit = |start: usize| (start..start + width).fold(0, |digit, i| digit << 1 | bit(i));
        // Collected into its final length, so that no part of a secret is left behind.
        let mut text = String::with_capacity((8 * bytes.len()).div_ceil(width));
        text.extend((0..8 * bytes.len()).step_by(width).map(|start| self.character(digit(start))));
        text
    }

    /// The bytes that are spelled so; `None` if there are other characters, a part of a byte too much, or bits that do not belong there.
    pub(crate) fn unspell(&self, text: &str) -> Option<Vec<u8>> {
        let width = self.base().ilog2() as usize;
        let mut bytes = vec![0; text.len() * width / 8];
        for (place, character) in text.chars().enumerate() {
            let digit = self.digit(character)?;
            for i in 0..width {
                let (bit, at) = (digit >> (width - 1 - i) & 1, place * width + i);
                match bytes.get_mut(at / 8) {
                    Some(byte) => *byte |= bit << (7 - at % 8),
                    None if bit != 0 => return None,
                    None => {}
                }
            }
        }
        (text.len() == (8 * bytes.len()).div_ceil(width)).then_some(bytes)
    }

    /// The set of all its characters.
    pub const fn all(&self) -> CharSet {
        CharSet(if self.characters.len() == 64 { u64::MAX } else { (1 << self.characters.len()) - 1 })
    }

    /// The set of those given characters that the alphabet has.
    pub fn set(&self, characters: impl IntoIterator<Item = char>) -> CharSet {
        characters.into_iter().filter_map(|c| self.digit(c)).collect()
    }
}

/// A set of digits of one alphabet: bit `d` stands for digit `d`.
#[derive(Clone, Copy, Default, PartialEq, Eq, Hash)]
pub struct CharSet(u64);

impl CharSet {
    /// The set without members.
    pub const EMPTY: Self = Self(0);

    /// The set whose members are the set bits.
    pub const fn from_bits(bits: u64) -> Self {
        Self(bits)
    }

    /// One bit per digit.
    pub const fn bits(self) -> u64 {
        self.0
    }

    /// Whether the digit is a member.
    pub const fn contains(self, digit: u8) -> bool {
        digit < 64 && self.0 >> digit & 1 == 1
    }

    /// Whether it has no member.
    pub const fn is_empty(self) -> bool {
        self.0 == 0
    }

    /// The number of members.
    pub const fn len(self) -> usize {
        self.0.count_ones() as usize
    }

    /// The members in rising order.
    pub fn iter(self) -> impl Iterator<Item = u8> {
        (0..64).filter(move |&digit| self.contains(digit))
    }
}

impl FromIterator<u8> for CharSet {
    fn from_iter<I: IntoIterator<Item = u8>>(digits: I) -> Self {
        Self(digits.into_iter().fold(0, |bits, digit| bits | 1 << digit))
    }
}

impl fmt::Debug for CharSet {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_set().entries(self.iter()).finish()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn digits_and_characters_are_inverse() {
        for alphabet in [&BASE58, &BASE64, &BASE32, &BASE32_UPPER, &BECH32, &HEX] {
            for digit in 0..alphabet.base() as u8 {
                assert_eq!(alphabet.digit(alphabet.character(digit)), Some(digit), "{}", alphabet.name());
            }
            assert_eq!(alphabet.all().len(), alphabet.base());
            assert_eq!(alphabet.digit('é'), None);
        }
        assert_eq!(BASE58.digit('l'), None);
    }

    #[test]
    fn a_set_holds_its_members() {
        let set = BASE58.set(['z', '1', '0']);
        assert_eq!(set.iter().collect::<Vec<_>>(), [0, 57]);
        assert!(set.contains(57) && !set.contains(1) && !set.contains(200));
    }
}

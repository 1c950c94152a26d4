//! Referral codes: what somebody passes on so that others come.

use std::fmt;

/// Eight characters of Crockford's base 32 (no I, L, O, U), so that it can be read aloud.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ReferralCode(String);

const ALPHABET: &[u8; 32] = b"0123456789ABCDEFGHJKMNPQRSTVWXYZ";
const LENGTH: usize = 8;

impl ReferralCode {
    /// The code of 40 random bits.
    #[must_use]
    pub fn from_random(bytes: [u8; 5]) -> Self {
        let bits = bytes.iter().fold(0u64, |bits, byte| (bits << 8) | u64::from(*byte));
        let character = |place: usize| char::from(ALPHABET[((bits >> (5 * place)) & 31) as usize]);
        Self((0..LENGTH).rev().map(character).collect())
    }

    /// Reads a code as people write it: in either case, with `O` for 0 and `I` or `L` for 1.
    ///
    /// # Errors
    /// What is wrong with it, as the rest of a sentence.
    pub fn parse(text: &str) -> Result<Self, &'static str> {
        let read = |c: char| match c.to_ascii_uppercase() {
            'O' => '0',
            'I' | 'L' => '1',
            other => other,
        };
        let code: String = text.trim().chars().map(read).collect();
        let fits = code.len() == LENGTH && code.bytes().all(|b| ALPHABET.contains(&b));
        if fits { Ok(Self(code)) } else { Err("must be a referral code of 8 letters and digits") }
    }

    /// The text.
    #[must_use]
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

impl fmt::Display for ReferralCode {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn codes_read_back_as_people_write_them() {
        let code = ReferralCode::from_random([0, 0x44, 0x32, 0x14, 0xc7]);
        assert_eq!(code.as_str(), "01234567");
        assert_eq!(ReferralCode::parse(" oi234567 ").unwrap(), code);
        for bad in ["", "1234567", "123456789", "1234567U", "1234567!", "１２３４５６７８"] {
            assert!(ReferralCode::parse(bad).is_err(), "{bad}");
        }
    }
}

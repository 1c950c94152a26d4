//! age identities: the secret that opens a sealed key file. The service has one per master secret; a person in the terminal
//! keeps theirs in a file like the one that `age-keygen` writes.

use std::fmt;
use std::str::FromStr;

use age::secrecy::ExposeSecret;
use bech32::{Bech32, ByteIterExt, Fe32IterExt, Hrp};
use zeroize::Zeroizing;

use super::recipient::Recipient;

/// An X25519 age identity. Never printed by `Debug`, wiped when dropped.
#[derive(Clone)]
pub struct Identity {
    secret: age::x25519::Identity,
    recipient: Recipient,
}

/// Why a text holds no identity. The text is never repeated.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum IdentityError {
    /// No line is `AGE-SECRET-KEY-1...`.
    #[error("there is no age identity (AGE-SECRET-KEY-1...) in it")]
    Missing,
    /// A line is something else: an SSH key, a plugin's identity, an encrypted file.
    #[error("line {0} is not an X25519 age identity (AGE-SECRET-KEY-1...)")]
    Malformed(usize),
}

impl Identity {
    /// A new identity from the operating system's randomness.
    pub fn generate() -> Self {
        Self::from_age(age::x25519::Identity::generate())
    }

    /// From the 32 secret bytes of an X25519 key; any are one.
    ///
    /// # Panics
    /// Never: what is encoded here is an identity.
    pub fn from_secret_bytes(secret: &[u8; 32]) -> Self {
        let text: Zeroizing<String> = Zeroizing::new(
            secret
                .iter()
                .copied()
                .bytes_to_fes()
                .with_checksum::<Bech32>(&Hrp::parse_unchecked("age-secret-key-"))
                .chars()
                .collect(),
        );
        text.parse().expect("32 bytes under the right name are an identity")
    }

    /// Every identity of an identity file: one a line, `#` starts a comment, empty lines are skipped.
    ///
    /// # Errors
    /// [`IdentityError::Malformed`] with the line's number from 1, [`IdentityError::Missing`] if there is none.
    pub fn parse_file(text: &str) -> Result<Vec<Self>, IdentityError> {
        let identities = text
            .lines()
            .enumerate()
            .map(|(index, line)| (index + 1, line.trim()))
            .filter(|(_, line)| !line.is_empty() && !line.starts_with('#'))
            .map(|(number, line)| line.parse().map(Self::from_age).map_err(|_| IdentityError::Malformed(number)))
            .collect::<Result<Vec<_>, _>>()?;
        if identities.is_empty() {
            return Err(IdentityError::Missing);
        }
        Ok(identities)
    }

    /// Who files are sealed to for this identity to open them.
    pub fn recipient(&self) -> &Recipient {
        &self.recipient
    }

    /// The identity file, in the form of `age-keygen`: a comment with the public key, then the secret line.
    pub fn to_file(&self) -> Zeroizing<String> {
        let secret = self.secret.to_string();
        Zeroizing::new(format!("# public key: {}\n{}\n", self.recipient, secret.expose_secret()))
    }

    pub(super) fn as_age(&self) -> &age::x25519::Identity {
        &self.secret
    }

    fn from_age(secret: age::x25519::Identity) -> Self {
        // A clamped scalar is a multiple of 8 from 2^254 to 2^255, and 8 times the group order is larger, so its public
        // key is never zero: a point of the prime-order group in its one encoding.
        let recipient = Recipient::parse(&secret.to_public().to_string()).expect("every identity has a good recipient");
        Self { secret, recipient }
    }
}

impl FromStr for Identity {
    type Err = IdentityError;

    fn from_str(text: &str) -> Result<Self, IdentityError> {
        text.trim().parse().map(Self::from_age).map_err(|_| IdentityError::Malformed(1))
    }
}

impl fmt::Debug for Identity {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Identity").field("recipient", &self.recipient).finish_non_exhaustive()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn files_read_back_and_name_the_bad_line() {
        let identity = Identity::generate();
        let file = identity.to_file();
        let back = Identity::parse_file(&file).unwrap();
        assert_eq!(back.len(), 1);
        assert_eq!(back[0].recipient(), identity.recipient());

        let bad = format!("{}\n\nnot one\n", file.as_str());
        assert_eq!(Identity::parse_file(&bad).unwrap_err(), IdentityError::Malformed(5));
        assert_eq!(Identity::parse_file("# nothing\n").unwrap_err(), IdentityError::Missing);
    }

    #[test]
    fn bytes_give_the_identity_that_age_gives() {
        for fill in [0u8, 1, 0x80, 0xff] {
            let identity = Identity::from_secret_bytes(&[fill; 32]);
            let expected = curve25519_dalek::montgomery::MontgomeryPoint::mul_base_clamped([fill; 32]);
            assert_eq!(identity.recipient().point(), &expected.to_bytes());
        }
    }

    #[test]
    fn debug_shows_the_recipient_only() {
        let identity = Identity::generate();
        let shown = format!("{identity:?}");
        let file = identity.to_file();
        let secret = file.lines().nth(1).unwrap();
        assert!(shown.contains(identity.recipient().as_str()));
        assert!(!shown.to_uppercase().contains(&secret[16..40]));
    }
}

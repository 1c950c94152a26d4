//! age identities: the secret that opens a sealed key file. The service has one per master secret; a person in the terminal
//! keeps theirs in a file like the one that `age-keygen` writes.

use std::fmt;
use std::str::FromStr;

use age::secrecy::ExposeSecret;
use bech32::{Bech32, ByteIterExt, Fe32IterExt, Hrp};
use zeroize::Zeroizing;

use super::recipient::{Recipient, RecipientError};

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
    /// The identity's own public key is unusable. No clamped scalar has such a one.
    #[error("the identity's recipient is unusable: {0}")]
    Recipient(#[from] RecipientError),
}

impl Identity {
    /// A new identity from the operating system's randomness.
    pub fn generate() -> Self {
        loop {
            // A clamped scalar is never a multiple of the group order's cofactor class, so the first one passes.
            if let Ok(identity) = Self::from_age(age::x25519::Identity::generate()) {
                return identity;
            }
        }
    }

    /// From the 32 secret bytes of an X25519 key.
    ///
    /// # Errors
    /// [`IdentityError::Recipient`], which no bytes are known to cause.
    pub fn from_secret_bytes(secret: &[u8; 32]) -> Result<Self, IdentityError> {
        let text: Zeroizing<String> = Zeroizing::new(
            secret
                .iter()
                .copied()
                .bytes_to_fes()
                .with_checksum::<Bech32>(&Hrp::parse_unchecked("age-secret-key-"))
                .chars()
                .collect(),
        );
        text.parse()
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
            .map(|(number, line)| {
                let secret = line.parse().map_err(|_| IdentityError::Malformed(number))?;
                Self::from_age(secret)
            })
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

    fn from_age(secret: age::x25519::Identity) -> Result<Self, IdentityError> {
        let recipient = Recipient::parse(&secret.to_public().to_string())?;
        Ok(Self { secret, recipient })
    }
}

impl FromStr for Identity {
    type Err = IdentityError;

    fn from_str(text: &str) -> Result<Self, IdentityError> {
        Self::from_age(text.trim().parse().map_err(|_| IdentityError::Malformed(1))?)
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
            let identity = Identity::from_secret_bytes(&[fill; 32]).unwrap();
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

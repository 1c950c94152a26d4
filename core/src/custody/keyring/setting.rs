//! Reading `SECRET_KEY`. Every problem is found at once, and none repeats what was written.

use std::fmt;

use base64::Engine;
use base64::engine::general_purpose::{GeneralPurpose, GeneralPurposeConfig};
use base64::{alphabet, engine::DecodePaddingMode};
use zeroize::Zeroizing;

use crate::custody::bytes::random_bytes;

/// Either alphabet, with or without the `=` at the end.
const LENIENT: GeneralPurposeConfig =
    GeneralPurposeConfig::new().with_decode_padding_mode(DecodePaddingMode::Indifferent);
const STANDARD: GeneralPurpose = GeneralPurpose::new(&alphabet::STANDARD, LENIENT);
const URL_SAFE: GeneralPurpose = GeneralPurpose::new(&alphabet::URL_SAFE, LENIENT);

/// What is wrong with the setting, all of it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct KeyringError {
    /// Every problem, in the order of the setting.
    pub problems: Vec<SecretKeyProblem>,
}

/// One problem of `SECRET_KEY`. Secrets are counted from 1.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum SecretKeyProblem {
    /// The setting is empty.
    #[error("SECRET_KEY is empty; it needs 32 random bytes, as `openssl rand -hex 32` prints them")]
    Missing,
    /// Nothing between two commas.
    #[error("secret {0} of SECRET_KEY is empty; remove the extra comma")]
    Empty(usize),
    /// Neither hexadecimal nor base64.
    #[error("secret {0} of SECRET_KEY is neither hexadecimal nor base64")]
    Encoding(usize),
    /// It decodes, but not to 32 bytes.
    #[error("secret {at} of SECRET_KEY has {bytes} bytes, not 32")]
    Length {
        /// Which secret.
        at: usize,
        /// How many bytes it has.
        bytes: usize,
    },
    /// So few different bytes that it was typed, not drawn.
    #[error("secret {0} of SECRET_KEY is not random; make one with `openssl rand -hex 32`")]
    Weak(usize),
    /// The same secret twice.
    #[error("secret {at} of SECRET_KEY is the same as secret {first}")]
    Repeated {
        /// Which secret.
        at: usize,
        /// Where it stands before.
        first: usize,
    },
}

impl KeyringError {
    pub(super) fn missing() -> Self {
        Self { problems: vec![SecretKeyProblem::Missing] }
    }
}

impl fmt::Display for KeyringError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        for (index, problem) in self.problems.iter().enumerate() {
            let separator = if index == 0 { "" } else { "; " };
            write!(f, "{separator}{problem}")?;
        }
        Ok(())
    }
}

impl std::error::Error for KeyringError {}

/// A setting with one fresh secret.
pub(super) fn generate() -> Zeroizing<String> {
    let secret = Zeroizing::new(random_bytes::<32>());
    Zeroizing::new(hex::encode(secret.as_slice()))
}

/// The secrets, at least one, the current one first.
pub(super) fn parse(setting: &str) -> Result<Vec<Zeroizing<[u8; 32]>>, KeyringError> {
    if setting.trim().is_empty() {
        return Err(KeyringError::missing());
    }
    let mut secrets: Vec<(usize, Zeroizing<[u8; 32]>)> = Vec::new();
    let mut problems = Vec::new();
    for (index, text) in setting.split(',').enumerate() {
        let at = index + 1;
        match one(text.trim(), at) {
            Err(problem) => problems.push(problem),
            Ok(secret) => match secrets.iter().find(|(_, earlier)| *earlier == secret) {
                Some((first, _)) => problems.push(SecretKeyProblem::Repeated { at, first: *first }),
                None => secrets.push((at, secret)),
            },
        }
    }
    if problems.is_empty() {
        Ok(secrets.into_iter().map(|(_, secret)| secret).collect())
    } else {
        Err(KeyringError { problems })
    }
}

fn one(text: &str, at: usize) -> Result<Zeroizing<[u8; 32]>, SecretKeyProblem> {
    if text.is_empty() {
        return Err(SecretKeyProblem::Empty(at));
    }
    // 64 hexadecimal digits are also base64 (of 48 bytes), so hexadecimal comes first.
    let bytes = hex::decode(text)
        .ok()
        .or_else(|| STANDARD.decode(text).ok())
        .or_else(|| URL_SAFE.decode(text).ok())
        .map(Zeroizing::new)
        .ok_or(SecretKeyProblem::Encoding(at))?;
    let secret: [u8; 32] =
        bytes.as_slice().try_into().map_err(|_| SecretKeyProblem::Length { at, bytes: bytes.len() })?;
    let secret = Zeroizing::new(secret);
    let mut seen = [false; 256];
    secret.iter().for_each(|byte| seen[usize::from(*byte)] = true);
    // 32 random bytes have fewer than 12 different values once in 10^20 draws.
    if seen.iter().filter(|present| **present).count() < 12 {
        return Err(SecretKeyProblem::Weak(at));
    }
    Ok(secret)
}

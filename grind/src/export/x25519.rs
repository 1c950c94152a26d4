//! Private keys of X25519 software: the clamped scalar as WireGuard writes it, and as age does.

use base64::{Engine, prelude::BASE64_STANDARD};
use bech32::{Bech32, Hrp, primitives::decode::CheckedHrpstring};
use zeroize::Zeroizing;

use super::{Format, FormatError, ImportError};
use crate::{secret::ExpandedKey, x25519::key_of};

/// What an age identity starts with.
pub(super) const AGE_BEGIN: &str = "AGE-SECRET-KEY-1";
const AGE: Hrp = Hrp::parse_unchecked("age-secret-key-");
/// Characters of a WireGuard key.
pub(super) const WIREGUARD_LENGTH: usize = 44;

/// The scalar. Software that reads it clamps it, so it must be clamped already.
fn scalar(key: &ExpandedKey, format: Format) -> Result<&[u8; 32], FormatError> {
    if key.is_clamped() { Ok(key.scalar()) } else { Err(FormatError::NotClamped { format }) }
}

/// What `wg genkey` prints.
pub(super) fn wireguard(key: &ExpandedKey) -> Result<Zeroizing<String>, FormatError> {
    scalar(key, Format::Wireguard).map(|scalar| Zeroizing::new(BASE64_STANDARD.encode(scalar)))
}

/// The last line of what `age-keygen` prints.
pub(super) fn age(key: &ExpandedKey) -> Result<Zeroizing<String>, FormatError> {
    let scalar = scalar(key, Format::Age)?;
    // Long enough not to move while it is written.
    let mut text = Zeroizing::new(String::with_capacity(128));
    bech32::encode_upper_to_fmt::<Bech32, _>(&mut *text, AGE, scalar).expect("32 bytes fit, and memory takes them");
    Ok(text)
}

/// The key of a WireGuard private key.
pub(super) fn read_wireguard(text: &str) -> Result<ExpandedKey, ImportError> {
    let damaged = ImportError::Damaged { format: Format::Wireguard, reason: "it is not 32 bytes in base64" };
    let bytes = BASE64_STANDARD.decode(text).map(Zeroizing::new).map_err(|_| damaged)?;
    Ok(key_of((&**bytes).try_into().map_err(|_| damaged)?))
}

/// The key of the first identity in a file of age, whose comments begin with `#`.
pub(super) fn read_age(text: &str) -> Result<ExpandedKey, ImportError> {
    let damaged = |reason| ImportError::Damaged { format: Format::Age, reason };
    let line = text.lines().map(str::trim).find(|line| line.starts_with(AGE_BEGIN));
    let line = line.ok_or(damaged("it has no identity"))?;
    let checked = CheckedHrpstring::new::<Bech32>(line).map_err(|_| damaged("its checksum does not hold"))?;
    if checked.hrp() != AGE || checked.byte_iter().len() != 32 {
        return Err(damaged("its secret is not 32 bytes long"));
    }
    let mut scalar = Zeroizing::new([0; 32]);
    scalar.iter_mut().zip(checked.byte_iter()).for_each(|(to, byte)| *to = byte);
    Ok(key_of(&scalar))
}

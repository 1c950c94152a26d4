//! Secrets as the wallets of Stellar, Aptos and Sui import them.

use bech32::{Bech32, Hrp, primitives::decode::CheckedHrpstring};
use zeroize::Zeroizing;

use super::{Format, ImportError, seed_key};
use crate::{
    secret::SeedKey,
    strkey::{read_strkey, strkey},
};

/// The version of a secret seed of Stellar, whose text begins with `S`.
const STELLAR_SECRET: u8 = 18 << 3;
/// Characters of a strkey.
pub(super) const STELLAR_LENGTH: usize = 56;
/// What an Aptos private key begins with (AIP-80).
pub(super) const APTOS_BEGIN: &str = "ed25519-priv-0x";
/// What a Sui private key begins with (SIP-15).
pub(super) const SUI_BEGIN: &str = "suiprivkey1";
const SUI: Hrp = Hrp::parse_unchecked("suiprivkey");
/// Sui's flag for Ed25519.
const ED25519: u8 = 0;

/// The secret seed, `S` and 55 characters.
pub(super) fn stellar(key: &SeedKey) -> Zeroizing<String> {
    strkey(STELLAR_SECRET, key.seed())
}

/// The seed of a secret seed.
pub(super) fn read_stellar(text: &str) -> Result<SeedKey, ImportError> {
    let damaged = ImportError::Damaged { format: Format::Stellar, reason: "its checksum does not hold" };
    read_strkey(STELLAR_SECRET, text).map(|seed| SeedKey::new(*seed)).ok_or(damaged)
}

/// The seed in hex, after what says so.
pub(super) fn aptos(key: &SeedKey) -> Zeroizing<String> {
    let digits = Zeroizing::new(hex::encode(key.seed()));
    Zeroizing::new([APTOS_BEGIN, &digits].concat())
}

/// The seed of a private key of Aptos.
pub(super) fn read_aptos(text: &str) -> Result<SeedKey, ImportError> {
    let damaged = ImportError::Damaged { format: Format::Aptos, reason: "it is not 64 hexadecimal digits" };
    let digits = text.strip_prefix(APTOS_BEGIN).ok_or(damaged)?;
    let seed = hex::decode(digits).map(Zeroizing::new).map_err(|_| damaged)?;
    seed_key(&seed, Format::Aptos)
}

/// Flag and seed in bech32.
pub(super) fn sui(key: &SeedKey) -> Zeroizing<String> {
    let mut bytes = Zeroizing::new([ED25519; 33]);
    bytes[1..].copy_from_slice(key.seed());
    // Long enough not to move while it is written.
    let mut text = Zeroizing::new(String::with_capacity(128));
    bech32::encode_lower_to_fmt::<Bech32, _>(&mut *text, SUI, &*bytes).expect("33 bytes fit, and memory takes them");
    text
}

/// The seed of a private key of Sui.
pub(super) fn read_sui(text: &str) -> Result<SeedKey, ImportError> {
    const FORMAT: Format = Format::Sui;
    let damaged = |reason| ImportError::Damaged { format: FORMAT, reason };
    let checked = CheckedHrpstring::new::<Bech32>(text).map_err(|_| damaged("its checksum does not hold"))?;
    if checked.hrp() != SUI || checked.byte_iter().len() != 33 {
        return Err(damaged("it is not a flag and 32 bytes"));
    }
    let mut bytes = Zeroizing::new([0; 33]);
    bytes.iter_mut().zip(checked.byte_iter()).for_each(|(to, byte)| *to = byte);
    match bytes.split_first() {
        Some((&ED25519, seed)) => seed_key(seed, FORMAT),
        _ => Err(ImportError::NotEd25519 { format: FORMAT }),
    }
}

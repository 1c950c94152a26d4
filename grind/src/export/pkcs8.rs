//! PKCS#8 private keys in PEM (RFC 5958, RFC 8410), version 1, which holds the seed alone.

use zeroize::Zeroizing;

use super::{Format, ImportError, pem, seed_key};
use crate::secret::SeedKey;

const LABEL: &str = "PRIVATE KEY";
/// The first line.
pub(super) const BEGIN: &str = "-----BEGIN PRIVATE KEY-----";

/// DER up to the seed: SEQUENCE { INTEGER 0, SEQUENCE { OID 1.3.101.112 }, OCTET STRING { OCTET STRING { seed } } }.
const HEADER: [u8; 16] =
    [0x30, 0x2e, 0x02, 0x01, 0x00, 0x30, 0x05, 0x06, 0x03, 0x2b, 0x65, 0x70, 0x04, 0x22, 0x04, 0x20];
/// Where the algorithm stands in the header.
const ALGORITHM: std::ops::Range<usize> = 5..12;

/// The key.
pub(super) fn write(key: &SeedKey) -> Zeroizing<String> {
    let mut der = Zeroizing::new(Vec::with_capacity(48));
    der.extend_from_slice(&HEADER);
    der.extend_from_slice(key.seed());
    pem::write(LABEL, 64, &der)
}

/// The key of a file as [`write`] makes it, which is also what OpenSSL writes.
pub(super) fn read(text: &str) -> Result<SeedKey, ImportError> {
    let der = pem::read(LABEL, text, Format::Pkcs8)?;
    match der.strip_prefix(&HEADER) {
        Some(seed) => seed_key(seed, Format::Pkcs8),
        None if der.get(ALGORITHM) != HEADER.get(ALGORITHM) => Err(ImportError::NotEd25519 { format: Format::Pkcs8 }),
        None => Err(ImportError::Damaged { format: Format::Pkcs8, reason: "it is not a version 1 private key" }),
    }
}

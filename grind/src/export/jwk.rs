//! JSON Web Keys of type OKP (RFC 8037): `x` is the public key, `d` the seed, both in base64url.

use base64::{Engine, prelude::BASE64_URL_SAFE_NO_PAD};
use serde::{Deserialize, Serialize};
use zeroize::Zeroizing;

use super::{Format, ImportError, json, seed_key, with_public};
use crate::secret::SeedKey;

/// The key.
pub(super) fn write(key: &SeedKey) -> Zeroizing<String> {
    let d = Zeroizing::new(BASE64_URL_SAFE_NO_PAD.encode(key.seed()));
    let x = BASE64_URL_SAFE_NO_PAD.encode(key.public_key());
    json(&Jwk { kty: Some("OKP"), crv: Some("Ed25519"), x: Some(&x), d: Some(&d) })
}

#[derive(Serialize, Deserialize)]
struct Jwk<'a> {
    kty: Option<&'a str>,
    crv: Option<&'a str>,
    x: Option<&'a str>,
    d: Option<&'a str>,
}

/// The key, whatever other members there are.
pub(super) fn read(text: &str) -> Result<SeedKey, ImportError> {
    const FORMAT: Format = Format::Jwk;
    let damaged = |reason| ImportError::Damaged { format: FORMAT, reason };
    let jwk: Jwk<'_> = serde_json::from_str(text).map_err(|_| damaged("it is not a JSON Web Key"))?;
    if jwk.kty.is_none() {
        return Err(ImportError::Unknown);
    }
    if (jwk.kty, jwk.crv) != (Some("OKP"), Some("Ed25519")) {
        return Err(ImportError::NotEd25519 { format: FORMAT });
    }
    let decode = |text: &str| BASE64_URL_SAFE_NO_PAD.decode(text).map(Zeroizing::new);
    let d = jwk.d.ok_or(damaged("it has no private part (d)"))?;
    let seed = decode(d).map_err(|_| damaged("d is not base64url"))?;
    let x = jwk.x.and_then(|x| decode(x).ok()).ok_or(damaged("x is missing or not base64url"))?;
    with_public(seed_key(&seed, FORMAT)?, &x, FORMAT)
}

//! The API's access token: a JWT (RFC 7519) signed with HS256. Made and checked here without any database; whether it
//! still counts is decided by the row of its `jti`.

use base64::{Engine, engine::general_purpose::URL_SAFE_NO_PAD as BASE64};
use hmac::{Hmac, KeyInit, Mac};
use serde::{Deserialize, Serialize};
use sha2::Sha256;
use uuid::Uuid;

use crate::{
    custody::{KeyId, Keyring, keyring::SecretKey},
    domain::time::Timestamp,
};

/// What a token says.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub(super) struct Claims {
    /// Who gave it out: the service's public address.
    pub(super) iss: String,
    /// The user.
    pub(super) sub: Uuid,
    /// The token's own id.
    pub(super) jti: Uuid,
    /// When it was given out, in seconds.
    pub(super) iat: i64,
    /// When it ends, in seconds.
    pub(super) exp: i64,
}

const HEADER_HEAD: &str = r#"{"alg":"HS256","typ":"JWT","kid":""#;
const HEADER_TAIL: &str = r#""}"#;
/// Ours have some 330 bytes; nothing longer is looked at.
const MOST: usize = 1024;

/// The token with these claims.
pub(super) fn sign(keyring: &Keyring, claims: &Claims) -> Result<String, serde_json::Error> {
    let key = keyring.jwt_key();
    let header = BASE64.encode(format!("{HEADER_HEAD}{}{HEADER_TAIL}", key.id()));
    let payload = BASE64.encode(serde_json::to_vec(claims)?);
    let message = format!("{header}.{payload}");
    let signature = BASE64.encode(mac(key, &message).finalize().into_bytes());
    Ok(format!("{message}.{signature}"))
}

/// The claims of a token that one of our keys signed for this issuer and that has not ended by `now`.
pub(super) fn verify(keyring: &Keyring, issuer: &str, token: &str, now: Timestamp) -> Option<Claims> {
    if token.len() > MOST {
        return None;
    }
    let (message, signature) = token.rsplit_once('.')?;
    let (header, payload) = message.split_once('.')?;
    // The header is compared with the one we write, so there is no algorithm to choose.
    let header = String::from_utf8(BASE64.decode(header).ok()?).ok()?;
    let id: KeyId = header.strip_prefix(HEADER_HEAD)?.strip_suffix(HEADER_TAIL)?.parse().ok()?;
    let signature = BASE64.decode(signature).ok()?;
    mac(keyring.jwt_key_of(id)?, message).verify_slice(&signature).ok()?;
    let claims: Claims = serde_json::from_slice(&BASE64.decode(payload).ok()?).ok()?;
    (claims.iss == issuer && claims.exp > now.seconds()).then_some(claims)
}

fn mac(key: &SecretKey, message: &str) -> Hmac<Sha256> {
    // HMAC takes keys of any length; ours have 32 bytes.
    let mut mac = Hmac::new_from_slice(key.expose()).expect("HMAC takes keys of any length");
    mac.update(message.as_bytes());
    mac
}

#[cfg(test)]
mod tests {
    use super::*;

    const OLD: &str = "9f86d081884c7d659a2feaa0c55ad015a3bf4f1b2b0b822cd15d6c15b0f00a08";
    const NEW: &str = "60303ae22b998861bce3b28f33eec1be758a213c86c93c076dbe9f558c11c752";
    const ISSUER: &str = "https://keys.example.org";

    fn claims() -> Claims {
        Claims { iss: ISSUER.to_owned(), sub: Uuid::now_v7(), jti: Uuid::now_v7(), iat: 1_000, exp: 2_000 }
    }

    fn at(seconds: i64) -> Timestamp {
        Timestamp::from_micros(seconds * 1_000_000)
    }

    #[test]
    fn tokens_read_back_until_they_end_and_after_a_key_is_rotated() {
        let old = Keyring::parse(OLD).unwrap();
        let token = sign(&old, &claims()).unwrap();
        assert!(verify(&old, ISSUER, &token, at(1_999)).is_some());
        assert_eq!(verify(&old, ISSUER, &token, at(2_000)), None);
        assert_eq!(verify(&old, "https://other.example.org", &token, at(1_500)), None);
        let rotated = Keyring::parse(&format!("{NEW},{OLD}")).unwrap();
        assert!(verify(&rotated, ISSUER, &token, at(1_500)).is_some());
        assert_eq!(verify(&Keyring::parse(NEW).unwrap(), ISSUER, &token, at(1_500)), None);
    }

    #[test]
    fn anything_changed_is_refused() {
        let keyring = Keyring::parse(OLD).unwrap();
        let token = sign(&keyring, &claims()).unwrap();
        for place in 0..token.len() {
            let mut bytes = token.clone().into_bytes();
            bytes[place] = if bytes[place] == b'A' { b'B' } else { b'A' };
            let changed = String::from_utf8(bytes).unwrap();
            assert_eq!(verify(&keyring, ISSUER, &changed, at(1_500)), None, "{place}: {changed}");
        }
        let (message, _) = token.rsplit_once('.').unwrap();
        let (_, payload) = message.split_once('.').unwrap();
        let none = BASE64.encode(r#"{"alg":"none","typ":"JWT"}"#);
        for forged in
            [format!("{none}.{payload}."), format!("{message}."), message.to_owned(), String::new(), ".".repeat(2_000)]
        {
            assert_eq!(verify(&keyring, ISSUER, &forged, at(1_500)), None, "{forged}");
        }
    }
}

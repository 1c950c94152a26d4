//! The header `Stripe-Signature`, by which we know that a webhook comes from Stripe:
//! `t=TIMESTAMP,v1=HMAC-SHA256(secret, "TIMESTAMP.BODY")` over the bytes as they came, one `v1` for every secret that
//! the endpoint has at that time. Other schemes, such as the tests' `v0`, count for nothing.

use hmac::{Hmac, KeyInit, Mac};
use sha2::Sha256;

use crate::{domain::time::Timestamp, secret::Secret};

/// A signature may be this much older or newer than our clock, in seconds.
const TOLERANCE: i64 = 300;

/// The scheme that counts.
const SCHEME: &str = "v1";

/// Why a webhook is not taken for Stripe's.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum SignatureError {
    /// There is no header.
    #[error("there is no Stripe-Signature")]
    Absent,
    /// The header has no time, or more than one, or what is none.
    #[error("Stripe-Signature has no timestamp")]
    NoTime,
    /// The header has no signature of the scheme that counts.
    #[error("Stripe-Signature has no v1 signature")]
    NoSignature,
    /// Too old or too far ahead: somebody may be sending again what they overheard.
    #[error("the timestamp of Stripe-Signature is more than {TOLERANCE} seconds from now")]
    WrongTime,
    /// It was made with another secret, or for another body.
    #[error("Stripe-Signature is not by a secret of this endpoint over this body")]
    Mismatch,
}

/// Checks the header over a body as it came.
///
/// # Errors
/// [`SignatureError`].
pub fn verify(secrets: &[Secret], header: Option<&str>, body: &[u8], now: Timestamp) -> Result<(), SignatureError> {
    let (time, signatures) = parse(header.ok_or(SignatureError::Absent)?)?;
    let seconds = now.micros().div_euclid(1_000_000);
    let seconds_away = time.parse::<i64>().map_err(|_| SignatureError::NoTime)?.abs_diff(seconds);
    let fits = |signature: &[u8]| secrets.iter().any(|secret| is_by(secret, time, body, signature));
    if !signatures.iter().any(|signature| fits(signature)) {
        return Err(SignatureError::Mismatch);
    }
    if seconds_away > TOLERANCE.unsigned_abs() { Err(SignatureError::WrongTime) } else { Ok(()) }
}

/// The time as it is written, and the signatures that can be ones.
fn parse(header: &str) -> Result<(&str, Vec<Vec<u8>>), SignatureError> {
    let parts = || header.split(',').filter_map(|part| part.trim().split_once('='));
    let mut times = parts().filter(|(name, _)| *name == "t").map(|(_, value)| value);
    let (Some(time), None) = (times.next(), times.next()) else { return Err(SignatureError::NoTime) };
    let signatures: Vec<Vec<u8>> =
        parts().filter(|(name, _)| *name == SCHEME).map(|(_, value)| hex::decode(value).unwrap_or_default()).collect();
    if signatures.is_empty() { Err(SignatureError::NoSignature) } else { Ok((time, signatures)) }
}

/// Compares in constant time.
fn is_by(secret: &Secret, time: &str, body: &[u8], signature: &[u8]) -> bool {
    let Ok(mut mac) = Hmac::<Sha256>::new_from_slice(secret.expose().as_bytes()) else { return false };
    mac.update(time.as_bytes());
    mac.update(b".");
    mac.update(body);
    mac.verify_slice(signature).is_ok()
}

#[cfg(test)]
mod tests {
    use super::*;

    const NOW: Timestamp = Timestamp::from_micros(1_700_000_000_500_000);
    /// `printf '1700000000.{}' | openssl dgst -sha256 -hmac whsec_test`
    const RIGHT: &str = "v1=35495024f4ef3f94e5a93e22221544c4b75e9a42300cd965ab81cb85cd994e91";

    fn secrets(all: &[&str]) -> Vec<Secret> {
        all.iter().map(|secret| Secret::new(*secret)).collect()
    }

    fn check(header: &str) -> Result<(), SignatureError> {
        verify(&secrets(&["whsec_test"]), Some(header), b"{}", NOW)
    }

    #[test]
    fn what_stripe_signs_is_taken() {
        let wrong = format!("v1={}", "0".repeat(64));
        for header in [
            format!("t=1700000000,{RIGHT}"),
            format!("t=1700000000, {RIGHT}"),
            format!("{RIGHT},t=1700000000"),
            format!("t=1700000000,{wrong},{RIGHT}"),
            format!("t=1700000000,{RIGHT},{wrong}"),
            format!("t=1700000000,v1=nothex,v0=abc,{RIGHT},v2=x,odd"),
        ] {
            assert_eq!(check(&header), Ok(()), "{header}");
        }
        let header = format!("t=1700000000,{RIGHT}");
        let both = secrets(&["whsec_old", "whsec_test"]);
        assert_eq!(verify(&both, Some(&header), b"{}", NOW), Ok(()));
    }

    #[test]
    fn everything_else_is_refused_by_name() {
        let v0 = RIGHT.replace("v1", "v0");
        for (header, error) in [
            (String::new(), SignatureError::NoTime),
            (RIGHT.to_owned(), SignatureError::NoTime),
            (format!("t=soon,{RIGHT}"), SignatureError::NoTime),
            (format!("t=1700000000,t=1700000001,{RIGHT}"), SignatureError::NoTime),
            ("t=1700000000".to_owned(), SignatureError::NoSignature),
            (format!("t=1700000000,{v0}"), SignatureError::NoSignature),
            ("t=1700000000,v1=".to_owned(), SignatureError::Mismatch),
            (format!("t=1700000000,{}", &RIGHT[..RIGHT.len() - 2]), SignatureError::Mismatch),
            (format!("t=1700000001,{RIGHT}"), SignatureError::Mismatch),
            (format!("t=01700000000,{RIGHT}"), SignatureError::Mismatch),
        ] {
            assert_eq!(check(&header), Err(error), "{header}");
        }
        let header = format!("t=1700000000,{RIGHT}");
        let by = |secrets: &[Secret], body: &[u8]| verify(secrets, Some(&header), body, NOW);
        assert_eq!(by(&secrets(&["whsec_test"]), b"{ }"), Err(SignatureError::Mismatch));
        assert_eq!(by(&secrets(&["whsec_other"]), b"{}"), Err(SignatureError::Mismatch));
        assert_eq!(by(&[], b"{}"), Err(SignatureError::Mismatch));
        assert_eq!(verify(&secrets(&["whsec_test"]), None, b"{}", NOW), Err(SignatureError::Absent));
    }

    #[test]
    fn five_minutes_are_allowed_either_way() {
        let header = format!("t=1700000000,{RIGHT}");
        let at = |seconds: i64| {
            let now = Timestamp::from_micros((1_700_000_000 + seconds) * 1_000_000);
            verify(&secrets(&["whsec_test"]), Some(&header), b"{}", now)
        };
        assert_eq!((at(300), at(-300)), (Ok(()), Ok(())));
        assert_eq!((at(301), at(-301)), (Err(SignatureError::WrongTime), Err(SignatureError::WrongTime)));
    }
}

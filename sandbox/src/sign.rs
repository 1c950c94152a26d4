//! Stripe's webhook signature: `t=TIMESTAMP,v1=HMAC-SHA256(secret, "TIMESTAMP.BODY")`, one `v1` for every secret.

use hmac::{Hmac, KeyInit, Mac};
use sha2::Sha256;

/// The header `Stripe-Signature` for a body, with every secret that is valid at the moment.
#[must_use]
pub fn header(secrets: &[&str], timestamp: i64, body: &[u8]) -> String {
    let mut header = format!("t={timestamp}");
    for secret in secrets {
        header.push_str(",v1=");
        header.push_str(&digest(secret, timestamp, body));
    }
    header
}

/// The hexadecimal signature under one secret.
fn digest(secret: &str, timestamp: i64, body: &[u8]) -> String {
    #[expect(clippy::unwrap_used, reason = "HMAC takes keys of every length")]
    let mut mac = Hmac::<Sha256>::new_from_slice(secret.as_bytes()).unwrap();
    mac.update(timestamp.to_string().as_bytes());
    mac.update(b".");
    mac.update(body);
    hex::encode(mac.finalize().into_bytes())
}

#[cfg(test)]
mod tests {
    use super::header;

    /// `printf '1700000000.{}' | openssl dgst -sha256 -hmac whsec_test`
    #[test]
    fn it_is_the_hmac_of_time_and_body() {
        let one = "v1=35495024f4ef3f94e5a93e22221544c4b75e9a42300cd965ab81cb85cd994e91";
        assert_eq!(header(&["whsec_test"], 1_700_000_000, b"{}"), format!("t=1700000000,{one}"));
        assert!(header(&["other", "whsec_test"], 1_700_000_000, b"{}").ends_with(one));
    }
}

use ed25519_dalek::{Signature, Verifier, VerifyingKey};
use standardwebhooks::Webhook;

use super::*;

fn keyring(setting: &str) -> Keyring {
    Keyring::parse(setting).unwrap()
}

fn master(byte: u8) -> String {
    (0..32).map(|i| format!("{:02x}", byte.wrapping_mul(31).wrapping_add(i * 7))).collect()
}

#[test]
fn keys_open_for_their_endpoint_only_and_after_a_rotation() {
    let (old, new) = (master(1), master(2));
    let endpoint = Uuid::now_v7();
    let keys = WebhookKeys::generate();
    let stored = keys.seal(&keyring(&old), endpoint);
    let rotated = keyring(&format!("{new},{old}"));
    let opened = WebhookKeys::open(&rotated, &stored, endpoint).unwrap();
    assert_eq!(opened.secret().expose(), keys.secret().expose());
    assert_eq!(opened.public_key(), keys.public_key());
    let other = WebhookKeys::open(&rotated, &stored, Uuid::now_v7());
    assert_eq!(other.unwrap_err(), WebhookKeysError::Mismatch);
    let without = WebhookKeys::open(&keyring(&new), &stored, endpoint);
    assert!(matches!(without.unwrap_err(), WebhookKeysError::UnknownKey(_)));
    assert_eq!(WebhookKeys::open(&rotated, &stored[1..], endpoint).unwrap_err(), WebhookKeysError::Form);
}

#[test]
fn every_changed_byte_is_noticed() {
    let ring = keyring(&master(3));
    let endpoint = Uuid::now_v7();
    let stored = WebhookKeys::generate().seal(&ring, endpoint);
    for place in 0..stored.len() {
        let mut changed = stored.clone();
        changed[place] ^= 1;
        assert!(WebhookKeys::open(&ring, &changed, endpoint).is_err(), "byte {place}");
    }
}

#[test]
fn the_reference_library_makes_the_same_symmetric_signature() {
    let keys = WebhookKeys::generate();
    let theirs = Webhook::new(keys.secret().expose()).unwrap().sign("msg", 1_700_000_000, b"{\"a\":1}").unwrap();
    let ours = keys.signatures("msg", 1_700_000_000, "{\"a\":1}");
    assert_eq!(ours.split(' ').next(), Some(theirs.as_str()));
}

#[test]
fn the_public_key_checks_the_other_signature() {
    let keys = WebhookKeys::generate();
    let ours = keys.signatures("msg", 1_700_000_000, "{}");
    let signature = ours.split(" v1a,").nth(1).unwrap();
    let signature = Signature::from_slice(&BASE64.decode(signature).unwrap()).unwrap();
    let public = public_key_text(&keys.public_key());
    let public: [u8; 32] = BASE64.decode(public.strip_prefix("whpk_").unwrap()).unwrap().try_into().unwrap();
    let public = VerifyingKey::from_bytes(&public).unwrap();
    assert!(public.verify(b"msg.1700000000.{}", &signature).is_ok());
    assert!(public.verify(b"msg.1700000001.{}", &signature).is_err());
}

#[test]
fn nothing_secret_is_printed() {
    let keys = WebhookKeys::generate();
    assert_eq!(format!("{keys:?} {:?}", keys.secret()), "WebhookKeys(..) Secret");
}

//! Known answers of an independent implementation, and signatures that hold for what was signed only.

use ed25519_dalek::SigningKey;
use proptest::prelude::*;
use time::macros::datetime;

use super::*;
use crate::custody::fixtures::*;
use crate::custody::keyring::Keyring;

const EXPIRES: OffsetDateTime = datetime!(2026-03-01 12:10 UTC);

fn signed() -> SignedCommitment {
    SignedCommitment::sign(&service_share(), COMMITMENT_ID, EXPIRES, keyring().receipt_signer()).unwrap()
}

#[test]
fn python_comes_to_the_same() {
    assert_eq!(commitment(&service_share(), COMMITMENT_ID).to_string(), PYTHON_COMMITMENT);
    assert_eq!(client_share_hash(&client_share()).to_string(), PYTHON_CLIENT_SHARE_HASH);
    let seed = derive_seed(&service_share(), &client_share(), COMMITMENT_ID);
    assert_eq!(hex::encode(seed.seed()), PYTHON_SEED);
    assert_eq!(hex::encode(seed.public_key()), PYTHON_PUBLIC_KEY);
    assert_eq!(
        signed().signature.to_string(),
        "e0cc7b3c63ef4e4cc442f912ac03c1646e2b8b5e38957bd5c5e97e45e8e690df003e9ea1bace42d9189e77c53810cac1a12839e66476cb092c9e7a6cb24dfb07"
    );
}

#[test]
fn the_answer_has_the_documented_members() {
    assert_eq!(
        serde_json::to_value(signed()).unwrap(),
        serde_json::json!({
            "commitmentId": "0190a0b0-c0d0-7e0f-8a1b-2c3d4e5f6071",
            "commitment": PYTHON_COMMITMENT,
            "expiresAt": "2026-03-01T12:10:00Z",
            "signature": signed().signature.to_string(),
        })
    );
}

#[test]
fn signatures_hold_for_any_published_key_and_no_other() {
    let keys = keyring().receipt_keys();
    signed().verify(&keys).unwrap();
    let rotated = Keyring::parse(&format!("{OLDER_MASTER},{MASTER}")).unwrap();
    signed().verify(&rotated.receipt_keys()).unwrap();
    let others = Keyring::parse(OLDER_MASTER).unwrap().receipt_keys();
    assert!(matches!(signed().verify(&others), Err(CommitmentError::Signature)));
}

#[test]
fn what_was_changed_on_the_way_does_not_verify() {
    let keys = keyring().receipt_keys();
    let text = serde_json::to_string(&signed()).unwrap();
    for changed in with_one_bit_changed(&text) {
        if let Ok(read) = serde_json::from_str::<SignedCommitment>(&changed) {
            // Another spelling of the same id or time is the same promise.
            assert!(read == signed() || read.verify(&keys).is_err(), "{changed}");
        }
    }
}

#[test]
fn another_zone_is_the_same_moment() {
    let zoned = EXPIRES.to_offset(time::macros::offset!(+2));
    let again = SignedCommitment::sign(&service_share(), COMMITMENT_ID, zoned, keyring().receipt_signer()).unwrap();
    assert_eq!(again, signed());
    again.verify(&keyring().receipt_keys()).unwrap();
}

#[test]
fn shares_read_back_and_do_not_print() {
    let share = client_share();
    assert_eq!(ClientShare::from_hex(&share.to_hex()).unwrap().expose(), share.expose());
    assert!(ClientShare::from_hex("00").is_none());
    assert!(ClientShare::from_hex(&"zz".repeat(32)).is_none());
    assert_eq!(format!("{share:?} {:?}", service_share()), "ClientShare(..) ServiceShare(..)");
    assert_ne!(ServiceShare::draw().expose(), ServiceShare::draw().expose());
}

proptest! {
    /// The derivations again, through BLAKE3's other interface and over one buffer.
    #[test]
    fn derivations_are_over_the_plain_concatenation(s in any::<[u8; 32]>(), c in any::<[u8; 32]>(), id in any::<[u8; 16]>()) {
        let (service, client, uuid) = (ServiceShare::from_bytes(s), ClientShare::from_bytes(c), Uuid::from_bytes(id));
        let seed = blake3::derive_key("vanikeys pull seed v1", &[&s[..], &c, &id].concat());
        prop_assert_eq!(*derive_seed(&service, &client, uuid).seed(), seed);
        prop_assert_eq!(
            derive_seed(&service, &client, uuid).public_key(),
            SigningKey::from_bytes(&seed).verifying_key().to_bytes()
        );
        prop_assert_eq!(commitment(&service, uuid).0, blake3::derive_key("vanikeys pull commitment v1", &[&s[..], &id].concat()));
        prop_assert_eq!(client_share_hash(&client).0, blake3::derive_key("vanikeys pull client share v1", &c));
    }
}

//! The setting and its problems, known answers of every derived key, rotation.

use proptest::prelude::*;

use super::*;
use crate::custody::fixtures::{MASTER, OLDER_MASTER, keyring};

fn problems(setting: &str) -> Vec<SecretKeyProblem> {
    Keyring::parse(setting).unwrap_err().problems
}

#[test]
fn keys_are_those_that_python_derives() {
    let keyring = keyring();
    assert_eq!(keyring.receipt_signer().id().to_string(), "2d01602efde279f7");
    assert_eq!(
        keyring.receipt_signer().public_key().to_string(),
        "4fcbb4bcbb3e12c355c3ebd2c4ad3c973b9eef5c44769bd40555f4f260f0edce"
    );
    assert_eq!(keyring.slice_signer().id().to_string(), "5aa91e6e569eac08");
    assert_eq!(keyring.slice_keys()[0].to_string(), "2c24e81d7f29cfa41f97c20d19c69402fa10e7af028a927f2594fef29d21779b");
    assert_eq!(
        hex::encode(keyring.recipient().point()),
        "8638d9b0187a1a271f3c1cb90e216c509fbd8ed606b0cacea3f103820068c161"
    );
    assert_eq!(
        hex::encode(keyring.share_key().expose()),
        "553ee82949764f20e9719b08bff059322386b34ba5f7928e1b56a54b960139df"
    );
    assert_eq!(
        hex::encode(keyring.jwt_key().expose()),
        "a34dcaf64b4a48e8df174aab61f8c4546de2c68ab7e1973622e50dc608934711"
    );
    assert_eq!(
        hex::encode(keyring.credential_hash(HashPurpose::Session, b"a session")),
        "37cfaf51b220075b0b630bdc209a0f8e86aa6506b12dc516546c62a0960ccdcb"
    );
}

#[test]
fn every_written_form_of_a_secret_is_taken() {
    use base64::Engine;
    use base64::engine::general_purpose as forms;
    let bytes = hex::decode(MASTER).unwrap();
    let expected = keyring().receipt_signer().id();
    for text in [
        MASTER.to_uppercase(),
        format!("  {MASTER}\n"),
        forms::STANDARD.encode(&bytes),
        forms::STANDARD_NO_PAD.encode(&bytes),
        forms::URL_SAFE.encode(&bytes),
        forms::URL_SAFE_NO_PAD.encode(&bytes),
        Keyring::parse(MASTER).map(|_| MASTER.to_owned()).unwrap(),
    ] {
        assert_eq!(Keyring::parse(&text).unwrap().receipt_signer().id(), expected);
    }
}

#[test]
fn every_problem_is_listed_and_no_secret_shown() {
    assert_eq!(problems(""), [SecretKeyProblem::Missing]);
    assert_eq!(problems(" \n"), [SecretKeyProblem::Missing]);
    let setting = format!("{MASTER},,not-a-secret!,abcd,{}, {MASTER}", "00".repeat(32));
    let error = Keyring::parse(&setting).unwrap_err();
    assert_eq!(
        error.problems,
        [
            SecretKeyProblem::Empty(2),
            SecretKeyProblem::Encoding(3),
            SecretKeyProblem::Length { at: 4, bytes: 2 },
            SecretKeyProblem::Weak(5),
            SecretKeyProblem::Repeated { at: 6, first: 1 },
        ]
    );
    let shown = format!("{error} {error:?}");
    for secret in [MASTER, "not-a-secret", "abcd", "0000"] {
        assert!(!shown.contains(secret), "{shown}");
    }
}

#[test]
fn a_fresh_setting_is_accepted() {
    let setting = Keyring::generate_setting();
    assert_eq!(setting.len(), 64);
    assert!(Keyring::parse(&setting).is_ok());
    assert_ne!(setting, Keyring::generate_setting());
}

#[test]
fn older_secrets_are_found_by_id_and_the_first_makes_what_is_new() {
    let (new, old) = (keyring(), Keyring::parse(OLDER_MASTER).unwrap());
    let both = Keyring::parse(&format!("{MASTER},{OLDER_MASTER}")).unwrap();
    assert_eq!(both.receipt_signer().id(), new.receipt_signer().id());
    assert_eq!(both.recipient(), new.recipient());
    assert_eq!(both.share_key_of(old.share_key().id()).unwrap().expose(), old.share_key().expose());
    assert_eq!(both.jwt_key_of(old.jwt_key().id()).unwrap().expose(), old.jwt_key().expose());
    assert!(new.share_key_of(old.share_key().id()).is_none());
    assert!(new.jwt_key_of(old.jwt_key().id()).is_none());
    assert_eq!(both.slice_keys(), [new.slice_keys(), old.slice_keys()].concat());
    assert_eq!(
        both.credential_hashes(HashPurpose::ApiKey, b"k"),
        [new.credential_hash(HashPurpose::ApiKey, b"k"), old.credential_hash(HashPurpose::ApiKey, b"k")]
    );
}

#[test]
fn purposes_do_not_share_hashes() {
    let keyring = keyring();
    let hashes = [HashPurpose::Session, HashPurpose::EmailToken, HashPurpose::ApiKey]
        .map(|purpose| keyring.credential_hash(purpose, b"the same"));
    assert!(hashes[0] != hashes[1] && hashes[1] != hashes[2] && hashes[0] != hashes[2]);
}

#[test]
fn the_published_list_names_current_old_and_retired_keys() {
    let both = Keyring::parse(&format!("{MASTER},{OLDER_MASTER}")).unwrap();
    let retired = Keyring::parse(&Keyring::generate_setting()).unwrap().receipt_signer().public_key();
    let known = both.receipt_signer().public_key();
    let list = both.receipt_keys().with_retired([retired, known, retired]);
    assert_eq!(list.keys.iter().map(|key| key.current).collect::<Vec<_>>(), [true, false, false]);
    let json = serde_json::to_value(&list).unwrap();
    assert_eq!(
        json["keys"][0],
        serde_json::json!({
            "keyId": "2d01602efde279f7",
            "algorithm": "Ed25519",
            "publicKey": "4fcbb4bcbb3e12c355c3ebd2c4ad3c973b9eef5c44769bd40555f4f260f0edce",
            "current": true
        })
    );
    assert_eq!(serde_json::from_value::<ReceiptKeys>(json).unwrap(), list);
    assert_eq!(list.find(KeyId::of_public(retired.as_bytes())).unwrap().to_bytes(), *retired.as_bytes());
}

#[test]
fn an_entry_under_a_false_id_is_passed_over() {
    let mut list = keyring().receipt_keys();
    let id = list.keys[0].key_id;
    list.keys[0].public_key = Keyring::parse(OLDER_MASTER).unwrap().receipt_signer().public_key();
    assert!(list.find(id).is_none());
    // The identity point verifies anything in lax checkers.
    let mut identity = [0u8; 32];
    identity[0] = 1;
    let list = ReceiptKeys::new(vec![ReceiptKey::new(identity.into(), true)]);
    assert!(list.find(list.keys[0].key_id).is_none());
}

#[test]
fn debug_shows_ids_only() {
    let keyring = keyring();
    let shown = format!("{keyring:?} {:?} {:?} {:?}", keyring.receipt_signer(), keyring.share_key(), keyring.jwt_key());
    assert!(shown.contains("2d01602efde279f7"));
    for secret in [MASTER, &hex::encode(keyring.share_key().expose()), &hex::encode(keyring.jwt_key().expose())] {
        assert!(!shown.contains(&secret[..12]), "{shown}");
    }
}

proptest! {
    #[test]
    fn hostile_settings_never_panic(setting in "\\PC{0,120}") {
        let _ = Keyring::parse(&setting);
    }
}

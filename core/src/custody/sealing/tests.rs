//! Sealing round trips, the service's own identity, hostile files.

use proptest::prelude::*;

use super::*;
use crate::custody::fixtures::*;

#[test]
fn armor_is_ascii_in_lines_of_64_and_reads_back() {
    let sealed = seal(&[7; 1000], &recipient()).unwrap();
    let armor = sealed.armor();
    assert!(armor.is_ascii() && armor.lines().all(|line| line.len() <= 64));
    assert!(armor.starts_with("-----BEGIN AGE ENCRYPTED FILE-----\n"));
    assert!(armor.ends_with("-----END AGE ENCRYPTED FILE-----\n"));
    assert_eq!(SealedFile::from_any(armor.as_bytes()).unwrap(), sealed);
    assert_eq!(SealedFile::from_any(sealed.as_bytes()).unwrap(), sealed);
    let json = serde_json::to_string(&sealed).unwrap();
    assert_eq!(serde_json::from_str::<SealedFile>(&json).unwrap(), sealed);
}

#[test]
fn nobody_else_opens_it() {
    let sealed = seal(b"a key file", &recipient()).unwrap();
    assert_eq!(open(sealed.as_bytes(), &Identity::generate()), Err(OpenError::NoMatchingIdentity));
    assert_eq!(open_with(sealed.as_bytes(), []), Err(OpenError::NoMatchingIdentity));
}

#[test]
fn a_change_of_any_bit_is_noticed() {
    let identity = Identity::generate();
    let sealed = seal(b"a key file", identity.recipient()).unwrap();
    for bit in 0..8 * sealed.as_bytes().len() {
        let mut changed = sealed.as_bytes().to_vec();
        changed[bit / 8] ^= 1 << (bit % 8);
        assert!(open(&changed, &identity).is_err(), "bit {bit}");
    }
    for length in 0..sealed.as_bytes().len() {
        assert!(open(&sealed.as_bytes()[..length], &identity).is_err(), "cut at {length}");
    }
}

#[test]
fn other_files_are_refused_by_name() {
    let identity = Identity::generate();
    for file in [b"".as_slice(), b"hello", b"age-encryption.org/v2\n", b"-----BEGIN PRIVATE KEY-----\n"] {
        assert_eq!(open(file, &identity), Err(OpenError::NotAge));
    }
    let sealed = seal(b"a key file", identity.recipient()).unwrap();
    let broken = sealed.armor().replace("-----END", "-----DNE");
    assert_eq!(open(broken.as_bytes(), &identity), Err(OpenError::Damaged));
    let huge = [sealed.as_bytes(), &[0; 2 * MAX_SEALED_BYTES]].concat();
    assert_eq!(open(&huge, &identity), Err(OpenError::TooLarge(huge.len())));
    assert_eq!(SealedFile::from_binary(huge.clone()), Err(OpenError::TooLarge(huge.len())));
}

#[test]
fn a_file_with_a_passphrase_costs_nothing() {
    let file = age::encrypt(&age::scrypt::Recipient::new("pass".to_owned().into()), b"x").unwrap();
    assert!(open(&file, &Identity::generate()).is_err());
}

#[test]
fn the_largest_plaintext_fits_and_one_more_does_not() {
    let identity = Identity::generate();
    let largest = vec![1u8; MAX_SEALED_BYTES - 1024];
    let sealed = seal(&largest, identity.recipient()).unwrap();
    assert!(sealed.as_bytes().len() <= MAX_SEALED_BYTES);
    assert_eq!(open(sealed.armor().as_bytes(), &identity).unwrap().as_slice(), largest);
    let json = serde_json::to_string(&sealed).unwrap();
    assert_eq!(serde_json::from_str::<SealedFile>(&json).unwrap(), sealed);
    let more = vec![1u8; largest.len() + 1];
    assert!(matches!(seal(&more, identity.recipient()), Err(SealError::TooLarge(_))));
}

#[test]
fn the_service_opens_its_own_and_says_when_to_seal_again() {
    let sealed = seal_to_service(b"a key file", &keyring()).unwrap();
    let opened = open_service(sealed.as_bytes(), &keyring()).unwrap();
    assert!(!opened.needs_resealing);
    let rotated = Keyring::parse(&format!("{OLDER_MASTER},{MASTER}")).unwrap();
    let opened = open_service(sealed.as_bytes(), &rotated).unwrap();
    assert!(opened.needs_resealing);
    let again = seal_to_service(&opened.plaintext, &rotated).unwrap();
    assert!(!open_service(again.as_bytes(), &rotated).unwrap().needs_resealing);
    let gone = Keyring::parse(OLDER_MASTER).unwrap();
    assert_eq!(open_service(sealed.as_bytes(), &gone).unwrap_err(), OpenError::NoMatchingIdentity);
    assert!(!format!("{opened:?}").contains("97"), "the plaintext does not print");
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(64))]

    #[test]
    fn what_is_sealed_opens(plaintext in prop::collection::vec(any::<u8>(), 0..3000)) {
        let identity = Identity::generate();
        let sealed = seal(&plaintext, identity.recipient()).unwrap();
        prop_assert_eq!(open(sealed.as_bytes(), &identity).unwrap().to_vec(), plaintext.clone());
        prop_assert_eq!(open(sealed.armor().as_bytes(), &identity).unwrap().to_vec(), plaintext.clone());
    }

    #[test]
    fn hostile_files_never_panic(rest in prop::collection::vec(any::<u8>(), 0..400)) {
        let identity = Identity::generate();
        let stanza = b"age-encryption.org/v1\n-> X25519 ";
        for head in [&b""[..], b"age-encryption.org/v1\n", stanza, b"-----BEGIN AGE ENCRYPTED FILE-----\n"] {
            prop_assert!(open(&[head, &rest].concat(), &identity).is_err());
        }
    }
}

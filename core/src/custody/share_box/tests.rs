//! Shares at rest: they come back for their commitment and user, and for nothing else.

use super::*;
use crate::custody::fixtures::*;

const USER: Uuid = PULL_ID;

#[test]
fn a_share_comes_back() {
    let keyring = keyring();
    let encrypted = encrypt_share(&keyring, &service_share(), COMMITMENT_ID, USER);
    let stored = EncryptedShare::from_bytes(encrypted.as_bytes()).unwrap();
    assert_eq!(stored.key_id(), keyring.share_key().id());
    let share = decrypt_share(&keyring, &stored, COMMITMENT_ID, USER).unwrap();
    assert_eq!(share.expose(), service_share().expose());
    assert!(!encrypted.as_bytes().windows(8).any(|window| window == &service_share().expose()[..8]));
}

#[test]
fn every_encryption_has_a_fresh_nonce() {
    let keyring = keyring();
    let [a, b] = [(); 2].map(|()| encrypt_share(&keyring, &service_share(), COMMITMENT_ID, USER));
    assert_ne!(a.as_bytes()[9..33], b.as_bytes()[9..33]);
}

#[test]
fn another_commitment_or_user_opens_nothing() {
    let keyring = keyring();
    let encrypted = encrypt_share(&keyring, &service_share(), COMMITMENT_ID, USER);
    for (commitment, user) in [(JOB_ID, USER), (COMMITMENT_ID, JOB_ID), (USER, COMMITMENT_ID)] {
        assert_eq!(decrypt_share(&keyring, &encrypted, commitment, user).unwrap_err(), ShareError::Mismatch);
    }
}

#[test]
fn a_change_of_any_bit_is_noticed() {
    let keyring = keyring();
    let encrypted = encrypt_share(&keyring, &service_share(), COMMITMENT_ID, USER);
    for bit in 0..8 * ENCRYPTED_SHARE_BYTES {
        let mut bytes = encrypted.as_bytes().to_vec();
        bytes[bit / 8] ^= 1 << (bit % 8);
        let opened = EncryptedShare::from_bytes(&bytes)
            .and_then(|changed| decrypt_share(&keyring, &changed, COMMITMENT_ID, USER));
        assert!(opened.is_err(), "bit {bit}");
    }
    for length in [0, 1, ENCRYPTED_SHARE_BYTES - 1, ENCRYPTED_SHARE_BYTES + 1] {
        assert_eq!(EncryptedShare::from_bytes(&vec![1; length]), Err(ShareError::Form));
    }
}

#[test]
fn rotation_keeps_old_shares_and_says_when_a_key_is_gone() {
    let old = keyring();
    let encrypted = encrypt_share(&old, &service_share(), COMMITMENT_ID, USER);
    let rotated = Keyring::parse(&format!("{OLDER_MASTER},{MASTER}")).unwrap();
    assert!(decrypt_share(&rotated, &encrypted, COMMITMENT_ID, USER).is_ok());
    let gone = Keyring::parse(OLDER_MASTER).unwrap();
    assert_eq!(
        decrypt_share(&gone, &encrypted, COMMITMENT_ID, USER).unwrap_err(),
        ShareError::UnknownKey(old.share_key().id())
    );
}

//! The found key's own signature, for both kinds of key, and each way to misuse one.

use super::*;
use crate::custody::Identity;
use crate::custody::fixtures::*;

fn key() -> SeedKey {
    // RFC 8032, section 7.1, test 1.
    let seed = hex::decode("9d61b19deffd5a60ba844af492ec2cc44449c5697b326919703bac031cae7f60").unwrap();
    SeedKey::new(seed.try_into().unwrap())
}

fn sealed(rest: &str) -> SealedFile {
    SealedFile::from_binary(format!("age-encryption.org/v1\n{rest}\n").into_bytes()).unwrap()
}

#[test]
fn python_signs_the_same() {
    let (recipient, file) = (recipient().into(), sealed("not really sealed"));
    let found_for = FoundFor { job_id: JOB_ID, slice_id: SLICE_ID, recipient: &recipient, sealed: &file };
    assert_eq!(message(&found_for, &key().public_key_bytes()).len(), 150);
    let expected = "8fb25209beec8e736135dab00f24caabca56442f029aa004cc530c8b99733746850f634b85f54d01c63a2ff47d36032e304c33d4a5cef50616348fae7d0f9b05";
    assert_eq!(key().prove(&found_for).to_string(), expected);
    // The expanded form of a seed key is the same key, and Ed25519 is deterministic.
    assert_eq!(key().expand().prove(&found_for).to_string(), expected);
    assert_eq!(key().expand().public_key_bytes(), key().public_key_bytes());
}

#[test]
fn a_proof_holds_for_one_job_slice_recipient_file_and_key() {
    let (mine, other) = (recipient().into(), Identity::generate().recipient().clone().into());
    let (file, other_file) = (sealed("a"), sealed("b"));
    let found_for = FoundFor { job_id: JOB_ID, slice_id: SLICE_ID, recipient: &mine, sealed: &file };
    let (public, proof) = (key().public_key_bytes(), key().prove(&found_for));
    assert!(holds(&found_for, &public, &proof));
    for wrong in [
        FoundFor { job_id: SLICE_ID, ..found_for },
        FoundFor { slice_id: JOB_ID, ..found_for },
        FoundFor { job_id: SLICE_ID, slice_id: JOB_ID, ..found_for },
        FoundFor { recipient: &other, ..found_for },
        FoundFor { sealed: &other_file, ..found_for },
    ] {
        assert!(!holds(&wrong, &public, &proof));
    }
    let stranger = SeedKey::new([7; 32]).public_key_bytes();
    assert!(!holds(&found_for, &stranger, &proof));
}

#[test]
fn no_bit_of_a_proof_may_change() {
    let (recipient, file) = (recipient().into(), sealed("a"));
    let found_for = FoundFor { job_id: JOB_ID, slice_id: SLICE_ID, recipient: &recipient, sealed: &file };
    let (public, proof) = (key().public_key_bytes(), key().prove(&found_for));
    for bit in 0..512 {
        let mut changed = proof;
        changed.0[bit / 8] ^= 1 << (bit % 8);
        assert!(!holds(&found_for, &public, &changed), "bit {bit} of the signature");
    }
    for bit in 0..256 {
        let mut changed = public;
        changed.0[bit / 8] ^= 1 << (bit % 8);
        assert!(!holds(&found_for, &changed, &proof), "bit {bit} of the key");
    }
}

#[test]
fn small_order_keys_prove_nothing() {
    let (recipient, file) = (recipient().into(), sealed("a"));
    let found_for = FoundFor { job_id: JOB_ID, slice_id: SLICE_ID, recipient: &recipient, sealed: &file };
    for point in curve25519_dalek::constants::EIGHT_TORSION {
        let public = PublicKeyBytes::from(point.compress().to_bytes());
        // R = A, s = 0 verifies under some small-order keys in a lax checker.
        let mut proof = [0u8; 64];
        proof[..32].copy_from_slice(public.as_bytes());
        assert!(!holds(&found_for, &public, &proof.into()));
    }
}

//! Split keys: both ways to the public key agree, bounds hold, and points that are not what they seem are refused.

use ed25519_dalek::Verifier;
use num_bigint::BigUint;
use proptest::prelude::*;

use super::*;

fn secret(bytes: [u8; 32]) -> SplitSecret {
    SplitSecret::from_random(&bytes).expect("in range")
}

fn little(bytes: &[u8]) -> BigUint {
    BigUint::from_bytes_le(bytes)
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(64))]

    #[test]
    fn both_sides_find_the_same_key(bytes in any::<[u8; 32]>(), number in 1u128 << 119..1 << 120) {
        let (secret, offset) = (secret(bytes), Offset::new(number).expect("in range"));
        let order = secret.point();
        prop_assert_eq!(order.check(), Ok(()));
        let key = secret.combine(offset);
        prop_assert_eq!(offset_public_key(&order.point, offset), Ok(key.public_key()));
        prop_assert!(key.is_clamped());
        prop_assert_eq!(little(key.scalar()), little(secret.bytes()) + BigUint::from(number) * 8u8);
        prop_assert!(secret.combine_to(offset, &key.public_key()).is_ok());
        prop_assert_eq!(secret.combine_to(offset, &order.point).err(), Some(SplitError::OtherKey));
        let verifier = VerifyingKey::from_bytes(&key.public_key()).expect("a point");
        prop_assert!(verifier.verify(b"message", &Signature::from_bytes(&key.sign(b"message"))).is_ok());
    }

    #[test]
    fn a_changed_order_is_refused(bytes in any::<[u8; 32]>(), byte in 0usize..96, bit in 0u8..8) {
        let mut order = secret(bytes).point();
        match byte {
            0..32 => order.point[byte] ^= 1 << bit,
            _ => order.proof[byte - 32] ^= 1 << bit,
        }
        prop_assert!(order.check().is_err());
    }
}

#[test]
fn bounds_of_secrets_and_offsets() {
    let mut last = [0xff; 32];
    last[0] = 0xf8;
    last[31] = 0x7f;
    assert_eq!(SplitSecret::new(&last).err(), Some(SplitError::Secret));
    last[16] = 0xfe;
    let largest = SplitSecret::new(&last).expect("below 2^255 - 2^128");
    assert!(largest.combine(Offset::new((1 << 120) - 1).expect("the largest")).is_clamped());
    assert_eq!(SplitSecret::new(&[0; 32]).err(), Some(SplitError::Secret));
    for (number, fits) in
        [((1 << 119) - 1, false), (1 << 119, true), ((1 << 120) - 1, true), (1 << 120, false), (0, false)]
    {
        assert_eq!(Offset::new(number).is_ok(), fits);
    }
    assert_eq!(format!("{largest:?}"), "SplitSecret(..)");
}

#[test]
fn points_outside_the_group_are_refused() {
    let proof = [0; 64];
    let check = |point| SplitPoint { point, proof }.check();
    for torsion in curve25519_dalek::constants::EIGHT_TORSION {
        assert_eq!(check(torsion.compress().to_bytes()), Err(SplitError::Order));
        let mixed = torsion + curve25519_dalek::constants::ED25519_BASEPOINT_POINT;
        if !torsion.is_identity() {
            assert_eq!(check(mixed.compress().to_bytes()), Err(SplitError::Order));
        }
    }
    // y = 1 with the sign of a zero x set, and y = p + 1: both decode to the zero, neither is its encoding.
    let mut signed = [0; 32];
    (signed[0], signed[31]) = (1, 0x80);
    let mut large = [0xff; 32];
    (large[0], large[31]) = (0xee, 0x7f);
    for encoding in [signed, large, [0xff; 32]] {
        assert_eq!(check(encoding), Err(SplitError::Encoding));
    }
}

/// The derivations byte by byte, so that another implementation can be held to them.
#[test]
fn derivations_are_those_of_the_format() {
    let secret = secret([0x42; 32]);
    let order = secret.point();
    let offset = Offset::new((1 << 119) + 12345).expect("in range");
    let key = secret.combine(offset);
    let text = [b"vanikeys split prefix v1".as_slice(), secret.bytes(), &key.public_key()].concat();
    assert_eq!(key.prefix()[..], Sha512::digest(text)[..32]);
    let text = [b"vanikeys split proof prefix v1".as_slice(), secret.bytes(), &order.point].concat();
    let signer = ExpandedKey::from_parts(secret.bytes(), Sha512::digest(text).first_chunk().expect("64 bytes hold 32"));
    let message = [b"vanikeys split proof v1".as_slice(), &[0], &order.point].concat();
    assert_eq!(order.proof, signer.sign(&message));
}

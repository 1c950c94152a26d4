//! X25519 keys (RFC 7748) of the same curve: the public key is the u of a point's Montgomery form, the secret a clamped scalar.
//!
//! A key is known by its Edwards point here as everywhere, from which u follows. Nothing is hashed on the way: 32 secret bytes are
//! the scalar, its fixed bits aside.

use num_bigint::BigUint;
use sha2::{Digest, Sha512};
use zeroize::Zeroizing;

use crate::{
    engine::{FieldElement, encode},
    secret::ExpandedKey,
};

/// Sets the bits that RFC 7748 fixes: a multiple of 8 from 2^254 to 2^255.
pub fn clamp(scalar: &mut [u8; 32]) {
    scalar[0] &= 248;
    scalar[31] = scalar[31] & 127 | 64;
}

/// The X25519 public key of an Edwards point, u = (1 + y) / (1 - y); the sign of x does not matter.
pub fn montgomery(public_key: &[u8; 32]) -> [u8; 32] {
    let y = FieldElement::from_bytes(public_key);
    let u = FieldElement::ONE.add(&y).mul(&FieldElement::ONE.sub(&y).invert());
    encode(&u.to_words())
}

/// The key whose scalar is 32 secret bytes. X25519 signs nothing, so the nonce prefix, without which the key would not be whole,
/// is a hash of the scalar.
pub fn key_of(secret: &[u8; 32]) -> ExpandedKey {
    const PREFIX: &[u8] = b"vanikeys x25519 prefix v1";
    let mut scalar = Zeroizing::new(*secret);
    clamp(&mut scalar);
    let hash: Zeroizing<[u8; 64]> =
        Zeroizing::new(Sha512::new().chain_update(PREFIX).chain_update(*scalar).finalize().into());
    ExpandedKey::from_parts(&scalar, hash.first_chunk().expect("64 bytes hold 32"))
}

/// p = 2^255 - 19, below which every u lies.
pub(crate) fn order_of_field() -> BigUint {
    (BigUint::from(1u8) << 255) - 19u8
}

#[cfg(test)]
mod tests {
    use curve25519_dalek::{EdwardsPoint, MontgomeryPoint, Scalar};

    use super::*;

    #[test]
    fn u_is_that_of_dalek() {
        for number in 1..200u64 {
            let point = EdwardsPoint::mul_base(&Scalar::from(number.wrapping_mul(0x9e37_79b9_7f4a_7c15)));
            for point in [point, -point] {
                assert_eq!(montgomery(&point.compress().to_bytes()), point.to_montgomery().to_bytes());
            }
        }
    }

    /// RFC 7748, section 6.1: Bob's key.
    #[test]
    fn published_keys() {
        let secret = "5dab087e624a8a4b79e17f8b83800ee66f3bb1292618b6fd1c2f8b27ff88e0eb";
        let secret: [u8; 32] = hex::decode(secret).expect("hex").try_into().expect("32 bytes");
        let key = key_of(&secret);
        assert!(key.is_clamped());
        let u = montgomery(&key.public_key());
        assert_eq!(hex::encode(u), "de9edb7d7b7dc1b4d35b61c2ece435373f8343c85b78674dadfc7e146f882b4f");
        assert_eq!(u, MontgomeryPoint::mul_base_clamped(secret).to_bytes());
    }
}

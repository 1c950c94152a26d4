//! Private keys in memory: wiped when dropped, never printed, cloned or serialised by accident.
//!
//! A [`SeedKey`] opens everywhere; an [`ExpandedKey`] only where software takes scalars. Files of either are in
//! [`export`](mod@crate::export).

use std::fmt;

use curve25519_dalek::{EdwardsPoint, Scalar};
use ed25519_dalek::{
    SigningKey, VerifyingKey,
    hazmat::{ExpandedSecretKey, raw_sign},
};
use serde::{Deserialize, Serialize};
use sha2::{Digest, Sha512};
use zeroize::{Zeroize, ZeroizeOnDrop};

/// A 32-byte seed of RFC 8032, from which everything else follows.
#[derive(Zeroize, ZeroizeOnDrop)]
pub struct SeedKey([u8; 32]);

impl SeedKey {
    /// A key from its seed; any 32 bytes are one. The caller wipes its own copy.
    pub const fn new(seed: [u8; 32]) -> Self {
        Self(seed)
    }

    /// The seed.
    pub const fn seed(&self) -> &[u8; 32] {
        &self.0
    }

    /// The public key, by `ed25519-dalek`.
    pub fn public_key(&self) -> [u8; 32] {
        SigningKey::from_bytes(&self.0).verifying_key().to_bytes()
    }

    /// The scalar and nonce prefix that RFC 8032 derives from the seed.
    pub fn expand(&self) -> ExpandedKey {
        let mut key = ExpandedKey(Sha512::digest(self.0).into());
        key.0[0] &= 248;
        key.0[31] = key.0[31] & 127 | 64;
        key
    }
}

impl fmt::Debug for SeedKey {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("SeedKey(..)")
    }
}

/// A scalar as 32 little-endian integer bytes, not reduced, and the 32-byte nonce prefix of RFC 8032.
#[derive(Zeroize, ZeroizeOnDrop)]
pub struct ExpandedKey([u8; 64]);

impl ExpandedKey {
    /// A key from scalar and prefix. The caller wipes its own copy.
    pub const fn new(bytes: [u8; 64]) -> Self {
        Self(bytes)
    }

    /// A key from its two halves.
    pub fn from_parts(scalar: &[u8; 32], prefix: &[u8; 32]) -> Self {
        let mut key = Self([0; 64]);
        key.0[..32].copy_from_slice(scalar);
        key.0[32..].copy_from_slice(prefix);
        key
    }

    /// Scalar and prefix, 64 bytes.
    pub const fn bytes(&self) -> &[u8; 64] {
        &self.0
    }

    /// The scalar, 32 little-endian integer bytes.
    pub fn scalar(&self) -> &[u8; 32] {
        self.0.first_chunk().expect("64 bytes hold 32")
    }

    /// The nonce prefix.
    pub fn prefix(&self) -> &[u8; 32] {
        self.0.last_chunk().expect("64 bytes hold 32")
    }

    /// Whether the scalar is clamped: a multiple of 8 from 2^254 to 2^255.
    pub fn is_clamped(&self) -> bool {
        self.0[0] & 7 == 0 && self.0[31] & 0xc0 == 0x40
    }

    /// The public key: the scalar times the base point. Reducing the scalar first does not change it.
    pub fn public_key(&self) -> [u8; 32] {
        let mut scalar = Scalar::from_bytes_mod_order(*self.scalar());
        let key = EdwardsPoint::mul_base(&scalar).compress().to_bytes();
        scalar.zeroize();
        key
    }

    /// An Ed25519 signature (RFC 8032), which is the same for the scalar reduced and not.
    pub fn sign(&self, message: &[u8]) -> [u8; 64] {
        let scalar = Scalar::from_bytes_mod_order(*self.scalar());
        let secret = ExpandedSecretKey { scalar, hash_prefix: *self.prefix() };
        let public_key = VerifyingKey::from(&secret);
        raw_sign::<Sha512>(&secret, message, &public_key).to_bytes()
    }
}

/// A private key of either kind.
#[derive(Debug)]
pub enum KeyMaterial {
    /// A seed, which opens everywhere.
    Seed(SeedKey),
    /// Scalar and nonce prefix.
    Expanded(ExpandedKey),
}

/// Which kind of private key, without the key.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum KeyKind {
    /// A 32-byte seed.
    Seed,
    /// Scalar and nonce prefix, 64 bytes.
    Expanded,
}

impl KeyMaterial {
    /// The public key.
    pub fn public_key(&self) -> [u8; 32] {
        match self {
            Self::Seed(key) => key.public_key(),
            Self::Expanded(key) => key.public_key(),
        }
    }

    /// Its scalar and nonce prefix, derived from the seed if it has one.
    pub fn expanded(&self) -> ExpandedKey {
        match self {
            Self::Seed(key) => key.expand(),
            Self::Expanded(key) => ExpandedKey::new(*key.bytes()),
        }
    }

    /// Which kind it is.
    pub const fn kind(&self) -> KeyKind {
        match self {
            Self::Seed(_) => KeyKind::Seed,
            Self::Expanded(_) => KeyKind::Expanded,
        }
    }
}

impl From<SeedKey> for KeyMaterial {
    fn from(key: SeedKey) -> Self {
        Self::Seed(key)
    }
}

impl From<ExpandedKey> for KeyMaterial {
    fn from(key: ExpandedKey) -> Self {
        Self::Expanded(key)
    }
}

impl fmt::Debug for ExpandedKey {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("ExpandedKey(..)")
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// RFC 8032, section 7.1, tests 1 to 3 and SHA(abc).
    const VECTORS: [(&str, &str); 4] = [
        (
            "9d61b19deffd5a60ba844af492ec2cc44449c5697b326919703bac031cae7f60",
            "d75a980182b10ab7d54bfed3c964073a0ee172f3daa62325af021a68f707511a",
        ),
        (
            "4ccd089b28ff96da9db6c346ec114e0f5b8a319f35aba624da8cf6ed4fb8a6fb",
            "3d4017c3e843895a92b70aa74d1b7ebc9c982ccf2ec4968cc0cd55f12af4660c",
        ),
        (
            "c5aa8df43f9f837bedb7442f31dcb7b166d38535076f094b85ce3a2e0b4458f7",
            "fc51cd8e6218a1a38da47ed00230f0580816ed13ba3303ac5deb911548908025",
        ),
        (
            "833fe62409237b9d62ec77587520911e9a759cec1d19755b7da901b96dca3d42",
            "ec172b93ad5e563bf4932c70e1245034c35467ef2efd4d64ebf819683467e2bf",
        ),
    ];

    #[test]
    fn rfc_8032_vectors() {
        for (seed, public_key) in VECTORS {
            let seed = SeedKey::new(hex::decode(seed).expect("hex").try_into().expect("32 bytes"));
            assert_eq!(hex::encode(seed.public_key()), public_key);
            assert_eq!(hex::encode(seed.expand().public_key()), public_key);
            assert!(seed.expand().is_clamped());
        }
    }

    #[test]
    fn secrets_do_not_print() {
        let seed = SeedKey::new([7; 32]);
        assert_eq!(format!("{seed:?} {:?}", seed.expand()), "SeedKey(..) ExpandedKey(..)");
    }
}

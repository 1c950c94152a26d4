//! Split keys: the user keeps a scalar `a`, a searcher who knows only `A = aB` finds an offset `t`, and the key with scalar
//! `a + 8t` has the text that was asked for. Whoever searched never learns a private key.
//!
//! Scalars are whole numbers, never reduced by the group order: `a` is clamped, and small enough that `a + 8t` is too.

use std::fmt;

use curve25519_dalek::{EdwardsPoint, Scalar, edwards::CompressedEdwardsY, traits::IsIdentity};
use ed25519_dalek::{Signature, VerifyingKey};
use sha2::{Digest, Sha512};
use zeroize::{Zeroize, ZeroizeOnDrop, Zeroizing};

use crate::secret::ExpandedKey;

const PROOF: &[u8] = b"vanikeys split proof v1\0";
const PROOF_PREFIX: &[u8] = b"vanikeys split proof prefix v1";
const KEY_PREFIX: &[u8] = b"vanikeys split prefix v1";

/// The user's half: a multiple of 8 from 2^254 up to 2^255 - 2^128, as 32 little-endian bytes.
#[derive(Zeroize, ZeroizeOnDrop)]
pub struct SplitSecret([u8; 32]);

/// What goes with the order: `A = aB`, and a signature that shows that whoever ordered knows `a`.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct SplitPoint {
    /// `A`, compressed.
    pub point: [u8; 32],
    /// An Ed25519 signature under `a`.
    pub proof: [u8; 64],
}

/// What is delivered: a number from 2^119 up to 2^120.
#[derive(Clone, Copy, PartialEq, Eq)]
pub struct Offset(u128);

/// Why a half of a split key is refused.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum SplitError {
    /// The secret is out of its range.
    #[error(
        "this is no split secret: it must be a multiple of 8 from 2^254 up to 2^255 - 2^128; make one with `split new`"
    )]
    Secret,
    /// The point is not the one encoding of a point of the curve.
    #[error(
        "the split point is not the canonical encoding of a point of the curve; send the one that `split new` printed"
    )]
    Encoding,
    /// The point has a part of small order.
    #[error("the split point is not in the prime-order group; send the one that `split new` printed")]
    Order,
    /// The signature does not belong to the point.
    #[error("the proof does not show that the split secret is known; send the one that `split new` printed")]
    Proof,
    /// The offset is out of its range.
    #[error("this is no offset: it must be from 2^119 up to 2^120; download it again")]
    Offset,
    /// Secret and offset do not give the key that was found.
    #[error(
        "this secret and this offset do not give the key that was found; use the secret that the order was made with"
    )]
    OtherKey,
}

impl SplitSecret {
    /// A secret from 32 random bytes, which the caller wipes: the bits that clamping fixes are set, and those out of range are
    /// refused, which happens once in 2^127.
    ///
    /// # Errors
    /// [`SplitError::Secret`] if the number is too near 2^255; draw again.
    pub fn from_random(random: &[u8; 32]) -> Result<Self, SplitError> {
        let mut bytes = Zeroizing::new(*random);
        bytes[0] &= 0xf8;
        bytes[31] = bytes[31] & 0x3f | 0x40;
        Self::new(&bytes)
    }

    /// A secret as it was kept.
    ///
    /// # Errors
    /// [`SplitError::Secret`] if it is out of its range.
    pub fn new(bytes: &[u8; 32]) -> Result<Self, SplitError> {
        let clamped = bytes[0] & 7 == 0 && bytes[31] & 0xc0 == 0x40;
        // 2^255 - 2^128 has bits 128 to 254 set: below it, one of them is not.
        let near_the_end = bytes[16..31].iter().all(|&byte| byte == 0xff) && bytes[31] == 0x7f;
        if clamped && !near_the_end { Ok(Self(*bytes)) } else { Err(SplitError::Secret) }
    }

    /// The secret, 32 little-endian bytes.
    pub const fn bytes(&self) -> &[u8; 32] {
        &self.0
    }

    /// What goes with the order.
    pub fn point(&self) -> SplitPoint {
        let point = ExpandedKey::from_parts(&self.0, &[0; 32]).public_key();
        let prefix = self.prefix(PROOF_PREFIX, &point);
        let key = ExpandedKey::from_parts(&self.0, &prefix);
        SplitPoint { point, proof: key.sign(&proof_message(&point)) }
    }

    /// The key of this secret and an offset, with its nonce prefix.
    pub fn combine(&self, offset: Offset) -> ExpandedKey {
        let mut scalar = Zeroizing::new(self.0);
        let mut carry = offset.0 << 3;
        // Offsets are below 2^120, so eight times one fits; the sum stays below 2^255.
        for byte in scalar.iter_mut() {
            carry += u128::from(*byte);
            *byte = carry as u8;
            carry >>= 8;
        }
        let public_key = ExpandedKey::from_parts(&scalar, &[0; 32]).public_key();
        ExpandedKey::from_parts(&scalar, &self.prefix(KEY_PREFIX, &public_key))
    }

    /// The same, if it is the key that was found.
    ///
    /// # Errors
    /// [`SplitError::OtherKey`] if it is another.
    pub fn combine_to(&self, offset: Offset, public_key: &[u8; 32]) -> Result<ExpandedKey, SplitError> {
        let key = self.combine(offset);
        if key.public_key() == *public_key { Ok(key) } else { Err(SplitError::OtherKey) }
    }

    fn prefix(&self, label: &[u8], public_key: &[u8; 32]) -> Zeroizing<[u8; 32]> {
        let hash: Zeroizing<[u8; 64]> = Zeroizing::new(
            Sha512::new().chain_update(label).chain_update(self.0).chain_update(public_key).finalize().into(),
        );
        Zeroizing::new(*hash.first_chunk().expect("64 bytes hold 32"))
    }
}

impl fmt::Debug for SplitSecret {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("SplitSecret(..)")
    }
}

fn proof_message(point: &[u8; 32]) -> Vec<u8> {
    [PROOF, point].concat()
}

/// The point of an encoding, if it is canonical and the point is in the prime-order group and not its zero.
fn decode(encoding: &[u8; 32]) -> Result<EdwardsPoint, SplitError> {
    let point = CompressedEdwardsY(*encoding).decompress().ok_or(SplitError::Encoding)?;
    // Decompression takes twelve encodings that no point is compressed to.
    if point.compress().to_bytes() != *encoding {
        return Err(SplitError::Encoding);
    }
    // The zero is the only point of small order that is free of torsion.
    if point.is_identity() || !point.is_torsion_free() { Err(SplitError::Order) } else { Ok(point) }
}

impl SplitPoint {
    /// Checks point and proof, as must be done before an order is taken.
    ///
    /// # Errors
    /// What is wrong with either.
    pub fn check(&self) -> Result<(), SplitError> {
        decode(&self.point)?;
        let key = VerifyingKey::from_bytes(&self.point).map_err(|_| SplitError::Encoding)?;
        let signature = Signature::from_bytes(&self.proof);
        key.verify_strict(&proof_message(&self.point), &signature).map_err(|_| SplitError::Proof)
    }
}

/// The public key `A + 8tB` of a split point and an offset.
///
/// # Errors
/// What is wrong with the point; its proof is not looked at.
pub fn offset_public_key(point: &[u8; 32], offset: Offset) -> Result<[u8; 32], SplitError> {
    let moved = decode(point)? + EdwardsPoint::mul_base(&Scalar::from(offset.0 << 3));
    Ok(moved.compress().to_bytes())
}

impl Offset {
    /// An offset from its number.
    ///
    /// # Errors
    /// [`SplitError::Offset`] if it is not from 2^119 up to 2^120.
    pub const fn new(number: u128) -> Result<Self, SplitError> {
        if number >> 119 == 1 { Ok(Self(number)) } else { Err(SplitError::Offset) }
    }

    /// The number.
    pub const fn number(self) -> u128 {
        self.0
    }
}

impl fmt::Debug for Offset {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        // Whoever knows it and later sees the secret has the key.
        f.write_str("Offset(..)")
    }
}

#[cfg(test)]
mod tests;

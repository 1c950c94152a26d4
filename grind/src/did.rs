//! The `did:key` method (W3C CCG) for Ed25519: multibase texts of public and secret keys.

/// The multicodec code of an Ed25519 public key, as a varint.
pub const PUBLIC_KEY_CODEC: [u8; 2] = [0xed, 0x01];
/// The multicodec code of an Ed25519 secret key, as a varint.
pub const SECRET_KEY_CODEC: [u8; 2] = [0x80, 0x26];

/// The `did:key` of a public key, 56 characters.
pub fn did_key(public_key: &[u8; 32]) -> String {
    format!("did:key:{}", public_key_multibase(public_key))
}

/// The public key as a Multikey: `z` and base58btc of code and key.
pub fn public_key_multibase(public_key: &[u8; 32]) -> String {
    format!("z{}", bs58::encode([&PUBLIC_KEY_CODEC[..], public_key].concat()).into_string())
}

/// The public key of a `did:key`, if it is one of an Ed25519 key.
pub fn public_key(did: &str) -> Option<[u8; 32]> {
    let bytes = bs58::decode(did.strip_prefix("did:key:z")?).into_vec().ok()?;
    bytes.strip_prefix(&PUBLIC_KEY_CODEC)?.try_into().ok()
}

#[cfg(test)]
mod tests {
    use super::*;

    /// The Ed25519 vectors of the did:key specification's test suite: seed and did.
    const VECTORS: [(&str, &str); 3] = [
        (
            "0000000000000000000000000000000000000000000000000000000000000000",
            "did:key:z6MkiTBz1ymuepAQ4HEHYSF1H8quG5GLVVQR3djdX3mDooWp",
        ),
        (
            "0000000000000000000000000000000000000000000000000000000000000001",
            "did:key:z6MkjchhfUsD6mmvni8mCdXHw216Xrm9bQe2mBH1P5RDjVJG",
        ),
        (
            "0000000000000000000000000000000000000000000000000000000000000002",
            "did:key:z6MknGc3ocHs3zdPiJbnaaqDi58NGb4pk1Sp9WxWufuXSdxf",
        ),
    ];

    #[test]
    fn published_vectors() {
        for (seed, did) in VECTORS {
            let seed = hex::decode(seed).expect("hex").try_into().expect("32 bytes");
            let key = crate::secret::SeedKey::new(seed).public_key();
            assert_eq!(did_key(&key), did);
            assert_eq!(public_key(did), Some(key));
        }
        assert_eq!(public_key("did:key:zQ3shokFTS3brHcDQrn82RUDfCZESWL1ZdCEJwekUDPQiYBme"), None);
    }
}

//! libp2p peer ids (libp2p specs, peer-ids): base58btc of the identity multihash of the public key's protobuf.
//!
//! As with a did the bytes in front are fixed, and so are the first eight characters, `12D3KooW`.

use num_bigint::BigUint;

use super::{KeyBytes, KeyRange, Scheme};

/// Identity multihash of 36 bytes, and the protobuf's type Ed25519 and length.
const HEAD: [u8; 6] = [0x00, 0x24, 0x08, 0x01, 0x12, 0x20];
/// What every peer id of an Ed25519 key starts with.
const LEAD: &str = "12D3KooW";
/// Base58 digits after the fixed ones.
const FREE: usize = 44;

pub(super) static SCHEME: Scheme = Scheme {
    name: "libp2p",
    alphabet: &crate::alphabet::BASE58,
    lead: LEAD,
    reaches_end: true,
    bytes: KeyBytes::PublicKey,
    encode: |key| peer_id(key)[LEAD.len()..].to_owned(),
    display: peer_id,
    ranges,
};

fn peer_id(public_key: &[u8; 32]) -> String {
    bs58::encode([&HEAD[..], public_key].concat()).into_string()
}

/// One range: all numbers that begin with the head, less what the fixed digits contribute.
fn ranges() -> Vec<KeyRange> {
    let first = BigUint::from_bytes_be(&HEAD) << 256;
    let last = &first + (BigUint::from(1u8) << 256) - 1u8;
    let fixed = BigUint::from(58u8).pow(FREE as u32);
    debug_assert_eq!(&first / &fixed, &last / &fixed, "the digits 2D3KooW are fixed");
    let (low, high) = (first % &fixed, last % &fixed + 1u8);
    vec![KeyRange { lead: Vec::new(), digits: FREE, low, high, tail: Vec::new(), weight: 1 }]
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn extreme_keys_keep_the_lead_and_the_length() {
        for byte in [0, 1, 0x7f, 0x80, 0xff] {
            let text = peer_id(&[byte; 32]);
            assert!(text.starts_with(LEAD), "{text}");
            assert_eq!(text.len(), LEAD.len() + FREE);
        }
    }

    /// The Ed25519 key of the specification's test vectors.
    #[test]
    fn published_peer_id() {
        let key = hex::decode("1ed1e8fae2c4a144b8be8fd4b47bf3d3b34b871c3cacf6010f0e42d474fce27e").expect("hex");
        let text = peer_id(&key.try_into().expect("32 bytes"));
        assert_eq!(text, "12D3KooWBtg3aaRMjxwedh83aGiUkwSxDwUZkzuJcfaqUmo7R3pq");
    }
}

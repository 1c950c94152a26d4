//! Recipients that are taken, and each kind that is not.

use super::*;
use proptest::prelude::*;

/// Made with `age-keygen`.
const GOOD: &str = "age1ql3z7hjy54pw3hyww5ayyfg7zqgvc7w3j2elw8zmrj2kg5sfn9aqmcac8p";

/// The u-coordinates of small order on the curve and its twist, and their second encodings
/// (cr.yp.to/ecdh.html, "How do I validate Curve25519 public keys?").
const LOW_ORDER: [&str; 7] = [
    "0000000000000000000000000000000000000000000000000000000000000000",
    "0100000000000000000000000000000000000000000000000000000000000000",
    "e0eb7a7c3b41b8ae1656e3faf19fc46ada098deb9c32b1fd866205165f49b800",
    "5f9c95bca3508c24b1d0b1559c83ef5b04445cc4581c8e86d8224eddd09f1157",
    "ecffffffffffffffffffffffffffffffffffffffffffffffffffffffffffff7f",
    "edffffffffffffffffffffffffffffffffffffffffffffffffffffffffffff7f",
    "eeffffffffffffffffffffffffffffffffffffffffffffffffffffffffffff7f",
];

fn point(hex: &str) -> [u8; 32] {
    hex.parse::<Hash>().unwrap().0
}

#[test]
fn reads_what_age_writes() {
    for _ in 0..32 {
        let text = age::x25519::Identity::generate().to_public().to_string();
        let recipient = Recipient::parse(&text).unwrap();
        assert_eq!(recipient.as_str(), text);
        assert_eq!(Recipient::parse(&text.to_uppercase()).unwrap(), recipient);
        assert_eq!(Recipient::parse(&format!("  {text}\n")).unwrap(), recipient);
        assert_eq!(Recipient::from_point(*recipient.point()).unwrap(), recipient);
    }
    assert_eq!(Recipient::parse(GOOD).unwrap().to_string(), GOOD);
}

#[test]
fn low_order_points_are_refused_in_every_encoding() {
    for hex in LOW_ORDER {
        for high_bit in [0u8, 0x80] {
            let mut bytes = point(hex);
            bytes[31] |= high_bit;
            let text = encode(&bytes);
            assert_eq!(Recipient::parse(&text), Err(RecipientError::LowOrder), "{hex}");
        }
    }
}

#[test]
fn what_no_identity_can_open_is_refused() {
    // A second encoding of a good point: the same key agreement, another salt.
    let mut second = *Recipient::parse(GOOD).unwrap().point();
    second[31] |= 0x80;
    // u = 2 lies on the twist.
    let mut twist = [0u8; 32];
    twist[0] = 2;
    for bytes in [second, twist] {
        assert_eq!(Recipient::parse(&encode(&bytes)), Err(RecipientError::Unopenable));
    }
}

#[test]
fn a_good_point_with_a_small_part_added_is_refused() {
    let good = MontgomeryPoint(*Recipient::parse(GOOD).unwrap().point()).to_edwards(0).unwrap();
    for torsion in &curve25519_dalek::constants::EIGHT_TORSION[1..] {
        let bytes = (good + torsion).to_montgomery().to_bytes();
        assert_eq!(Recipient::from_point(bytes), Err(RecipientError::Unopenable));
    }
}

#[test]
fn other_texts_are_refused_by_name() {
    let secret = age::secrecy::ExposeSecret::expose_secret(&age::x25519::Identity::generate().to_string()).to_owned();
    for (text, error) in [
        ("", RecipientError::Empty),
        (" \n", RecipientError::Empty),
        (secret.as_str(), RecipientError::SecretIdentity),
        (secret.to_lowercase().as_str(), RecipientError::SecretIdentity),
        ("ssh-ed25519 AAAAC3NzaC1lZDI1NTE5AAAAI", RecipientError::NotX25519),
        ("age1yubikey1q2w7u3vpya839jxxuq8g0sedh3d740d4xvn639sqhr95ejj8vu3hyfumptt", RecipientError::NotX25519),
        ("age1pq1qqqqqqqqqqq", RecipientError::NotX25519),
        (&format!("{GOOD} {GOOD}"), RecipientError::Several),
        (&format!("{GOOD},{GOOD}"), RecipientError::Several),
        (&GOOD[..61], RecipientError::Malformed),
        (&format!("{GOOD}q"), RecipientError::Malformed),
        ("age1", RecipientError::Malformed),
        ("hello", RecipientError::Malformed),
        ("bc1qw508d6qejxtdg4y5r3zarvary0c5xw7kv8f3t4", RecipientError::Malformed),
        ("äge1ä", RecipientError::Malformed),
    ] {
        assert_eq!(Recipient::parse(text), Err(error), "{text}");
    }
}

#[test]
fn padding_bits_must_be_zero() {
    use bech32::Fe32;
    // The same 32 bytes with a bit set in the padding and a right checksum.
    let parsed = CheckedHrpstring::new::<Bech32>(GOOD).unwrap();
    let mut digits: Vec<Fe32> = parsed.fe32_iter::<std::vec::IntoIter<u8>>().collect();
    let last = digits.pop().unwrap();
    digits.push(Fe32::try_from(last.to_u8() | 1).unwrap());
    let text: String = digits.into_iter().with_checksum::<Bech32>(&Hrp::parse_unchecked("age")).chars().collect();
    assert_ne!(text, GOOD);
    assert_eq!(Recipient::parse(&text), Err(RecipientError::Malformed));
}

proptest! {
    #[test]
    fn hostile_text_never_panics(text in "\\PC{0,80}") {
        let _ = Recipient::parse(&text);
        let _ = Recipient::parse(&format!("age1{text}"));
    }

    #[test]
    fn one_wrong_character_is_noticed(position in 4usize..62, letter in "[qpzry9x8gf2tvdw0s3jn54khce6mua7l]") {
        let mut text = GOOD.to_owned();
        text.replace_range(position..=position, &letter);
        prop_assume!(text != GOOD);
        prop_assert_eq!(Recipient::parse(&text), Err(RecipientError::Malformed));
    }

    #[test]
    fn any_point_is_judged_without_panic(bytes in any::<[u8; 32]>()) {
        let _ = Recipient::from_point(bytes);
    }
}

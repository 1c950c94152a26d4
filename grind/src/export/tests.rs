//! Every format is read back as the same key; damage and mismatches are refused by name. What foreign software says of the
//! files is in the crate's `tests/foreign.rs`.

use proptest::prelude::*;

use super::*;
use crate::{
    Target,
    secret::{ExpandedKey, KeyKind},
};

/// RFC 8032, section 7.1, test 1.
const SEED: [u8; 32] = [
    0x9d, 0x61, 0xb1, 0x9d, 0xef, 0xfd, 0x5a, 0x60, 0xba, 0x84, 0x4a, 0xf4, 0x92, 0xec, 0x2c, 0xc4, 0x44, 0x49, 0xc5,
    0x69, 0x7b, 0x32, 0x69, 0x19, 0x70, 0x3b, 0xac, 0x03, 0x1c, 0xae, 0x7f, 0x60,
];

fn seed() -> KeyMaterial {
    SeedKey::new(SEED).into()
}

fn text(key: &KeyMaterial, format: Format) -> String {
    String::from_utf8(export(key, format).expect("served").to_vec()).expect("UTF-8")
}

fn same(a: &KeyMaterial, b: &KeyMaterial) -> bool {
    match (a, b) {
        (KeyMaterial::Seed(a), KeyMaterial::Seed(b)) => a.seed() == b.seed(),
        (KeyMaterial::Expanded(a), KeyMaterial::Expanded(b)) => a.bytes() == b.bytes(),
        _ => false,
    }
}

#[test]
fn known_files() {
    assert_eq!(text(&seed(), Format::SeedHex), "9d61b19deffd5a60ba844af492ec2cc44449c5697b326919703bac031cae7f60\n");
    let pkcs8 = "-----BEGIN PRIVATE KEY-----\nMC4CAQAwBQYDK2VwBCIEIJ1hsZ3v/VpguoRK9JLsLMREScVpezJpGXA7rAMcrn9g\n-----END PRIVATE KEY-----\n";
    assert_eq!(text(&seed(), Format::Pkcs8), pkcs8);
    let jwk: serde_json::Value = serde_json::from_str(&text(&seed(), Format::Jwk)).expect("JSON");
    // RFC 8037, appendix A.1.
    let expected = serde_json::json!({
        "kty": "OKP", "crv": "Ed25519",
        "d": "nWGxne_9WmC6hEr0kuwsxERJxWl7MmkZcDusAxyuf2A", "x": "11qYAYKxCrfVS_7TyWQHOg7hcvPapiMlrwIaaPcHURo",
    });
    assert_eq!(jwk, expected);
}

/// What the programs that each is for write of the seed of sevens.
#[test]
fn known_secrets_of_wallets() {
    let words = "thought bright logic idea asthma scrub deal alpha";
    let known = [
        (
            Format::Libp2p,
            "CAESQAcHBwcHBwcHBwcHBwcHBwcHBwcHBwcHBwcHBwcHBwcH6kpsY+KcUgq+9VB7Ey7F+ZVHdq6+vnuSQh7qaRRG0iw=".to_owned(),
        ),
        (Format::Stellar, "SADQOBYHA4DQOBYHA4DQOBYHA4DQOBYHA4DQOBYHA4DQOBYHA4DQP54X".to_owned()),
        (Format::Algorand, format!("{words} {words} thought bright logic idea asthma scrub deal abandon crisp")),
        (Format::Aptos, format!("ed25519-priv-0x{}", "07".repeat(32))),
        (Format::Sui, "suiprivkey1qqrswpc8qurswpc8qurswpc8qurswpc8qurswpc8qurswpc8qurswxzszc4".to_owned()),
    ];
    for (format, expected) in known {
        assert_eq!(text(&SeedKey::new([7; 32]).into(), format).trim_end(), expected, "{format}");
    }
}

#[test]
fn expanded_keys_have_no_seed_formats() {
    let expanded = KeyMaterial::from(SeedKey::new(SEED).expand());
    for format in Format::ALL {
        let file = export(&expanded, format);
        assert_eq!(file.is_ok(), !format.needs_seed(), "{format}");
        assert!(export(&seed(), format).is_ok(), "{format}");
    }
    let loose = KeyMaterial::from(ExpandedKey::new([1; 64]));
    assert!(matches!(export(&loose, Format::Tor), Err(FormatError::NotClamped { .. })));
    let offered = |kind, target| Format::offered(kind, target).collect::<Vec<_>>();
    assert_eq!(offered(KeyKind::Expanded, Target::Did), [Format::ExpandedHex]);
    assert_eq!(offered(KeyKind::Expanded, Target::Onion), [Format::ExpandedHex, Format::Tor]);
    assert_eq!(offered(KeyKind::Seed, Target::Solana), Format::ALL[..8]);
    assert_eq!(offered(KeyKind::Expanded, Target::Age), [Format::ExpandedHex, Format::Age]);
    assert_eq!(offered(KeyKind::Seed, Target::Sui).last(), Some(&Format::Sui));
}

#[test]
fn a_foreign_public_key_is_refused() {
    let other = KeyMaterial::from(SeedKey::new([1; 32]));
    for (format, own, foreign) in [
        (Format::Jwk, crate::did::did_key(&[0; 32]), String::new()),
        (Format::DidDocument, crate::did::did_key(&seed().public_key()), crate::did::did_key(&other.public_key())),
    ] {
        let x = "11qYAYKxCrfVS_7TyWQHOg7hcvPapiMlrwIaaPcHURo";
        let file = text(&seed(), format).replace(&own, &foreign).replace(x, &x.replace('1', "2"));
        assert_eq!(import(file.as_bytes()).err(), Some(ImportError::PublicKeyMismatch { format }));
    }
    let mut pair: Vec<u8> = serde_json::from_str(&text(&seed(), Format::Solana)).expect("JSON");
    pair[40] ^= 1;
    let file = serde_json::to_vec(&pair).expect("JSON");
    assert_eq!(import(&file).err(), Some(ImportError::PublicKeyMismatch { format: Format::Solana }));
}

#[test]
fn what_is_no_key_is_refused() {
    for file in ["", "hello", "{}", "[]", "[1,2]", "{\"kty\":\"RSA\"}", "-----BEGIN PRIVATE KEY-----", &"z".repeat(64)]
    {
        assert!(import(file.as_bytes()).is_err(), "{file}");
    }
    assert_eq!(import(&[0xff; 40]).err(), Some(ImportError::Unknown));
    assert!(matches!(import(&vec![b'1'; MAX_FILE + 1]), Err(ImportError::TooLarge { .. })));
}

proptest! {
    #[test]
    fn files_are_read_back(bytes in any::<[u8; 32]>()) {
        let key = KeyMaterial::from(SeedKey::new(bytes));
        let expanded = KeyMaterial::from(SeedKey::new(bytes).expand());
        for format in Format::ALL {
            let file = export(&key, format).expect("a seed serves all");
            let (read, seen) = import(&file).expect("its own file");
            prop_assert_eq!(seen, format);
            let expected = if format.needs_seed() { &key } else { &expanded };
            // X25519 software keeps no nonce prefix.
            let scalar_only = format.only_target().is_some_and(Target::is_x25519);
            prop_assert!(same(&read, expected) || scalar_only);
            let (read_scalar, scalar) = (*read.expanded().scalar(), *expanded.expanded().scalar());
            prop_assert_eq!(read_scalar, scalar);
            prop_assert_eq!(read.public_key(), key.public_key());
        }
    }

    #[test]
    fn damage_gives_no_other_key(bytes in any::<[u8; 32]>(), format in prop::sample::select(&Format::ALL[..]), at in any::<prop::sample::Index>(), to in any::<u8>()) {
        let key = KeyMaterial::from(SeedKey::new(bytes));
        let mut file = export(&key, format).expect("a seed serves all").to_vec();
        let at = at.index(file.len());
        file[at] = to;
        // Bare numbers have nothing to check them by; the others must refuse or still be this key.
        let checked = !matches!(
            format,
            Format::SeedHex
                | Format::SeedBase58
                | Format::ExpandedHex
                | Format::Tor
                | Format::Pkcs8
                | Format::Wireguard
                | Format::Aptos
        );
        if let Ok((read, _)) = import(&file) && checked {
            prop_assert_eq!(read.public_key(), key.public_key());
        }
    }
}

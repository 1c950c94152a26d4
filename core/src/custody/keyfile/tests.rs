//! Key files: written, read back, opened with the ordinary programs, and not believed when they contradict themselves.

use serde_json::{Value, json};
use time::macros::datetime;
use vanikeys_grind::export::import;
use vanikeys_grind::{Kind, Pattern, PatternSpec, SeedKey};

use super::*;
use crate::custody::Identity;
use crate::custody::commitment::derive_seed;
use crate::custody::fixtures::*;
use crate::custody::receipt::{Drawn, DrawnBy};
use crate::custody::sealing::open;

fn pulled_key() -> SeedKey {
    derive_seed(&service_share(), &client_share(), COMMITMENT_ID)
}

fn pulled() -> KeyFile {
    let (service_share, client_share) = (service_share(), client_share());
    let drawn = Drawn {
        pull_id: PULL_ID,
        commitment_id: COMMITMENT_ID,
        service_share: &service_share,
        client_share: &client_share,
        drawn_by: DrawnBy::Client,
        pattern: &Pattern::compile(&PatternSpec::new(Kind::Prefix, "w")).unwrap(),
        public_key: pulled_key().public_key().into(),
        issued_at: datetime!(2026-03-01 12:00 UTC),
    };
    let receipt = SignedReceipt::sign(&drawn, &keyring()).unwrap();
    KeyFile::of_pull(pulled_key(), PullProof { service_share, client_share, receipt })
}

fn files() -> Vec<KeyFile> {
    let for_target = |target: &Target| KeyFile::of_job(target.key_of_secret(pulled_key()), *target);
    let jobs = Target::ALL.iter().map(for_target);
    let others = [
        KeyFile::of_job(pulled_key().expand(), Target::Wireguard),
        KeyFile::of_job(pulled_key().expand(), Target::Onion),
        pulled(),
    ];
    jobs.chain(others).collect()
}

fn document(file: &KeyFile) -> Value {
    serde_json::from_slice(&file.to_json()).unwrap()
}

/// What reading says after one value of a pulled key's document was replaced.
fn error_after(path: &str, value: Value) -> KeyFileError {
    let mut changed = document(&pulled());
    *changed.pointer_mut(path).unwrap() = value;
    KeyFile::parse(changed.to_string().as_bytes()).unwrap_err()
}

#[test]
fn files_read_back() {
    for file in files() {
        let json = file.to_json();
        let back = KeyFile::parse(&json).unwrap();
        assert_eq!(back.public_key(), file.public_key());
        assert_eq!(back.key().kind(), file.key().kind());
        assert_eq!(back.target(), file.target());
        assert_eq!(back.pull().map(|proof| &proof.receipt), file.pull().map(|proof| &proof.receipt));
        assert_eq!(back.to_json(), json);
    }
}

#[test]
fn a_file_holds_every_export_that_the_key_has() {
    for file in files() {
        let document = document(&file);
        let exports = document["exports"].as_object().unwrap();
        let names: Vec<&str> = Format::offered(file.key().kind(), file.target()).map(Format::name).collect();
        assert_eq!(exports.len(), names.len());
        for name in names {
            let text = exports[name].as_str().unwrap();
            let format: Format = name.parse().unwrap();
            let bytes = if format == Format::Tor { STANDARD.decode(text).unwrap() } else { text.into() };
            assert_eq!(bytes, *file.export(format).unwrap());
            let (key, found) = import(&bytes).unwrap();
            assert_eq!((key.public_key(), found), (*file.public_key().as_bytes(), format));
        }
    }
    let expanded = KeyFile::of_job(pulled_key().expand(), Target::Onion);
    assert_eq!(expanded.export(Format::Openssh), Err(FormatError::SeedNeeded { format: Format::Openssh }));
    assert!(KeyFile::of_job(pulled_key(), Target::Did).export(Format::Tor).is_err());
}

#[test]
fn a_pulled_file_has_the_documented_members() {
    let document = document(&pulled());
    assert_eq!(document["format"], "vanikeys key file");
    assert_eq!(document["version"], 1);
    assert_eq!(document["kind"], "seed");
    assert_eq!(document["target"], "did");
    assert_eq!(document["publicKey"], PYTHON_PUBLIC_KEY);
    assert_eq!(document["did"], "did:key:z6Mkwfefu1FoneGe5oMXdxNw7HzUR43DmTkt5Gr5xgogcnP9");
    assert_eq!(document["exports"]["seed-hex"], format!("{PYTHON_SEED}\n"));
    assert_eq!(document["pull"]["serviceShare"], service_share().to_hex().as_str());
    assert_eq!(document["pull"]["clientShare"], client_share().to_hex().as_str());
    assert_eq!(document["pull"]["receipt"]["publicKey"], PYTHON_PUBLIC_KEY);
    assert!(self::document(&files()[0]).get("pull").is_none());
}

#[test]
fn a_sealed_file_opens_to_the_document() {
    let identity = Identity::generate();
    let sealed = pulled().seal(identity.recipient()).unwrap();
    let plaintext = open(sealed.armor().as_bytes(), &identity).unwrap();
    assert_eq!(plaintext, pulled().to_json());
}

#[test]
fn the_buffer_is_never_grown() {
    let json = pulled().to_json();
    assert_eq!(json.capacity(), json.len());
}

#[test]
fn a_file_that_contradicts_itself_is_refused_by_name() {
    let other = SeedKey::new([9; 32]);
    let other_export = |format| {
        let bytes = export(&SeedKey::new([9; 32]).into(), format).unwrap();
        json!(std::str::from_utf8(&bytes).unwrap())
    };
    assert_eq!(error_after("/publicKey", json!(hex::encode(other.public_key()))), KeyFileError::PublicKey);
    assert_eq!(error_after("/did", json!("did:key:z6Mk")), KeyFileError::PublicKey);
    assert_eq!(error_after("/exports/openssh", other_export(Format::Openssh)), KeyFileError::OtherKey(Format::Openssh));
    assert!(matches!(error_after("/exports/seed-hex", other_export(Format::SeedHex)), KeyFileError::OtherKey(_)));
    assert_eq!(error_after("/exports/jwk", other_export(Format::SeedHex)), KeyFileError::OtherKey(Format::Jwk));
    assert!(matches!(
        error_after("/exports/pkcs8", json!("hello")),
        KeyFileError::Unreadable { format: Format::Pkcs8, .. }
    ));
    assert!(matches!(error_after("/kind", json!("expanded")), KeyFileError::OtherKey(_)));
    assert_eq!(error_after("/pull/serviceShare", json!(client_share().to_hex().as_str())), KeyFileError::Pull);
    assert_eq!(error_after("/pull/clientShare", json!("00")), KeyFileError::Share);
    assert_eq!(error_after("/target", json!("solana")), KeyFileError::Pull);
    assert_eq!(error_after("/version", json!(2)), KeyFileError::Version);
    assert_eq!(error_after("/format", json!("another")), KeyFileError::Version);
    assert!(matches!(error_after("/exports", json!(7)), KeyFileError::Form { .. }));
}

#[test]
fn errors_and_debug_repeat_no_secret() {
    let error = error_after("/pull/receipt", json!(PYTHON_SEED));
    let shown = format!("{error} {error:?} {:?} {:?}", pulled(), pulled().pull());
    for secret in [PYTHON_SEED, &service_share().to_hex(), &client_share().to_hex()] {
        assert!(!shown.contains(&secret[..12]), "{shown}");
    }
}

#[test]
fn what_is_no_key_file_is_refused() {
    for text in ["", "{}", "[]", "null", "{\"format\":\"vanikeys key file\"}"] {
        assert!(matches!(KeyFile::parse(text.as_bytes()), Err(KeyFileError::Form { .. })));
    }
    let huge = vec![b' '; MAX + 1];
    assert_eq!(KeyFile::parse(&huge).unwrap_err(), KeyFileError::TooLarge(MAX + 1));
}

const MAX: usize = crate::custody::sealing::MAX_SEALED_BYTES;

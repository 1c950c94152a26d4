//! Receipts and key files, checked as the command checks them.

use time::OffsetDateTime;
use uuid::Uuid;
use vanikeys_core::custody::{
    Identity, KeyFile, Keyring,
    commitment::{ClientShare, ServiceShare, derive_seed},
    keyfile::PullProof,
    receipt::{Drawn, DrawnBy, SignedReceipt},
};
use vanikeys_grind::{Kind, Pattern, PatternSpec, SeedKey, Target};
use vanikeys_testkit::Scratch;

use super::*;
use crate::cli::unseal::Unseal;

/// A pull as its owner has it on disk: receipt, key file, sealed key file, identity, the service's published keys.
struct Pulled {
    folder: Scratch,
    seed: String,
}

impl Pulled {
    fn new() -> Self {
        let folder = Scratch::new("verify");
        let keyring = Keyring::parse(&Keyring::generate_setting()).unwrap();
        let (service_share, client_share) = (ServiceShare::draw(), ClientShare::draw());
        let commitment_id = Uuid::now_v7();
        let key = derive_seed(&service_share, &client_share, commitment_id);
        let seed = hex::encode(key.seed());
        let drawn = Drawn {
            pull_id: Uuid::now_v7(),
            commitment_id,
            service_share: &service_share,
            client_share: &client_share,
            drawn_by: DrawnBy::Client,
            pattern: &Pattern::compile(&PatternSpec::new(Kind::Contains, "abc")).unwrap(),
            public_key: key.public_key().into(),
            issued_at: OffsetDateTime::UNIX_EPOCH,
        };
        let receipt = SignedReceipt::sign(&drawn, &keyring).unwrap();
        let identity = Identity::generate();
        let write = |name: &str, content: &[u8]| std::fs::write(folder.join(name), content).unwrap();
        write("receipt.json", &serde_json::to_vec(&receipt).unwrap());
        write("answer.json", &serde_json::to_vec(&serde_json::json!({ "id": 1, "receipt": receipt })).unwrap());
        write("keys.json", &serde_json::to_vec(&keyring.receipt_keys()).unwrap());
        let others = Keyring::parse(&Keyring::generate_setting()).unwrap();
        write("others.json", &serde_json::to_vec(&others.receipt_keys()).unwrap());
        let file = KeyFile::of_pull(key, PullProof { service_share, client_share, receipt });
        write("pull.key.json", &file.to_json());
        write("job.key.json", &KeyFile::of_job(SeedKey::new([7; 32]), Target::Did).to_json());
        write("sealed.age", file.seal(identity.recipient()).unwrap().armor().as_bytes());
        write("identity.txt", identity.to_file().as_bytes());
        write("other-identity.txt", Identity::generate().to_file().as_bytes());
        Self { folder, seed }
    }

    fn verify(&self, file: &str, keys: Option<&str>, key_file: Option<&str>) -> Result<(), Failed> {
        let path = |name: &str| self.folder.join(name);
        Verify { file: path(file), keys: keys.map(path), key_file: key_file.map(path) }.run(&self.common())
    }

    fn unseal(&self, identity: &str, format: Option<&str>, out: &str) -> Result<(), Failed> {
        let path = |name: &str| self.folder.join(name);
        let format = format.map(|name| name.parse().unwrap());
        Unseal { file: path("sealed.age"), identity: path(identity), format, out: Some(path(out)) }.run(&self.common())
    }

    fn common(&self) -> Common {
        let data = Some(self.folder.join("no-service"));
        Common { config: None, data, set: Vec::new(), json: true }
    }
}

#[test]
fn a_receipt_holds_with_and_without_shares() {
    let pulled = Pulled::new();
    for file in ["receipt.json", "answer.json", "pull.key.json"] {
        pulled.verify(file, Some("keys.json"), None).unwrap();
    }
    pulled.verify("receipt.json", Some("keys.json"), Some("pull.key.json")).unwrap();
}

#[test]
fn a_receipt_that_does_not_hold_is_a_failure() {
    let pulled = Pulled::new();
    let unknown = pulled.verify("receipt.json", Some("others.json"), None).unwrap_err();
    assert!(matches!(unknown, Failed::Work(_)) && unknown.to_string().contains("1 of its checks"), "{unknown}");
    let path = pulled.folder.join("receipt.json");
    let text = std::fs::read_to_string(&path).unwrap();
    std::fs::write(&path, text.replace("\"oneIn\":\"4754.12\"", "\"oneIn\":\"4754.13\"")).unwrap();
    let changed = pulled.verify("receipt.json", Some("keys.json"), None).unwrap_err();
    assert!(changed.to_string().contains("2 of its checks"), "signature and odds: {changed}");
}

#[test]
fn what_cannot_be_checked_is_wrong_use() {
    let pulled = Pulled::new();
    for (ended, told) in [
        (pulled.verify("receipt.json", None, None), "--keys"),
        (pulled.verify("receipt.json", Some("identity.txt"), None), "not a list of receipt keys"),
        (pulled.verify("receipt.json", Some("keys.json"), Some("job.key.json")), "not that of a pull"),
        (pulled.verify("receipt.json", Some("keys.json"), Some("receipt.json")), "not a key file"),
        (pulled.verify("sealed.age", None, None), "vanikeys unseal"),
        (pulled.verify("keys.json", None, None), "not a private key"),
    ] {
        let failed = ended.unwrap_err();
        assert!(matches!(failed, Failed::Usage(_)) && failed.to_string().contains(told), "{told}: {failed}");
    }
    pulled.verify("job.key.json", None, None).unwrap();
    // An age identity is a private key as well.
    pulled.verify("identity.txt", None, None).unwrap();
}

#[test]
fn a_sealed_file_opens_with_its_identity_only() {
    let pulled = Pulled::new();
    pulled.unseal("identity.txt", None, "opened.json").unwrap();
    pulled.verify("opened.json", Some("keys.json"), None).unwrap();
    pulled.unseal("identity.txt", Some("seed-hex"), "seed").unwrap();
    assert_eq!(std::fs::read_to_string(pulled.folder.join("seed")).unwrap().trim(), pulled.seed);
    let mode = |name: &str| std::os::unix::fs::MetadataExt::mode(&pulled.folder.join(name).metadata().unwrap()) & 0o777;
    assert_eq!((mode("seed"), mode("opened.json")), (0o600, 0o600));
    for (identity, format, out, told) in [
        ("other-identity.txt", None, "x", "none of the identities"),
        ("receipt.json", None, "x", "not an X25519 age identity"),
        ("identity.txt", Some("tor"), "x", "onion"),
        ("identity.txt", None, "seed", "already exists"),
    ] {
        let failed = pulled.unseal(identity, format, out).unwrap_err();
        assert!(matches!(failed, Failed::Usage(_)) && failed.to_string().contains(told), "{told}: {failed}");
    }
    assert!(!pulled.folder.join("x").exists());
}

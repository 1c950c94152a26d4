//! Receipts: signed as an independent implementation signs, checked item by item.

use time::macros::datetime;
use vanikeys_grind::Kind;

use super::*;
use crate::custody::commitment::derive_seed;
use crate::custody::fixtures::*;

fn drawn_with(pattern: &PatternSpec) -> SignedReceipt {
    let (service, client) = (service_share(), client_share());
    let drawn = Drawn {
        pull_id: PULL_ID,
        commitment_id: COMMITMENT_ID,
        service_share: &service,
        client_share: &client,
        drawn_by: DrawnBy::Client,
        pattern: &Pattern::compile(pattern).unwrap(),
        public_key: derive_seed(&service, &client, COMMITMENT_ID).public_key().into(),
        issued_at: datetime!(2026-03-01 12:00:00.5 UTC),
    };
    SignedReceipt::sign(&drawn, &keyring()).unwrap()
}

fn signed() -> SignedReceipt {
    drawn_with(&PatternSpec::new(Kind::Prefix, "w"))
}

/// The report of a receipt that was changed and then signed by the service all the same.
fn report_of(change: impl FnOnce(&mut Receipt)) -> ReceiptReport {
    let mut receipt = signed();
    change(&mut receipt.receipt);
    let bytes = signed_bytes(SIGNATURE, &receipt.receipt).unwrap();
    receipt.signature = keyring().receipt_signer().key().sign(&bytes).to_bytes().into();
    let (service, client) = (service_share(), client_share());
    receipt.verify(&keyring().receipt_keys(), Some(Shares { service: &service, client: &client }))
}

fn fault_of(change: impl FnOnce(&mut Receipt)) -> ReceiptFault {
    let report = report_of(change);
    assert!(!report.holds());
    let fault = report.faults().next().unwrap().clone();
    assert_eq!(report.faults().count(), 1, "{report:?}");
    fault
}

#[test]
fn python_writes_and_signs_the_same() {
    let receipt = signed();
    let canonical = r#"{"clientShareHash":"ae1cbc33a4b6e95b58a6a1bad63650071e083382098cb11f49825b39bfbca65a","commitment":"1b410b2005892f0e64f833472bdba3c1c69a4c942e0449f4862374f151b4f3a8","commitmentId":"0190a0b0-c0d0-7e0f-8a1b-2c3d4e5f6071","drawnBy":"client","issuedAt":"2026-03-01T12:00:00.5Z","keyId":"2d01602efde279f7","oneIn":"25.250494","pattern":{"caseInsensitive":false,"fuzzy":false,"kind":"prefix","target":"did","text":"w"},"publicKey":"ffc33b108c8fd3baeb82e90b84bb4df271477aa73f6ce1dbb63894252330a740","pullId":"0190a0b0-c0d0-7e0f-8a1b-000000000001","score":{"matched":1,"of":1},"text":"wfefu1FoneGe5oMXdxNw7HzUR43DmTkt5Gr5xgogcnP9","version":1}"#;
    assert_eq!(String::from_utf8(to_canonical(&receipt.receipt).unwrap()).unwrap(), canonical);
    assert_eq!(
        receipt.signature.to_string(),
        "d94c9b4df9b9b7ada4bed6aa6f01368608a42c358e1592afca03d78352a7b4f3bcd551a1107e67be85adab02da1551aa7e46894fa06ddcbb71de9893d6be2c0e"
    );
}

#[test]
fn the_signature_stands_among_the_members() {
    let receipt = signed();
    let json = serde_json::to_value(&receipt).unwrap();
    let members = json.as_object().unwrap();
    assert_eq!(members.len(), 14);
    assert_eq!(members["signature"], receipt.signature.to_string());
    assert_eq!(serde_json::from_value::<SignedReceipt>(json).unwrap(), receipt);
}

#[test]
fn everything_holds_for_the_owner_and_what_is_public_for_anyone() {
    let (service, client) = (service_share(), client_share());
    let keys = keyring().receipt_keys();
    let owner = signed().verify(&keys, Some(Shares { service: &service, client: &client }));
    assert!(owner.checks.iter().all(|(_, outcome)| *outcome == CheckOutcome::Holds), "{owner:?}");
    let anyone = signed().verify(&keys, None);
    assert!(anyone.holds());
    assert_eq!(*anyone.outcome(ReceiptCheck::Derivation), CheckOutcome::NotChecked);
    assert_eq!(serde_json::to_value(&anyone).unwrap()["checks"][3], serde_json::json!(["score", "holds"]));
}

#[test]
fn a_sequence_that_matches_in_part_is_attested_as_it_is() {
    let receipt = drawn_with(&PatternSpec::new(Kind::Sequence, "w zzzz Fone"));
    assert_eq!(receipt.receipt.score, ReceiptScore { matched: 2, of: 3 });
    assert!(receipt.verify(&keyring().receipt_keys(), None).holds());
}

#[test]
fn what_was_changed_on_the_way_does_not_verify() {
    let keys = keyring().receipt_keys();
    let text = serde_json::to_string(&signed()).unwrap();
    let mut read_back = 0;
    for changed in with_one_bit_changed(&text) {
        if let Ok(read) = serde_json::from_str::<SignedReceipt>(&changed) {
            read_back += 1;
            assert!(read.check_signature(&keys).is_err(), "{changed}");
        }
    }
    assert!(read_back > 500, "the changes should mostly get past the parser, {read_back} did");
}

#[test]
fn another_spelling_is_not_what_was_signed() {
    let text = serde_json::to_string(&signed()).unwrap();
    for (from, to) in [
        ("12:00:00.5Z", "12:00:00.50Z"),
        ("12:00:00.5Z", "13:00:00.5+01:00"),
        ("8a1b-000000000001", "8A1B-000000000001"),
        (r#""caseInsensitive":false,"#, ""),
        (r#""version":1"#, r#""version":1,"note":"x""#),
    ] {
        let changed = text.replace(from, to);
        assert_ne!(changed, text);
        let holds = |read: SignedReceipt| read.check_signature(&keyring().receipt_keys()).is_ok();
        assert!(!serde_json::from_str(&changed).is_ok_and(holds), "{to}");
    }
}

#[test]
fn unknown_keys_are_named() {
    let stranger = Keyring::parse(OLDER_MASTER).unwrap();
    let report = signed().verify(&stranger.receipt_keys(), None);
    let id = keyring().receipt_signer().id();
    assert_eq!(*report.outcome(ReceiptCheck::Signature), CheckOutcome::Fails(ReceiptFault::UnknownKey(id)));
    let retired = stranger.receipt_keys().with_retired([keyring().receipt_signer().public_key()]);
    assert!(signed().verify(&retired, None).holds());
}

#[test]
fn a_service_that_lies_is_caught_by_name() {
    assert!(matches!(fault_of(|receipt| receipt.one_in = "25".to_owned()), ReceiptFault::Odds { .. }));
    assert!(matches!(
        fault_of(|receipt| receipt.score = ReceiptScore { matched: 0, of: 1 }),
        ReceiptFault::Score { .. }
    ));
    assert_eq!(fault_of(|receipt| receipt.commitment.0[0] ^= 1), ReceiptFault::Commitment);
    assert_eq!(fault_of(|receipt| receipt.client_share_hash.0[0] ^= 1), ReceiptFault::ClientShare);
    assert_eq!(fault_of(|receipt| receipt.version = 2), ReceiptFault::Version(2));
    // The tail of the text has no part in the score.
    assert!(matches!(fault_of(|receipt| receipt.text.push('1')), ReceiptFault::Text { .. }));
    let other_key = report_of(|receipt| {
        receipt.public_key = vanikeys_grind::secret::SeedKey::new([1; 32]).public_key().into();
        receipt.text = receipt.pattern.target.encode(receipt.public_key.as_bytes());
        let score = Pattern::compile(&receipt.pattern).unwrap().score(&receipt.text);
        receipt.score = ReceiptScore { matched: score.matched, of: score.of };
    });
    assert_eq!(other_key.faults().collect::<Vec<_>>(), [&ReceiptFault::Derivation]);
    let impossible = report_of(|receipt| receipt.pattern.text = "0".to_owned());
    assert!(matches!(impossible.outcome(ReceiptCheck::Odds), CheckOutcome::Fails(ReceiptFault::Pattern(_))));
}

//! Reports: what is honest comes through, what was forged, replayed or altered does not.

use vanikeys_grind::secret::SeedKey;

use super::*;
use crate::custody::Identity;
use crate::custody::fixtures::*;
use crate::custody::sealing::seal;

fn key() -> SeedKey {
    // Its text starts with `w`, as the slice asks.
    SeedKey::new(hex::decode(PYTHON_SEED).unwrap().try_into().unwrap())
}

fn searcher() -> SearcherKey {
    SearcherKey::generate()
}

fn found() -> Found {
    Found::sealed(&key(), &slice(), seal(b"a key file", &recipient()).unwrap())
}

fn report(found: Option<Found>) -> SignedReport {
    SignedReport::sign(&slice(), 1234, 56, found, &searcher()).unwrap()
}

/// Reports with the parts of another, signed by whoever says so.
fn forge(searcher: &SearcherKey, change: impl FnOnce(&mut Report)) -> SignedReport {
    let mut report = report(Some(found())).report;
    report.searcher_id = searcher.id();
    change(&mut report);
    let signature = searcher.sign(&signed_bytes(SIGNATURE, &report).unwrap());
    SignedReport { report, signature }
}

#[test]
fn an_honest_report_travels_as_json() {
    for found in [None, Some(found())] {
        let sent = report(found.clone());
        let read: SignedReport = serde_json::from_str(&serde_json::to_string(&sent).unwrap()).unwrap();
        assert_eq!(read, sent);
        assert_eq!(read.claimed_slice_id(), SLICE_ID);
        let id = read.claimed_searcher_id();
        let verified = read.verify(&slice()).unwrap();
        assert_eq!(verified, VerifiedReport { searcher_id: id, attempts: 1234, milliseconds: 56, found });
    }
}

#[test]
fn an_expanded_key_reports_as_well() {
    let expanded = key().expand();
    let found = Found::sealed(&expanded, &slice(), seal(b"a key file", &recipient()).unwrap());
    assert!(report(Some(found)).verify(&slice()).is_ok());
}

#[test]
fn attempts_beyond_the_budget_are_not_counted() {
    let mut small = slice();
    small.budget.attempts = 1000;
    assert_eq!(report(None).verify(&small).unwrap().attempts, 1000);
    assert!(SignedReport::sign(&slice(), u64::MAX, 0, None, &searcher()).is_err());
}

#[test]
fn what_was_changed_on_the_way_is_dropped() {
    let sent = report(Some(found()));
    let text = serde_json::to_string(&sent).unwrap();
    let mut read_back = 0;
    for changed in with_one_bit_changed(&text) {
        if let Ok(read) = serde_json::from_str::<SignedReport>(&changed) {
            // Another spelling of the same id is the same report.
            read_back += 1;
            assert!(read == sent || matches!(read.verify(&slice()), Err(ReportError::Signature)), "{changed}");
        }
    }
    assert!(read_back > 500, "the changes should mostly get past the parser, {read_back} did");
}

#[test]
fn a_report_in_anothers_name_is_dropped_and_does_not_blame_them() {
    let named = searcher().id();
    let error = forge(&searcher(), |_| {}).verify(&slice()).map(|_| ());
    assert!(error.is_ok());
    let mut forged = report(None);
    forged.report.searcher_id = named;
    let error = forged.verify(&slice()).unwrap_err();
    assert!(matches!(error, ReportError::Signature));
    assert!(!error.blames_searcher());
}

#[test]
fn a_report_is_not_replayed_to_another_slice_or_job() {
    let mut other_slice = slice();
    other_slice.slice_id = PULL_ID;
    assert!(matches!(report(Some(found())).verify(&other_slice), Err(ReportError::WrongSlice)));
    let mut other_job = slice();
    other_job.job_id = PULL_ID;
    let error = report(Some(found())).verify(&other_job).unwrap_err();
    assert!(matches!(error, ReportError::WrongJob) && error.blames_searcher());
}

#[test]
fn a_searcher_cannot_pass_on_a_key_that_was_found_elsewhere() {
    // The same found key, reported for a fresh slice, another job, another recipient: the key signed for none of them.
    let mut fresh = slice();
    fresh.slice_id = PULL_ID;
    let mut other_job = slice();
    other_job.job_id = PULL_ID;
    let mut other_recipient = slice();
    other_recipient.recipient = Identity::generate().recipient().clone().into();
    for target in [fresh, other_job, other_recipient] {
        let replayed = forge(&searcher(), |report| {
            report.slice_id = target.slice_id;
            report.job_id = target.job_id;
        });
        let error = replayed.verify(&target).unwrap_err();
        assert!(matches!(error, ReportError::Proof), "{error}");
        assert!(error.blames_searcher());
    }
}

#[test]
fn a_searcher_cannot_swap_key_or_file() {
    let swapped_file = forge(&searcher(), |report| {
        let Some(Found::Sealed(key)) = &mut report.found else { unreachable!() };
        key.sealed_file = seal(b"another file", &recipient()).unwrap();
    });
    let swapped_key = forge(&searcher(), |report| {
        let Some(Found::Sealed(key)) = &mut report.found else { unreachable!() };
        key.public_key = SeedKey::new([9; 32]).public_key().into();
    });
    for report in [swapped_file, swapped_key] {
        assert!(matches!(report.verify(&slice()), Err(ReportError::Proof)));
    }
}

#[test]
fn a_key_that_does_not_match_is_no_hit() {
    let mut other = slice();
    other.pattern.text = "m".to_owned();
    let found = Found::sealed(&key(), &other, seal(b"a key file", &recipient()).unwrap());
    let report = SignedReport::sign(&other, 1, 1, Some(found), &searcher()).unwrap();
    let error = report.verify(&other).unwrap_err();
    assert!(matches!(error, ReportError::NoMatch));
    assert!(error.blames_searcher());
}

#[test]
fn a_slice_with_an_impossible_pattern_settles_nothing() {
    let mut impossible = slice();
    impossible.pattern.text = "0".to_owned();
    let found = Found::sealed(&key(), &impossible, seal(b"a key file", &recipient()).unwrap());
    let report = SignedReport::sign(&impossible, 1, 1, Some(found), &searcher()).unwrap();
    assert!(matches!(report.verify(&impossible), Err(ReportError::Pattern(_))));
}

#[test]
fn a_file_too_large_is_not_even_read() {
    let mut value = serde_json::to_value(report(Some(found()))).unwrap();
    value["report"]["found"]["sealedFile"] = "A".repeat(200_000).into();
    let error = serde_json::from_value::<SignedReport>(value).unwrap_err();
    assert!(error.to_string().contains("larger than any key file"), "{error}");
}

#[test]
fn unknown_members_are_refused() {
    let mut value = serde_json::to_value(report(Some(found()))).unwrap();
    for path in ["", "/report", "/report/found"] {
        let mut changed = value.clone();
        changed.pointer_mut(path).unwrap()["extra"] = 1.into();
        assert!(serde_json::from_value::<SignedReport>(changed).is_err(), "{path}");
    }
    value["report"]["found"]["kind"] = "other".into();
    assert!(serde_json::from_value::<SignedReport>(value).is_err());
}

//! Slices: signed as an independent implementation signs, refused when anything of them was changed.

use super::*;
use crate::custody::Recipient;
use crate::custody::canonical::CanonicalError;
use crate::custody::fixtures::*;

fn keys() -> SliceKeys {
    SliceKeys::new(&keyring().slice_keys()).unwrap()
}

fn signed() -> SignedSlice {
    SignedSlice::sign(slice(), &keyring()).unwrap()
}

#[test]
fn python_signs_the_same() {
    assert_eq!(
        signed().signature.to_string(),
        "38499429046d325f4745ee9e09a2243af0bd2d332189f0a8f0da26537b2fdaef8e8bfbb26b6d314992275344fab9b92a2affaf173a68e74fb76c31cfc1585603"
    );
}

#[test]
fn a_signed_slice_travels_as_json() {
    let text = serde_json::to_string(&signed()).unwrap();
    let read: SignedSlice = serde_json::from_str(&text).unwrap();
    assert_eq!(read.claimed_slice_id(), SLICE_ID);
    assert_eq!(read.verify(&keys()).unwrap(), slice());
}

#[test]
fn what_was_changed_on_the_way_is_not_searched() {
    let text = serde_json::to_string(&signed()).unwrap();
    for changed in with_one_bit_changed(&text) {
        if let Ok(verified) = serde_json::from_str::<SignedSlice>(&changed).map(|read| read.verify(&keys())) {
            // Another spelling of the same id is the same slice.
            assert!(verified.is_err() || verified.unwrap() == slice(), "{changed}");
        }
    }
}

#[test]
fn each_member_is_under_the_signature() {
    let mut other = recipient();
    while other == recipient() {
        other = crate::custody::Identity::generate().recipient().clone();
    }
    let changes: [fn(&mut Slice, Recipient); 7] = [
        |slice, _| slice.job_id = PULL_ID,
        |slice, _| slice.slice_id = PULL_ID,
        |slice, _| slice.pattern.text = "wa".to_owned(),
        |slice, _| slice.pattern.fuzzy = true,
        |slice, other| slice.recipient = other.into(),
        |slice, _| slice.budget.attempts += 1,
        |slice, _| slice.budget.milliseconds += 1,
    ];
    for change in changes {
        let mut forged = signed();
        change(&mut forged.slice, other.clone());
        assert!(matches!(forged.verify(&keys()), Err(SliceError::Signature)));
    }
}

#[test]
fn another_service_signs_nothing_that_is_searched() {
    let stranger = Keyring::parse(OLDER_MASTER).unwrap();
    let foreign = SignedSlice::sign(slice(), &stranger).unwrap();
    let id = stranger.slice_signer().id();
    assert!(matches!(foreign.clone().verify(&keys()), Err(SliceError::UnknownKey(named)) if named == id));
    let mut renamed = foreign;
    renamed.key_id = keyring().slice_signer().id();
    assert!(matches!(renamed.verify(&keys()), Err(SliceError::Signature)));
}

#[test]
fn a_receipt_key_signs_no_slices() {
    let key = keyring().receipt_signer().public_key();
    let keys = SliceKeys::new(&[key]).unwrap();
    assert!(matches!(signed().verify(&keys), Err(SliceError::UnknownKey(_))));
}

#[test]
fn rotation_is_two_keys_in_the_searchers_list() {
    let rotated = Keyring::parse(&format!("{OLDER_MASTER},{MASTER}")).unwrap();
    let list: Vec<String> = rotated.slice_keys().iter().map(ToString::to_string).collect();
    let keys: SliceKeys = list.join(", ").parse().unwrap();
    assert!(signed().verify(&keys).is_ok());
    assert!(SignedSlice::sign(slice(), &rotated).unwrap().verify(&keys).is_ok());
}

#[test]
fn a_bad_list_of_keys_is_refused_by_name() {
    assert_eq!(" , ".parse::<SliceKeys>().unwrap_err(), SliceKeysError::Missing);
    let good = keyring().slice_keys()[0];
    assert!(matches!(format!("{good},12").parse::<SliceKeys>(), Err(SliceKeysError::Hex { at: 2, .. })));
    let identity = format!("01{}", "00".repeat(31));
    assert_eq!(identity.parse::<SliceKeys>().unwrap_err(), SliceKeysError::Key(1));
}

#[test]
fn a_budget_beyond_exact_integers_is_not_signed() {
    let mut slice = slice();
    slice.budget.attempts = 1 << 53;
    assert!(matches!(SignedSlice::sign(slice, &keyring()), Err(CanonicalError::UnsafeInteger(_))));
}

//! The documents of split keys: what was written is read, what was changed is not.

use super::*;
use crate::custody::fixtures::with_one_bit_changed;

fn secret() -> SplitSecret {
    SplitSecret::from_random(&[0x42; 32]).unwrap()
}

fn offset() -> OffsetFile {
    let offset = Offset::new((1 << 119) + 0x1234_5678).unwrap();
    let point = secret().point().point;
    let public_key = offset_public_key(&point, offset).unwrap().into();
    OffsetFile { target: Target::Onion, point: point.into(), offset, public_key }
}

#[test]
fn both_halves_are_read_as_written() {
    let read = secret_from_json(&secret_to_json(&secret())).unwrap();
    assert_eq!(read.bytes(), secret().bytes());
    assert_eq!(OffsetFile::parse(&offset().to_json()), Ok(offset()));
    let json: serde_json::Value = serde_json::from_slice(&offset().to_json()).unwrap();
    assert_eq!(json["offset"], "800000000000000000000012345678");
    let key = read.combine_to(offset().offset, offset().public_key.as_bytes()).unwrap();
    assert_eq!(key.public_key(), *offset().public_key.as_bytes());
}

#[test]
fn what_was_changed_is_refused() {
    let text = String::from_utf8(offset().to_json()).unwrap();
    for changed in with_one_bit_changed(&text) {
        let read = OffsetFile::parse(changed.as_bytes());
        // White space is nobody's business, and the target is not bound to the numbers.
        assert!(read.is_err() || changed.split_whitespace().eq(text.split_whitespace()), "{changed}");
    }
    let text = String::from_utf8(secret_to_json(&secret()).to_vec()).unwrap();
    for changed in with_one_bit_changed(&text) {
        let read = secret_from_json(changed.as_bytes());
        let same = read.as_ref().is_ok_and(|read| read.bytes() == secret().bytes());
        assert!(read.is_err() || same, "{changed}");
    }
}

#[test]
fn the_halves_are_not_mistaken_for_each_other() {
    assert!(matches!(secret_from_json(&offset().to_json()), Err(SplitFileError::Form { what: "secret", .. })));
    assert!(matches!(OffsetFile::parse(&secret_to_json(&secret())), Err(SplitFileError::Form { what: "offset", .. })));
    let newer = String::from_utf8(offset().to_json()).unwrap().replace("\"version\": 1", "\"version\": 2");
    assert_eq!(OffsetFile::parse(newer.as_bytes()), Err(SplitFileError::Version("offset")));
    assert!(OffsetFile::parse(&vec![b' '; 2 * MAX_SPLIT_BYTES]).is_err());
}

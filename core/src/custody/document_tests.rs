//! Our own documents: any bytes are one or an error, and what was read is written and read again as itself.

use proptest::prelude::*;
use vanikeys_grind::{SeedKey, Target, split::SplitSecret};

use super::{
    keyfile::KeyFile,
    split::{OffsetFile, secret_from_json, secret_to_json},
};

/// Reads the bytes as they are, and as changes to sound documents.
fn documents(data: &[u8]) {
    let key_file = KeyFile::of_job(SeedKey::new([7; 32]), Target::Onion).to_json();
    let Ok(secret) = SplitSecret::from_random(&[7; 32]) else { return };
    let secret = secret_to_json(&secret);
    for document in [data.to_vec(), changed(&key_file, data), changed(&secret, data)] {
        if let Ok(file) = KeyFile::parse(&document) {
            let again = KeyFile::parse(&file.to_json());
            assert!(again.is_ok_and(|again| again.public_key() == file.public_key()), "a key file is not read again");
        }
        if let Ok(secret) = secret_from_json(&document) {
            let again = secret_from_json(&secret_to_json(&secret));
            assert!(again.is_ok_and(|again| again.bytes() == secret.bytes()), "a half is not read again");
        }
        if let Ok(file) = OffsetFile::parse(&document) {
            assert_eq!(OffsetFile::parse(&file.to_json()), Ok(file));
        }
    }
}

/// A document with a few bytes changed: three bytes of `data` each, of which the first two choose the place.
fn changed(document: &[u8], data: &[u8]) -> Vec<u8> {
    let mut document = document.to_vec();
    for change in data.chunks_exact(3).take(8) {
        let at = (usize::from(change[0]) << 8 | usize::from(change[1])) % document.len();
        document[at] ^= change[2];
    }
    document
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(128))]

    #[test]
    fn documents_of_random_bytes(data in prop::collection::vec(any::<u8>(), 0..40)) {
        documents(&data);
    }
}

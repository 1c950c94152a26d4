//! The bodies of the fuzz targets: each takes any bytes, and panics where something does not hold that must. The fuzzer calls
//! them, and so do the ordinary tests, with random bytes.

mod key_files;
mod odds;
mod patterns;

use crate::{Target, alphabet::Alphabet};

pub use key_files::{key_file, key_files};
pub use odds::odds;
pub use patterns::patterns;

/// Field arithmetic of every backend against big integers.
pub fn field(data: &[u8]) {
    crate::engine::field_check::check_bytes(data);
}

/// A character of an alphabet for every byte.
fn spelled<'a>(alphabet: &'static Alphabet, data: &'a [u8]) -> impl Iterator<Item = char> + 'a {
    data.iter().map(|&byte| alphabet.character((usize::from(byte) % alphabet.base()) as u8))
}

fn target(byte: u8) -> Target {
    Target::ALL[usize::from(byte) % Target::ALL.len()]
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn bytes(most: usize) -> impl Strategy<Value = Vec<u8>> {
        prop::collection::vec(any::<u8>(), 0..most)
    }

    proptest! {
        #![proptest_config(ProptestConfig::with_cases(256))]

        #[test]
        fn fields_of_random_bytes(data in bytes(300)) {
            field(&data);
        }

        #[test]
        fn patterns_of_random_bytes(data in bytes(60)) {
            patterns(&data);
        }

        #[test]
        fn odds_of_random_bytes(data in bytes(24)) {
            odds(&data);
        }

        #[test]
        fn key_files_of_random_bytes(data in bytes(40)) {
            key_files(&data);
        }
    }
}

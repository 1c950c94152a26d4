//! Stellar secrets are read or refused, and written back as the same key.
#![no_main]

use vanikeys_grind::{export::Format, fuzzing::key_file};

libfuzzer_sys::fuzz_target!(|data: &[u8]| key_file(Format::Stellar, data));

//! Other software's key files are read and written back as the same key.
#![no_main]

libfuzzer_sys::fuzz_target!(|data: &[u8]| vanikeys_grind::fuzzing::key_files(data));

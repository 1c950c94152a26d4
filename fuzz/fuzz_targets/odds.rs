//! The same set of keys described in two ways is counted alike.
#![no_main]

libfuzzer_sys::fuzz_target!(|data: &[u8]| vanikeys_grind::fuzzing::odds(data));

//! Field arithmetic of every backend against big integers.
#![no_main]

libfuzzer_sys::fuzz_target!(|data: &[u8]| vanikeys_grind::fuzzing::field(data));

//! Patterns are answered or refused, and matcher and automaton agree.
#![no_main]

libfuzzer_sys::fuzz_target!(|data: &[u8]| vanikeys_grind::fuzzing::patterns(data));

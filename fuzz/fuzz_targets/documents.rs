//! Our own key files and the halves of split keys are read and written back.
#![no_main]

libfuzzer_sys::fuzz_target!(|data: &[u8]| vanikeys_core::custody::fuzzing::documents(data));

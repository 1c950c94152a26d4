//! Which backends a test is run on: all that the processor has.

use std::io::{self, Write};

use super::Backend;

/// The backends to test, and says which they are. Without a vector backend it says so past the capture of the test's output, because then most of the
/// arithmetic that users run is not tested.
#[expect(clippy::print_stdout, reason = "a test's own output, shown where it fails")]
pub(crate) fn tested() -> Vec<Backend> {
    let backends: Vec<_> = Backend::available().collect();
    let names: Vec<_> = backends.iter().map(|backend| backend.name()).collect();
    let test = std::thread::current().name().unwrap_or("a test").to_owned();
    if backends == [Backend::Portable] {
        let _ =
            writeln!(io::stderr(), "WARNING: {test} ran on the portable backend alone: this processor has no other.");
    } else {
        println!("{test} ran on {}", names.join(", "));
    }
    backends
}

//! What commands say: reports on standard output, complaints on standard error. A reader that went away (a closed
//! pipe) is no failure.

use std::io::{ErrorKind, IsTerminal, Write};

use serde::Serialize;

use super::Failed;

/// Writes a line to standard output.
pub(super) fn line(text: impl std::fmt::Display) {
    writeln!(std::io::stdout(), "{text}").ok();
}

/// Writes a report as JSON to standard output.
pub(super) fn json(report: &impl Serialize) {
    let text = serde_json::to_string_pretty(report).unwrap_or_default();
    line(text);
}

/// Writes a file to standard output as it is, because somebody asked for it there. Here a disk that is full is a
/// failure: half a key is none.
///
/// # Errors
/// Standard output cannot be written.
pub(super) fn file(content: &[u8]) -> Result<(), Failed> {
    let mut out = std::io::stdout().lock();
    match out.write_all(content).and_then(|()| out.flush()) {
        Err(error) if error.kind() != ErrorKind::BrokenPipe => {
            Err(Failed::work(format!("cannot write to standard output: {error}")))
        }
        _ => Ok(()),
    }
}

/// Says something beside the report, on standard error.
pub(super) fn note(text: impl std::fmt::Display) {
    writeln!(std::io::stderr(), "{text}").ok();
}

/// True if somebody watches standard error.
pub(super) fn watched() -> bool {
    std::io::stderr().is_terminal()
}

/// Writes why a command failed to standard error.
pub(super) fn complain(why: impl std::fmt::Display) {
    let text = why.to_string();
    writeln!(std::io::stderr(), "vanikeys: {}", text.trim_end()).ok();
}

//! What commands say: reports on standard output, complaints on standard error. A reader that went away (a closed
//! pipe) is no failure.

use std::io::Write;

use serde::Serialize;

/// Writes a line to standard output.
pub(super) fn line(text: impl std::fmt::Display) {
    writeln!(std::io::stdout(), "{text}").ok();
}

/// Writes a report as JSON to standard output.
pub(super) fn json(report: &impl Serialize) {
    let text = serde_json::to_string_pretty(report).unwrap_or_default();
    line(text);
}

/// Writes why a command failed to standard error.
pub(super) fn complain(why: impl std::fmt::Display) {
    let text = why.to_string();
    writeln!(std::io::stderr(), "vanikeys: {}", text.trim_end()).ok();
}

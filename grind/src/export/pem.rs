//! PEM (RFC 7468): base64 between two lines. The text is secret and wiped.

use base64::{Engine, prelude::BASE64_STANDARD};
use zeroize::Zeroizing;

use super::{Format, ImportError};

/// The bytes in base64 lines of some width between the lines for a label, without a line break at the end.
pub(super) fn write(label: &str, width: usize, bytes: &[u8]) -> Zeroizing<String> {
    let text = Zeroizing::new(BASE64_STANDARD.encode(bytes));
    let mut pem = Zeroizing::new(String::with_capacity(text.len() + text.len() / width + 2 * label.len() + 40));
    pem.push_str(&format!("-----BEGIN {label}-----\n"));
    for line in text.as_bytes().chunks(width) {
        pem.extend(line.iter().map(|&byte| byte as char));
        pem.push('\n');
    }
    pem.push_str(&format!("-----END {label}-----"));
    pem
}

/// The bytes between the lines for a label.
pub(super) fn read(label: &str, text: &str, format: Format) -> Result<Zeroizing<Vec<u8>>, ImportError> {
    let damaged = |reason| ImportError::Damaged { format, reason };
    let inside = text
        .strip_prefix(&format!("-----BEGIN {label}-----"))
        .and_then(|text| text.strip_suffix(&format!("-----END {label}-----")))
        .ok_or(damaged("its first and last line do not belong together"))?;
    let mut packed = Zeroizing::new(Vec::with_capacity(inside.len()));
    packed.extend(inside.bytes().filter(|byte| !byte.is_ascii_whitespace()));
    BASE64_STANDARD.decode(&*packed).map(Zeroizing::new).map_err(|_| damaged("it is not base64"))
}

//! Canonical JSON: RFC 8785, with the rule that a number which is no integer is written as a string. What is signed is
//! signed over these bytes, so that a checker in any language can rebuild them.
//!
//! The rule removes the one hard part of RFC 8785 from what checkers must get right. Integers stay within
//! +-(2^53 - 1), which every JSON reader keeps exactly; a fraction becomes the string that ECMAScript's
//! `String(number)` gives. In a browser: `Number.isSafeInteger(n) ? String(n) : JSON.stringify(String(n))`.

use serde::Serialize;
use serde_json::{Number, Value};

/// The largest integer that a double keeps exactly along with all its neighbours (2^53 - 1).
pub const MAX_SAFE_INTEGER: u64 = (1 << 53) - 1;

/// Why a value has no canonical form.
#[derive(Debug, thiserror::Error)]
pub enum CanonicalError {
    /// An integer beyond +-(2^53 - 1): readers would not agree on it. Such values belong in strings.
    #[error("the integer {0} is beyond what every JSON reader keeps exactly (2^53 - 1)")]
    UnsafeInteger(String),
    /// The value does not become JSON at all (a map whose keys are no strings, for example).
    #[error("the value does not become JSON: {0}")]
    NotJson(#[from] serde_json::Error),
}

/// Canonical bytes of anything that serialises to JSON.
///
/// # Errors
/// [`CanonicalError`] when an integer is out of range or the value does not become JSON.
pub fn to_canonical(value: &impl Serialize) -> Result<Vec<u8>, CanonicalError> {
    canonical(&serde_json::to_value(value)?)
}

/// Canonical bytes of a JSON value.
///
/// # Errors
/// [`CanonicalError::UnsafeInteger`].
pub fn canonical(value: &Value) -> Result<Vec<u8>, CanonicalError> {
    let mut out = Vec::with_capacity(512);
    write_value(&mut out, value)?;
    Ok(out)
}

/// What a signature is made over: `context || 0x00 || canonical JSON of value`.
///
/// # Errors
/// As [`to_canonical`].
pub fn signed_bytes(context: &str, value: &impl Serialize) -> Result<Vec<u8>, CanonicalError> {
    let mut out = Vec::with_capacity(context.len() + 512);
    out.extend_from_slice(context.as_bytes());
    out.push(0);
    write_value(&mut out, &serde_json::to_value(value)?)?;
    Ok(out)
}

fn write_value(out: &mut Vec<u8>, value: &Value) -> Result<(), CanonicalError> {
    match value {
        Value::Null => out.extend_from_slice(b"null"),
        Value::Bool(true) => out.extend_from_slice(b"true"),
        Value::Bool(false) => out.extend_from_slice(b"false"),
        Value::Number(number) => write_number(out, number)?,
        Value::String(text) => write_string(out, text)?,
        Value::Array(items) => {
            out.push(b'[');
            for (index, item) in items.iter().enumerate() {
                if index > 0 {
                    out.push(b',');
                }
                write_value(out, item)?;
            }
            out.push(b']');
        }
        Value::Object(members) => {
            // RFC 8785 sorts names by UTF-16 code units; Rust's order is by code points, which differs beyond U+FFFF.
            let mut names: Vec<&String> = members.keys().collect();
            names.sort_by(|a, b| a.encode_utf16().cmp(b.encode_utf16()));
            out.push(b'{');
            for (index, name) in names.into_iter().enumerate() {
                if index > 0 {
                    out.push(b',');
                }
                write_string(out, name)?;
                out.push(b':');
                write_value(out, &members[name])?;
            }
            out.push(b'}');
        }
    }
    Ok(())
}

/// serde_json's compact form escapes exactly what RFC 8785 section 3.2.2.2 escapes, in the same spelling.
fn write_string(out: &mut Vec<u8>, text: &str) -> Result<(), CanonicalError> {
    Ok(serde_json::to_writer(out, text)?)
}

fn write_number(out: &mut Vec<u8>, number: &Number) -> Result<(), CanonicalError> {
    if let Some(integer) = number.as_i64() {
        if integer.unsigned_abs() > MAX_SAFE_INTEGER {
            return Err(CanonicalError::UnsafeInteger(number.to_string()));
        }
        out.extend_from_slice(integer.to_string().as_bytes());
        return Ok(());
    }
    let float = match number.as_f64() {
        Some(float) if !number.is_u64() => float,
        _ => return Err(CanonicalError::UnsafeInteger(number.to_string())),
    };
    let text = ecmascript(float);
    // 1024.0 is the integer 1024 to a browser, whichever way it was written.
    if float.trunc() == float && float.abs() <= MAX_SAFE_INTEGER as f64 {
        out.extend_from_slice(text.as_bytes());
        return Ok(());
    }
    write_string(out, &text)
}

/// A finite double as ECMAScript's `Number::toString` writes it (ECMA-262, 6.1.6.1.20).
pub(crate) fn ecmascript(number: f64) -> String {
    if number == 0.0 {
        return "0".to_owned();
    }
    let (digits, point) = shortest(number.abs());
    let count = i32::try_from(digits.len()).unwrap_or(i32::MAX);
    let zeros = |n: i32| "0".repeat(usize::try_from(n).unwrap_or(0));
    let body = if (count..=21).contains(&point) {
        format!("{digits}{}", zeros(point - count))
    } else if (1..=21).contains(&point) {
        let (whole, fraction) = digits.split_at(usize::try_from(point).unwrap_or(0));
        format!("{whole}.{fraction}")
    } else if (-5..=0).contains(&point) {
        format!("0.{}{digits}", zeros(-point))
    } else {
        let (first, rest) = digits.split_at(1);
        let dot = if rest.is_empty() { "" } else { "." };
        format!("{first}{dot}{rest}e{:+}", point - 1)
    };
    if number < 0.0 { format!("-{body}") } else { body }
}

/// The shortest decimal digits that read back to a positive double, and where the point stands among them.
///
/// serde_json takes the even digit when two are equally near, as ECMAScript engines do; Rust's own formatting does not
/// (1424953923781206.25 tells them apart).
fn shortest(number: f64) -> (String, i32) {
    let text = serde_json::json!(number).to_string();
    let (mantissa, exponent) = text.split_once('e').unwrap_or((&text, "0"));
    let (whole, fraction) = mantissa.split_once('.').unwrap_or((mantissa, ""));
    let all = format!("{whole}{fraction}");
    let digits = all.trim_start_matches('0');
    let leading_zeros = all.len() - digits.len();
    let point = i32::try_from(whole.len()).unwrap_or(0) - i32::try_from(leading_zeros).unwrap_or(0)
        + exponent.parse::<i32>().unwrap_or(0);
    (digits.trim_end_matches('0').to_owned(), point)
}

#[cfg(test)]
mod tests;

//! Public names.

use super::Wrong;

/// A name that others see.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Username(String);

/// Names that would look like the house speaking.
const RESERVED: &[&str] = &[
    "admin",
    "administrator",
    "anonymous",
    "api",
    "deleted",
    "everyone",
    "help",
    "info",
    "mail",
    "me",
    "moderator",
    "none",
    "null",
    "official",
    "operator",
    "owner",
    "postmaster",
    "root",
    "security",
    "service",
    "staff",
    "support",
    "system",
    "team",
    "undefined",
    "unknown",
    "vanikeys",
    "webmaster",
];

impl Username {
    /// Reads a name: 3 to 24 letters, digits, `_` and `-`, the first one a letter or digit.
    ///
    /// # Errors
    /// What is wrong with it, as the rest of a sentence.
    pub fn parse(text: &str) -> Result<Self, Wrong> {
        let name = text.trim();
        if !(3..=24).contains(&name.chars().count()) {
            return Err("must have 3 to 24 characters".into());
        }
        if !name.bytes().all(|b| b.is_ascii_alphanumeric() || b == b'_' || b == b'-') {
            return Err("may only have the letters a to z, digits, _ and -".into());
        }
        if !name.as_bytes()[0].is_ascii_alphanumeric() {
            return Err("must begin with a letter or a digit".into());
        }
        if RESERVED.contains(&name.to_ascii_lowercase().as_str()) {
            return Err(Wrong::coded("USERNAME_RESERVED", "is kept for the service itself; choose another"));
        }
        Ok(Self(name.to_owned()))
    }

    /// As it is shown.
    #[must_use]
    pub fn shown(&self) -> &str {
        &self.0
    }

    /// Equal for names that read the same; unique among accounts.
    #[must_use]
    pub fn key(&self) -> String {
        self.0.to_ascii_lowercase()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_are_short_plain_and_not_the_houses() {
        for text in ["ann", "Ann_B-42", "0xann", " ann ", &"a".repeat(24)] {
            assert!(Username::parse(text).is_ok(), "{text}");
        }
        for text in ["", "an", &"a".repeat(25), "_ann", "ann b", "änn", "<b>ann", "Admin", "VaniKeys", "a\0nn"] {
            assert!(Username::parse(text).is_err(), "{text}");
        }
        assert_eq!(Username::parse("Ann").unwrap().key(), "ann");
    }
}

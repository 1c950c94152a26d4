//! Enums that are known by words: in the database, in filters of the API, on the command line. The enum derives
//! `strum::{EnumString, IntoStaticStr, VariantNames}`; what reads it and says what else there is lives here.

use std::str::FromStr;

use strum::VariantNames;

/// An enum known by words.
pub trait Word: Copy + FromStr + Into<&'static str> + VariantNames {}

impl<T: Copy + FromStr + Into<&'static str> + VariantNames> Word for T {}

/// A word that names no case of the enum.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("{given:?} is none of {}", accepted.join(", "))]
pub struct UnknownWord {
    /// What was given, shortened if it is long.
    pub given: String,
    /// What there is.
    pub accepted: &'static [&'static str],
}

/// Characters of an unknown word that are repeated to whoever sent it.
const SHOWN: usize = 60;

/// Reads a word.
///
/// # Errors
/// It names no case; the error lists those that there are.
pub fn read<T: Word>(text: &str) -> Result<T, UnknownWord> {
    text.parse().map_err(|_| UnknownWord { given: text.chars().take(SHOWN).collect(), accepted: T::VARIANTS })
}

/// Every word of an enum, in order.
#[must_use]
pub const fn words<T: VariantNames>() -> &'static [&'static str] {
    T::VARIANTS
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::domain::job::Status;

    #[test]
    fn an_unknown_word_is_refused_with_those_that_there_are() {
        assert_eq!(read("running"), Ok(Status::Running));
        let error = read::<Status>("Running").unwrap_err();
        assert_eq!(error.to_string(), "\"Running\" is none of queued, running, completed, cancelled, failed");
        assert_eq!(read::<Status>(&"x".repeat(100)).unwrap_err().given.len(), SHOWN);
    }
}

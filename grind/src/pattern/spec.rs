//! What a person asks for, as it travels in JSON. Nothing is checked here; [`Pattern::compile`](super::Pattern::compile) is.

use std::{fmt, str::FromStr};

use serde::{Deserialize, Serialize};

use crate::target::Target;

/// A pattern as asked for, not yet checked.
#[derive(Clone, Debug, Default, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub struct PatternSpec {
    /// What is to appear; for a sequence its substrings with white space between them, for a regex the expression.
    pub text: String,
    /// Where it is to appear.
    #[serde(default)]
    pub kind: Kind,
    /// In which text of the key.
    #[serde(default)]
    pub target: Target,
    /// Whether upper and lower case count as equal.
    #[serde(default)]
    pub case_insensitive: bool,
    /// Whether look-alikes (`0~O`, `1~I~L`, `3~E`, `4~A`, `5~S`, `7~T`, `8~B`) count as equal.
    #[serde(default)]
    pub fuzzy: bool,
}

/// Where a pattern's text is to appear.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[serde(rename_all = "lowercase")]
pub enum Kind {
    /// At the start of the matched text.
    #[default]
    Prefix,
    /// At its end.
    Suffix,
    /// Anywhere.
    Contains,
    /// Wherever the regular expression says.
    Regex,
    /// Several substrings in this order, without overlap, with anything between them.
    Sequence,
}

impl Kind {
    /// Every kind there is.
    pub const ALL: [Self; 5] = [Self::Prefix, Self::Suffix, Self::Contains, Self::Regex, Self::Sequence];

    /// Its name in JSON and on the command line.
    pub const fn name(self) -> &'static str {
        match self {
            Self::Prefix => "prefix",
            Self::Suffix => "suffix",
            Self::Contains => "contains",
            Self::Regex => "regex",
            Self::Sequence => "sequence",
        }
    }
}

impl fmt::Display for Kind {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.name())
    }
}

/// The name given is not one of a kind of pattern.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("{0:?} is not a kind of pattern; the kinds are prefix, suffix, contains, regex and sequence")]
pub struct UnknownKind(String);

impl FromStr for Kind {
    type Err = UnknownKind;

    fn from_str(name: &str) -> Result<Self, UnknownKind> {
        Self::ALL.into_iter().find(|kind| kind.name() == name).ok_or_else(|| UnknownKind(name.to_owned()))
    }
}

impl PatternSpec {
    /// A pattern for a `did` with neither option.
    pub fn new(kind: Kind, text: impl Into<String>) -> Self {
        Self { text: text.into(), kind, ..Self::default() }
    }

    /// The same pattern for another target.
    pub fn target(self, target: Target) -> Self {
        Self { target, ..self }
    }

    /// The same pattern, upper and lower case equal.
    pub fn case_insensitive(self) -> Self {
        Self { case_insensitive: true, ..self }
    }

    /// The same pattern, look-alikes equal.
    pub fn fuzzy(self) -> Self {
        Self { fuzzy: true, ..self }
    }
}

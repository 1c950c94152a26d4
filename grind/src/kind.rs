//! Where a pattern's text is to appear: what patterns and their automata both know.

use std::{fmt, str::FromStr};

use serde::{Deserialize, Serialize};

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
    /// Wherever one of several patterns says. In JSON the list of these stands for it.
    #[serde(skip)]
    Any,
}

impl Kind {
    /// Every kind of a single pattern.
    pub const ALL: [Self; 5] = [Self::Prefix, Self::Suffix, Self::Contains, Self::Regex, Self::Sequence];

    /// Its name in JSON and on the command line.
    pub const fn name(self) -> &'static str {
        match self {
            Self::Prefix => "prefix",
            Self::Suffix => "suffix",
            Self::Contains => "contains",
            Self::Regex => "regex",
            Self::Sequence => "sequence",
            Self::Any => "any",
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

//! What a person asks for, as it travels in JSON. Nothing is checked here; [`Pattern::compile`](super::Pattern::compile) is.

use serde::{Deserialize, Serialize};

use crate::{kind::Kind, target::Target};

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

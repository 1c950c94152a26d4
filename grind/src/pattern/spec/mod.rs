//! What a person asks for, as it travels in JSON. Nothing is checked here; [`Pattern::compile`](super::Pattern::compile) does.

mod wire;

use serde::{Deserialize, Serialize};

use crate::{kind::Kind, target::Target};
use wire::Wire;

/// A pattern as asked for, not yet checked: one, or any of several, which then has their texts as its own.
#[derive(Clone, Debug, Default, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(try_from = "Wire", into = "Wire")]
pub struct PatternSpec {
    /// What is to appear; for a sequence its substrings with white space between them, for a regex the expression.
    pub text: String,
    /// Where it is to appear.
    pub kind: Kind,
    /// In which text of the key.
    pub target: Target,
    /// Whether upper and lower case count as equal.
    pub case_insensitive: bool,
    /// Whether look-alikes (`0~O`, `1~I~L`, `3~E`, `4~A`, `5~S`, `7~T`, `8~B`) count as equal.
    pub fuzzy: bool,
    /// The patterns of which any will do, if the kind is [`Kind::Any`].
    pub any: Vec<PatternSpec>,
}

impl PatternSpec {
    /// A pattern for a `did` with neither option.
    pub fn new(kind: Kind, text: impl Into<String>) -> Self {
        Self { text: text.into(), kind, ..Self::default() }
    }

    /// Any of several patterns, whose target is that of the first.
    pub fn any(patterns: Vec<Self>) -> Self {
        let text = patterns.iter().map(|one| one.text.as_str()).collect::<Vec<_>>().join(" ");
        let target = patterns.first().map_or_else(Target::default, |first| first.target);
        Self { text, kind: Kind::Any, target, any: patterns, ..Self::default() }
    }

    /// The first of several patterns, or the pattern itself.
    pub fn first(&self) -> &Self {
        self.any.first().unwrap_or(self)
    }

    /// The kind whose search is as fast as that for this pattern: several are found by their ranges if all are prefixes, and else by an
    /// automaton.
    pub fn searched_as(&self) -> Kind {
        match self.kind {
            Kind::Any if self.any.iter().all(|one| one.kind == Kind::Prefix) => Kind::Prefix,
            Kind::Any => Kind::Regex,
            kind => kind,
        }
    }

    /// The same pattern for another target.
    pub fn target(self, target: Target) -> Self {
        let any = self.any.into_iter().map(|one| one.target(target)).collect();
        Self { target, any, ..self }
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

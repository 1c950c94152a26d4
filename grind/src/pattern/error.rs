//! Why a pattern is refused: one variant per cause, each message saying what, why and what to do.

use serde::Serialize;

use super::PatternSpec;
use crate::kind::Kind;
use crate::target::Target;

/// A pattern that was refused.
#[derive(Clone, Debug, PartialEq, thiserror::Error)]
pub enum PatternError {
    /// There is no text.
    #[error("the pattern is empty; write at least one character")]
    Empty,
    /// White space in a kind that has a single substring.
    #[error(
        "a {kind} pattern is one piece, but there is white space at position {position}; remove it, or use a sequence for several pieces"
    )]
    WhiteSpace {
        /// The kind asked for.
        kind: Kind,
        /// Character index in the text.
        position: usize,
    },
    /// A sequence of too many substrings.
    #[error("the sequence has {found} substrings, at most {limit} are possible; leave some out")]
    TooManySubstrings {
        /// How many there are.
        found: usize,
        /// How many there may be.
        limit: usize,
    },
    /// One substring is too long.
    #[error("{text:?} has {found} characters, a substring may have at most {limit}; shorten it")]
    SubstringTooLong {
        /// The substring, cut at 40 characters.
        text: String,
        /// Its characters.
        found: usize,
        /// How many it may have.
        limit: usize,
    },
    /// All substrings together, or the regular expression, are too long.
    #[error("the pattern has {found} characters, a {kind} may have at most {limit}; shorten it")]
    TooLong {
        /// The kind asked for.
        kind: Kind,
        /// How many characters there are.
        found: usize,
        /// How many there may be.
        limit: usize,
    },
    /// The automaton of the pattern is over the size that can be counted fast.
    #[error(
        "the pattern is too complex: its automaton has more than {limit} {unit}; use fewer alternatives, repetitions or substrings"
    )]
    TooComplex {
        /// The limit that it passed.
        limit: usize,
        /// Of what.
        unit: &'static str,
    },
    /// The regular expression cannot be read.
    #[error("the regular expression is not valid: {reason}; correct it, or use \"contains\" for plain text")]
    BadRegex {
        /// What the parser says, on one line.
        reason: String,
        /// Character index of the fault, where known.
        position: Option<usize>,
    },
    /// An option that the kind does not have.
    #[error("a regex has no option {option}; write {instead} in the expression")]
    OptionNotForRegex {
        /// The option's JSON name.
        option: &'static str,
        /// What does the same in an expression.
        instead: &'static str,
    },
    /// A suffix for a target whose displayed end no pattern can reach.
    #[error("a pattern cannot reach the end of a {target} text, which is a checksum; use \"contains\" or \"prefix\"")]
    NoSuffix {
        /// The target asked for.
        target: Target,
    },
    /// None or too many patterns of which any will do.
    #[error("any of several takes from 1 to {limit} patterns, not {found}; leave some out")]
    NotSoMany {
        /// How many there are.
        found: usize,
        /// How many there may be.
        limit: usize,
    },
    /// Any of several among several.
    #[error("any of several takes single patterns, none of them any of several again; list them all at once")]
    Nested,
    /// Several patterns for more than one target.
    #[error(
        "all patterns of one search are for one target, and these are for {one} and {other}; search for each alone"
    )]
    SeveralTargets {
        /// The first one's.
        one: Target,
        /// Another one's.
        other: Target,
    },
    /// One of several patterns is refused.
    #[error("pattern {} of several, {text:?}: {error}", .index + 1)]
    OneOf {
        /// Which one, from 0.
        index: usize,
        /// Its text, cut at 40 characters.
        text: String,
        /// Why.
        error: Box<PatternError>,
    },
    /// No key whatever can match.
    #[error(transparent)]
    Impossible(#[from] Impossible),
}

/// A pattern that no key can match, with the place, the reason and what would do.
#[derive(Clone, Debug, PartialEq, Serialize, thiserror::Error)]
#[serde(rename_all = "camelCase")]
#[error("no key can match: {reason}{}", tried(.suggestions))]
pub struct Impossible {
    /// Character index in the text of the pattern.
    pub position: usize,
    /// The character there; `None` for a regex.
    pub character: Option<char>,
    /// Why, as a clause without a full stop.
    pub reason: String,
    /// The nearest patterns that are possible, nearest first.
    pub suggestions: Vec<Suggestion>,
}

/// A possible pattern near an impossible one.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct Suggestion {
    /// What to change, as an imperative clause.
    pub description: String,
    /// The changed pattern.
    pub pattern: PatternSpec,
}

fn tried(suggestions: &[Suggestion]) -> String {
    match suggestions {
        [] => String::new(),
        some => format!("; {}", some.iter().map(|s| s.description.as_str()).collect::<Vec<_>>().join(", or ")),
    }
}

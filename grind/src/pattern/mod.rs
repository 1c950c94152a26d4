//! Patterns: what the text of a key is to look like, compiled for a target.
//!
//! [`Pattern::compile`] checks everything once; whatever it returns can be matched, scored, searched for and has odds above
//! zero. How characters match is in `parse`, the plain matcher in `score`, the refusals in `error`.

mod any;
mod error;
mod impossible;
pub(crate) mod parse;
mod regex;
pub(crate) mod score;
mod spec;

use std::{fmt, sync::Arc};

pub use any::MAX_ANY;
pub use error::{Impossible, PatternError, Suggestion};
pub use parse::{MAX_SUBSTRING, MAX_SUBSTRINGS, MAX_TOTAL};
pub use regex::MAX_REGEX;
pub use score::{Score, SubMatch};
pub use spec::PatternSpec;

use crate::{
    alphabet::CharSet,
    dfa::{Dfa, substrings},
    kind::Kind,
    odds::{Odds, count},
    target::Target,
};
use parse::Substring;
use regex::Regex;

/// Most states of a pattern's automaton.
pub const MAX_STATES: usize = 1 << 14;

/// A checked pattern. Cloning is cheap.
#[derive(Clone)]
pub struct Pattern(Arc<Compiled>);

struct Compiled {
    spec: PatternSpec,
    substrings: Vec<Substring>,
    sets: Vec<Vec<CharSet>>,
    regex: Option<Regex>,
    /// The patterns of which any will do.
    several: Vec<Pattern>,
    dfa: Dfa,
    odds: Odds,
}

impl Pattern {
    /// Checks a pattern and prepares it for matching.
    ///
    /// # Errors
    /// A [`PatternError`] that names what is wrong, among them [`Impossible`] if no key whatever matches.
    pub fn compile(spec: &PatternSpec) -> Result<Self, PatternError> {
        let pattern = Self::count(spec)?;
        if pattern.odds().count().bits() == 0 {
            return Err(impossible::explain(&pattern).into());
        }
        Ok(pattern)
    }

    /// The same without refusing what is impossible.
    fn count(spec: &PatternSpec) -> Result<Self, PatternError> {
        let (mut substrings, mut regex, mut several) = (Vec::new(), None, Vec::new());
        let dfa;
        match spec.kind {
            Kind::Any => (several, dfa) = any::compile(spec)?,
            Kind::Regex => {
                let (plain, automaton) = regex::compile(spec)?;
                (regex, dfa) = (Some(plain), automaton);
            }
            _ => (substrings, dfa) = automaton(spec)?,
        }
        let sets = substrings.iter().map(|s| s.sets.clone()).collect();
        let (base, ranges) = (spec.target.alphabet().base(), spec.target.ranges());
        let odds = Odds::from_scores(&count::by_score(&dfa, base, &ranges), spec.target.values());
        Ok(Self(Arc::new(Compiled { spec: spec.clone(), substrings, sets, regex, several, dfa, odds })))
    }

    /// What it was compiled from.
    pub fn spec(&self) -> &PatternSpec {
        &self.0.spec
    }

    /// The text of a key that it is matched against.
    pub fn target(&self) -> Target {
        self.0.spec.target
    }

    /// Where its text is to appear.
    pub fn kind(&self) -> Kind {
        self.0.spec.kind
    }

    /// A text that is equal for patterns that count as the same: same target, kind and options, and the same text up to
    /// white space, and up to case if that does not matter.
    pub fn key(&self) -> String {
        if self.kind() == Kind::Any {
            let mut keys: Vec<String> = self.several().iter().map(Self::key).collect();
            keys.sort_unstable();
            keys.dedup();
            return format!("any:{}", keys.join("\n"));
        }
        let PatternSpec { text, kind, target, case_insensitive, fuzzy, .. } = &self.0.spec;
        let mut text = match kind {
            Kind::Regex => text.clone(),
            _ => text.split_whitespace().collect::<Vec<_>>().join(" "),
        };
        if *case_insensitive {
            text.make_ascii_lowercase();
        }
        let case = if *case_insensitive { "i" } else { "-" };
        let fuzzy = if *fuzzy { "f" } else { "-" };
        format!("{target}:{kind}:{case}{fuzzy}:{text}")
    }

    /// Per substring and character, the digits that match it. Empty for a regex, and for any of several.
    pub fn substrings(&self) -> &[Vec<CharSet>] {
        &self.0.sets
    }

    /// The automaton over digits, for any kind. Its score at the end of a text is [`Score::matched`].
    pub fn dfa(&self) -> &Dfa {
        &self.0.dfa
    }

    /// The exact odds that a key matches.
    pub fn odds(&self) -> &Odds {
        &self.0.odds
    }

    /// Whether a text, given without the target's lead, is matched in full.
    pub fn matches(&self, text: &str) -> bool {
        match &self.0.regex {
            _ if self.kind() == Kind::Any => self.which(text).is_some(),
            Some(regex) => regex.find(text).is_some(),
            None => score::matches(self.kind(), &self.0.substrings, text, self.target().alphabet()),
        }
    }

    /// Whether the text of a key is matched in full, from the bytes that it is made of.
    pub(crate) fn matches_bytes(&self, bytes: &[u8; 32]) -> bool {
        self.matches(&(self.target().scheme().encode)(bytes))
    }

    /// Whether the text of a public key is matched in full.
    pub fn matches_key(&self, public_key: &[u8; 32]) -> bool {
        self.matches(&self.target().encode(public_key))
    }

    /// How far a text, given without the target's lead, is matched.
    pub fn score(&self, text: &str) -> Score {
        match &self.0.regex {
            _ if self.kind() == Kind::Any => match self.which(text) {
                Some(one) => Score { matched: 1, of: 1, matches: one.score(text).matches, missing: Vec::new() },
                None => Score { matched: 0, of: 1, matches: Vec::new(), missing: vec![self.0.spec.text.clone()] },
            },
            Some(regex) => regex.score(&self.0.spec.text, text),
            None => score::score(self.kind(), &self.0.substrings, text, self.target().alphabet()),
        }
    }
}

impl fmt::Debug for Pattern {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_tuple("Pattern").field(&self.key()).finish()
    }
}

/// The substrings of a pattern of any kind but regex, and their automaton.
fn automaton(spec: &PatternSpec) -> Result<(Vec<Substring>, Dfa), PatternError> {
    let substrings = parse::substrings(spec)?;
    let target = spec.target;
    if spec.kind == Kind::Suffix && !target.scheme().reaches_end {
        return Err(PatternError::NoSuffix { target });
    }
    let sets: Vec<Vec<CharSet>> = substrings.iter().map(|s| s.sets.clone()).collect();
    let dfa = substrings::automaton(spec.kind, &sets, target.alphabet().all(), target.longest(), MAX_STATES)
        .map_err(|_| PatternError::TooComplex { limit: MAX_STATES, unit: "states" })?;
    Ok((substrings, dfa))
}

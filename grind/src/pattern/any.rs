//! Any of several patterns: checked one by one, counted and searched as one automaton, the product of theirs.

use super::{Kind, MAX_STATES, Pattern, PatternError, PatternSpec};
use crate::{
    alphabet::CharSet,
    dfa::{Dfa, product},
};

/// Most patterns of which any will do.
pub const MAX_ANY: usize = product::MOST;

/// The patterns and their product.
pub(super) fn compile(spec: &PatternSpec) -> Result<(Vec<Pattern>, Dfa), PatternError> {
    let found = spec.any.len();
    if !(1..=MAX_ANY).contains(&found) {
        return Err(PatternError::NotSoMany { found, limit: MAX_ANY });
    }
    if let Some(other) = spec.any.iter().find(|one| one.target != spec.target) {
        return Err(PatternError::SeveralTargets { one: spec.target, other: other.target });
    }
    if spec.any.iter().any(|one| one.kind == Kind::Any) {
        return Err(PatternError::Nested);
    }
    let compile = |(index, one): (usize, &PatternSpec)| {
        Pattern::compile(one).map_err(|error| PatternError::OneOf {
            index,
            text: one.text.chars().take(40).collect(),
            error: Box::new(error),
        })
    };
    let patterns: Vec<Pattern> = spec.any.iter().enumerate().map(compile).collect::<Result<_, _>>()?;
    let all = spec.target.alphabet().all();
    let dfas: Vec<&Dfa> = patterns.iter().map(Pattern::dfa).collect();
    let dfa = product::union(&dfas, all, spec.target.longest(), MAX_STATES)
        .map_err(|_| PatternError::TooComplex { limit: MAX_STATES, unit: "states" })?;
    Ok((patterns, dfa))
}

impl Pattern {
    /// The patterns of which any will do; none of a single pattern.
    pub fn several(&self) -> &[Self] {
        &self.0.several
    }

    /// Which of several patterns a text, given without the target's lead, is matched by: the first of them; none if it is no match,
    /// or the pattern a single one.
    pub fn which(&self, text: &str) -> Option<&Self> {
        self.0.several.iter().find(|one| one.matches(text))
    }

    /// The prefixes, if nothing but the start of a text matters.
    pub(crate) fn prefixes(&self) -> Option<Vec<&[CharSet]>> {
        let all = if self.kind() == Kind::Any { self.several() } else { std::slice::from_ref(self) };
        all.iter().map(Self::prefix).collect()
    }

    fn prefix(&self) -> Option<&[CharSet]> {
        (self.kind() == Kind::Prefix).then(|| self.0.sets[0].as_slice())
    }
}

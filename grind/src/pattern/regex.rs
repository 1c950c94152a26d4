//! Regular expressions as patterns: their limits, and their plain matcher, which simulates the nondeterministic automaton
//! and shares no step with the deterministic one that odds and search use.

use regex_automata::{
    Input,
    nfa::thompson::pikevm::{Cache, PikeVM},
};

use super::{MAX_STATES, PatternError, PatternSpec, Score, SubMatch};
use crate::dfa::{self, Dfa};

/// Most characters of an expression.
pub const MAX_REGEX: usize = 128;

/// The plain matcher of an expression.
#[derive(Debug)]
pub(super) struct Regex(PikeVM);

/// Checks an expression and makes both matchers.
pub(super) fn compile(spec: &PatternSpec) -> Result<(Regex, Dfa), PatternError> {
    let found = spec.text.chars().count();
    if found == 0 {
        return Err(PatternError::Empty);
    }
    if found > MAX_REGEX {
        return Err(PatternError::TooLong { kind: spec.kind, found, limit: MAX_REGEX });
    }
    if spec.case_insensitive {
        return Err(PatternError::OptionNotForRegex { option: "caseInsensitive", instead: "(?i)" });
    }
    if spec.fuzzy {
        return Err(PatternError::OptionNotForRegex { option: "fuzzy", instead: "classes such as [3E]" });
    }
    let hir = regex_syntax::parse(&spec.text).map_err(bad_regex)?;
    let alphabet = spec.target.alphabet();
    let nfa = dfa::regex::nfa(&hir, alphabet).ok_or(too_complex())?;
    let dfa = dfa::regex::automaton(&nfa, alphabet, spec.target.longest(), MAX_STATES).map_err(|_| too_complex())?;
    let plain = PikeVM::new_from_nfa(nfa).map_err(|_| too_complex())?;
    Ok((Regex(plain), dfa))
}

fn too_complex() -> PatternError {
    PatternError::TooComplex { limit: dfa::regex::MAX_BYTES, unit: "bytes" }
}

fn bad_regex(error: regex_syntax::Error) -> PatternError {
    let (reason, position) = match &error {
        regex_syntax::Error::Parse(e) => (e.kind().to_string(), Some((e.pattern(), e.span().start.offset))),
        regex_syntax::Error::Translate(e) => (e.kind().to_string(), Some((e.pattern(), e.span().start.offset))),
        other => (other.to_string(), None),
    };
    let position = position.map(|(text, offset)| text.get(..offset).unwrap_or_default().chars().count());
    PatternError::BadRegex { reason, position }
}

impl Regex {
    /// The bytes of the leftmost match.
    pub(super) fn find(&self, text: &str) -> Option<std::ops::Range<usize>> {
        let mut cache = Cache::new(&self.0);
        self.0.find(&mut cache, Input::new(text)).map(|found| found.range())
    }

    /// The score of a text: one or none of one.
    pub(super) fn score(&self, expression: &str, text: &str) -> Score {
        let matches: Vec<SubMatch> = self
            .find(text)
            .map(|range| SubMatch {
                text: expression.to_owned(),
                position: text[..range.start].chars().count(),
                found: text[range].to_owned(),
                exact: true,
            })
            .into_iter()
            .collect();
        let missing = if matches.is_empty() { vec![expression.to_owned()] } else { Vec::new() };
        Score { matched: matches.len() as u8, of: 1, matches, missing }
    }
}

//! The pattern form, the same on `/`, `/odds` and `/app`: what it holds, what it means, what came of it.

use serde::Deserialize;
use uuid::Uuid;
use vanikeys_core::flow::{
    Failure,
    pattern::{self, Estimate},
};
use vanikeys_grind::{Kind, PatternError, PatternSpec, Target};

use super::encode;
use crate::web::{
    Web,
    error::{Problem, Refuse},
};

/// The form's fields, as a query or as part of a posted form.
#[derive(Clone, Debug, Default, Deserialize)]
#[serde(rename_all = "camelCase", default)]
pub(crate) struct PatternForm {
    /// What is to appear.
    pub(crate) text: String,
    /// Where.
    pub(crate) kind: Option<Kind>,
    /// In which text of the key.
    pub(crate) target: Option<Target>,
    /// A checkbox: any value is yes.
    pub(crate) case_insensitive: Option<String>,
    /// A checkbox: any value is yes.
    pub(crate) fuzzy: Option<String>,
}

impl PatternForm {
    /// The pattern, if anything is asked for.
    pub(crate) fn spec(&self) -> Option<PatternSpec> {
        let text = self.text.trim();
        (!text.is_empty()).then(|| PatternSpec {
            text: text.to_owned(),
            kind: self.kind.unwrap_or(if text.contains(char::is_whitespace) { Kind::Sequence } else { Kind::Prefix }),
            target: self.target.unwrap_or_default(),
            case_insensitive: self.case_insensitive.is_some(),
            fuzzy: self.fuzzy.is_some(),
        })
    }
}

/// The form as a page shows it, with what came of it.
#[derive(Debug)]
pub(crate) struct Asked {
    /// What the fields hold.
    pub(crate) spec: PatternSpec,
    /// Where the form goes.
    pub(crate) action: &'static str,
    /// Odds and prices, or why not.
    pub(crate) answer: Option<Result<Box<Estimate>, Refused>>,
}

/// A pattern that was refused.
#[derive(Debug)]
pub(crate) struct Refused {
    /// What happened, why, what to do.
    pub(crate) message: String,
    /// The nearest patterns that are possible: what to change, and the query that has it changed.
    pub(crate) suggestions: Vec<(String, String)>,
}

impl Asked {
    /// The form with its answer.
    pub(crate) async fn answer(
        web: &Web,
        viewer: Option<Uuid>,
        form: &PatternForm,
        action: &'static str,
    ) -> Result<Self, Problem> {
        let Some(spec) = form.spec() else {
            return Ok(Self { spec: PatternSpec::default(), action, answer: None });
        };
        let answer = match pattern::estimate(&web.app, viewer, &spec).await {
            Ok(estimate) => Ok(Box::new(estimate)),
            Err(Failure::Refused(refusal)) => Err(Refused::from(&refusal)),
            Err(failure) => return Err(failure.into()),
        };
        Ok(Self { spec, action, answer: Some(answer) })
    }

    /// The pattern as a query string.
    pub(crate) fn query(&self) -> String {
        query(&self.spec)
    }

    /// Every kind, for the form.
    pub(crate) fn kinds() -> [(Kind, &'static str); 5] {
        [
            (Kind::Prefix, "at the start"),
            (Kind::Suffix, "at the end"),
            (Kind::Contains, "anywhere"),
            (Kind::Sequence, "several words in this order"),
            (Kind::Regex, "a regular expression"),
        ]
    }

    /// Every target, for the form.
    pub(crate) fn targets() -> Vec<(Target, &'static str)> {
        Target::ALL.iter().map(|&target| (target, target_words(target))).collect()
    }
}

/// A target in words.
pub(crate) fn target_words(target: Target) -> &'static str {
    match target {
        Target::Did => "did:key",
        Target::Solana => "Solana address",
        Target::Ssh => "SSH public key",
        Target::SshFingerprint => "SSH fingerprint",
        Target::Onion => "Tor onion address",
        Target::Hex => "hexadecimal",
        _ => target.name(),
    }
}

impl From<&PatternError> for Refused {
    fn from(error: &PatternError) -> Self {
        let suggestions = match error {
            PatternError::Impossible(impossible) => impossible
                .suggestions
                .iter()
                .map(|suggestion| (suggestion.description.clone(), query(&suggestion.pattern)))
                .collect(),
            _ => Vec::new(),
        };
        let message = match error {
            PatternError::Impossible(impossible) => format!("No key can match: {}.", impossible.reason),
            other => other.problem().message.into_owned(),
        };
        Self { message, suggestions }
    }
}

/// A pattern as a query string that fills the form.
pub(crate) fn query(spec: &PatternSpec) -> String {
    let mut query = format!("text={}&kind={}&target={}", encode(&spec.text), spec.kind, spec.target);
    if spec.case_insensitive {
        query.push_str("&caseInsensitive=on");
    }
    if spec.fuzzy {
        query.push_str("&fuzzy=on");
    }
    query
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_pattern_survives_the_form() {
        let spec = PatternSpec::new(Kind::Sequence, "GO & BE").fuzzy();
        let form: PatternForm = serde_urlencoded::from_str(&query(&spec)).unwrap();
        assert_eq!(form.spec(), Some(spec));
    }

    #[test]
    fn an_empty_form_asks_for_nothing() {
        let form: PatternForm = serde_urlencoded::from_str("text=+&kind=prefix").unwrap();
        assert_eq!(form.spec(), None);
    }
}

//! Patterns.

use http::StatusCode as S;
use serde_json::{Value, json};
use vanikeys_grind::PatternError;

use crate::error::{Problem, Refuse};

impl Refuse for PatternError {
    fn problem(&self) -> Problem {
        let invalid =
            |details: Value| Problem::refused(S::UNPROCESSABLE_ENTITY, "INVALID_PATTERN", self).details(details);
        match self {
            Self::Impossible(impossible) => Problem::refused(S::UNPROCESSABLE_ENTITY, "IMPOSSIBLE_PATTERN", self)
                .details(serde_json::to_value(impossible).unwrap_or_default()),
            Self::TooComplex { limit, unit } => Problem::refused(S::UNPROCESSABLE_ENTITY, "PATTERN_TOO_COMPLEX", self)
                .details(json!({ "limit": limit, "unit": unit })),
            Self::WhiteSpace { position, .. } => invalid(json!({ "position": position })),
            Self::BadRegex { position, .. } => invalid(json!({ "position": position })),
            Self::TooManySubstrings { found, limit }
            | Self::SubstringTooLong { found, limit, .. }
            | Self::TooLong { found, limit, .. } => invalid(json!({ "found": found, "limit": limit })),
            Self::OneOf { index, error, .. } => {
                let problem = error.problem();
                let mut details = problem.details.as_deref().cloned().unwrap_or_else(|| json!({}));
                details["index"] = json!(index);
                Problem { message: self.to_string().into(), ..problem }.details(details)
            }
            Self::NotSoMany { found, limit } => invalid(json!({ "found": found, "limit": limit })),
            Self::OptionNotForRegex { option, instead } => invalid(json!({ "option": option, "instead": instead })),
            Self::Empty | Self::NoSuffix { .. } | Self::Nested | Self::SeveralTargets { .. } => invalid(json!({})),
        }
    }
}

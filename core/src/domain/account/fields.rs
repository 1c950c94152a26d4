//! What is wrong with one field of a form.

use serde::{Deserialize, Serialize};

/// A field that was not accepted, by its name in the API, and what is wrong with it.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct FieldProblem {
    /// Name of the field.
    pub field: String,
    /// What is wrong and what would be right.
    pub message: String,
    /// Names a rule that no schema of the field can say, such as a password being too common.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub code: Option<String>,
}

impl FieldProblem {
    /// A problem of `field`.
    pub fn new(field: &str, wrong: impl Into<Wrong>) -> Self {
        let Wrong { message, code } = wrong.into();
        Self { field: field.to_owned(), message: message.to_owned(), code: code.map(str::to_owned) }
    }
}

/// What is wrong with a value, as the rest of a sentence.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[error("{message}")]
pub struct Wrong {
    message: &'static str,
    code: Option<&'static str>,
}

impl Wrong {
    /// A rule with a code, because no schema of the field can say it.
    #[must_use]
    pub const fn coded(code: &'static str, message: &'static str) -> Self {
        Self { message, code: Some(code) }
    }
}

impl From<&'static str> for Wrong {
    fn from(message: &'static str) -> Self {
        Self { message, code: None }
    }
}

impl std::fmt::Display for FieldProblem {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "{} {}", self.field, self.message)
    }
}

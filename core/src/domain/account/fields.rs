//! What is wrong with one field of a form.

use serde::{Deserialize, Serialize};

/// A field that was not accepted, by its name in the API, and what is wrong with it.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct FieldProblem {
    /// Name of the field.
    pub field: String,
    /// What is wrong and what would be right.
    pub message: String,
}

impl FieldProblem {
    /// A problem of `field`.
    pub fn new(field: &str, message: impl Into<String>) -> Self {
        Self { field: field.to_owned(), message: message.into() }
    }
}

impl std::fmt::Display for FieldProblem {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "{} {}", self.field, self.message)
    }
}

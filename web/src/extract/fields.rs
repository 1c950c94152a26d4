//! Checks of request bodies that name every field they refuse, all at once.

use serde_json::Value;

use crate::error::{FieldError, Problem};

/// A request body that can say what is wrong with it beyond its types.
pub(crate) trait Check {
    /// Notes every field that will not do. Most types leave this to the use case.
    fn check(&self, fields: &mut Fields) {
        let _ = fields;
    }
}

/// The fields that were refused so far.
#[derive(Debug, Default)]
pub(crate) struct Fields(Vec<FieldError>);

impl Fields {
    /// Notes `field` as refused because of `message`, unless `fine`.
    pub(crate) fn require(&mut self, fine: bool, field: &str, message: &str) {
        if !fine {
            self.0.push(FieldError::new(field, message));
        }
    }

    /// The same for a rule that no schema can say.
    pub(crate) fn require_coded(&mut self, fine: bool, code: &str, field: &str, message: &str) {
        if !fine {
            self.0.push(FieldError::new(field, message).code(code));
        }
    }

    /// The problem, if anything was noted.
    pub(crate) fn finish(self) -> Result<(), Problem> {
        if self.0.is_empty() { Ok(()) } else { Err(Problem::invalid(&self.0)) }
    }
}

/// Notes every text that holds a NUL character, which no database column takes.
pub(super) fn refuse_nul(value: &Value, path: &str, fields: &mut Fields) {
    match value {
        Value::String(text) => fields.require(!text.contains('\0'), path, "must not contain a NUL character"),
        Value::Array(items) => {
            for (index, item) in items.iter().enumerate() {
                refuse_nul(item, &format!("{path}[{index}]"), fields);
            }
        }
        Value::Object(members) => {
            for (name, member) in members {
                let dot = if path.is_empty() { "" } else { "." };
                refuse_nul(member, &format!("{path}{dot}{name}"), fields);
            }
        }
        _ => {}
    }
}

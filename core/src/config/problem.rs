//! What is wrong with a configuration: every problem at once, each with the setting, its value unless that is secret,
//! where it came from, why it is wrong and what to do.

use std::fmt;

use serde::Serialize;

/// One problem.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Problem {
    /// The setting.
    pub setting: String,
    /// Its value as it may be shown; none if there is none.
    pub value: Option<String>,
    /// Where the value came from.
    pub source: String,
    /// What is wrong.
    pub why: String,
    /// What to do about it.
    pub fix: String,
}

/// All problems of a configuration, at least one.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error, Serialize)]
pub struct Problems(pub Vec<Problem>);

impl fmt::Display for Problem {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.setting)?;
        if let Some(value) = &self.value {
            write!(f, " = {value:?}")?;
        }
        write!(f, " ({}): {}. {}.", self.source, self.why, self.fix)
    }
}

impl fmt::Display for Problems {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let count = self.0.len();
        let (has, noun) = if count == 1 { ("has", "problem") } else { ("has", "problems") };
        writeln!(f, "the configuration {has} {count} {noun}; nothing was started:")?;
        for problem in &self.0 {
            writeln!(f, "  - {problem}")?;
        }
        Ok(())
    }
}

//! A job delivered its key. The letter leads to the job's page; the key itself never travels by mail.

use crate::mail::letter;

/// The letter's own part.
#[derive(Clone, Debug)]
pub struct KeyFound {
    /// What was searched for, on one line.
    pub pattern: String,
    /// The key as its target shows it.
    pub text: String,
    /// The job's page.
    pub url: String,
}

letter!(
    KeyFound,
    |letter| format!("Your key was found: {}", letter.pattern),
    "key_found/letter.txt",
    "key_found/letter.html"
);

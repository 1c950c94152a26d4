//! A job failed, and what was held for it is back.

use crate::mail::letter;

/// The letter's own part.
#[derive(Clone, Debug)]
pub struct JobFailed {
    /// What was searched for, on one line.
    pub pattern: String,
    /// Why it failed, as the end of a sentence.
    pub reason: String,
    /// VaniTokens that went back to the balance.
    pub released: i64,
    /// The job's page.
    pub url: String,
}

letter!(
    JobFailed,
    |letter| format!("The search for {} failed", letter.pattern),
    "job_failed/letter.txt",
    "job_failed/letter.html"
);

//! A pull matched in full. Sent to those who asked for it.

use crate::mail::letter;

/// The letter's own part.
#[derive(Clone, Debug)]
pub struct PullWon {
    /// The key as its target shows it.
    pub text: String,
    /// One key in how many does.
    pub one_in: String,
    /// The pull's page.
    pub url: String,
}

letter!(
    PullWon,
    |letter| format!("A pull matched, 1 in {}", letter.one_in),
    "pull_won/letter.txt",
    "pull_won/letter.html"
);

//! Something happened, and there is no more to say than the notice does.

use crate::mail::letter;

/// The letter's own part.
#[derive(Clone, Debug)]
pub struct Notice {
    /// The notice's title.
    pub title: String,
    /// The notice's message.
    pub message: String,
    /// What to do about it.
    pub label: String,
    /// Where.
    pub url: String,
}

letter!(Notice, |letter| letter.title.clone(), "notice/letter.txt", "notice/letter.html");

//! Something happened in the game: a heist, a referral, a shield. Says what the notice says.

use crate::mail::letter;

/// The letter's own part.
#[derive(Clone, Debug)]
pub struct Game {
    /// The notice's title.
    pub title: String,
    /// The notice's message.
    pub message: String,
    /// What to do about it.
    pub label: String,
    /// Where.
    pub url: String,
}

letter!(Game, |letter| letter.title.clone(), "game/letter.txt", "game/letter.html");

//! Tells the address of an account that somebody asked to move it to another.

use crate::mail::letter;

/// The letter's own part.
#[derive(Clone, Debug)]
pub struct ChangeAsked {
    /// Where to ask for a new password, which also stops the change.
    pub url: String,
}

letter!(
    ChangeAsked,
    |_| String::from("Your address is about to change"),
    "change_asked/letter.txt",
    "change_asked/letter.html"
);

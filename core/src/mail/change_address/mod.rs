//! Asks to confirm a new address; goes to that one.

use crate::{mail::letter, secret::Secret};

/// The letter's own part.
#[derive(Clone, Debug)]
pub struct ChangeAddress {
    /// The link. A secret: whoever has it may use it.
    pub url: Secret,
}

letter!(
    ChangeAddress,
    |_| String::from("Confirm your new address"),
    "change_address/letter.txt",
    "change_address/letter.html"
);

//! Asks a new user to confirm the address.

use crate::{mail::letter, secret::Secret};

/// The letter's own part.
#[derive(Clone, Debug)]
pub struct ConfirmAddress {
    /// The link. A secret: whoever has it may use it.
    pub url: Secret,
}

letter!(
    ConfirmAddress,
    |_| String::from("Confirm your address"),
    "confirm_address/letter.txt",
    "confirm_address/letter.html"
);

//! Tells the former address of an account that the account has another one now.

use crate::mail::letter;

/// The letter's own part.
#[derive(Clone, Debug)]
pub struct AddressChanged {
    /// The service that the account is at.
    pub origin: String,
}

letter!(
    AddressChanged,
    |_| String::from("Your address was changed"),
    "address_changed/letter.txt",
    "address_changed/letter.html"
);

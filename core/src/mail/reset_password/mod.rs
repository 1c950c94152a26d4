//! A way to choose a new password.

use crate::{mail::letter, secret::Secret};

/// The letter's own part.
#[derive(Clone, Debug)]
pub struct ResetPassword {
    /// The link. A secret: whoever has it may use it.
    pub url: Secret,
}

letter!(
    ResetPassword,
    |_| String::from("Choose a new password"),
    "reset_password/letter.txt",
    "reset_password/letter.html"
);

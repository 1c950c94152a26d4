//! Rules about people's accounts: what a good address, name and password are, what makes a signup suspicious, how long
//! somebody who guesses passwords must wait, what a registration costs.

pub mod backoff;
mod email;
mod fields;
mod password;
mod referral;
pub mod suspicion;
mod username;
pub mod work;

pub use email::Email;
pub use fields::{FieldProblem, Wrong};
pub use password::check as check_password;
pub use referral::ReferralCode;
pub use username::Username;

use serde::{Deserialize, Serialize};
use strum::{EnumString, IntoStaticStr, VariantNames};

/// What a user may do.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize, EnumString, IntoStaticStr, VariantNames)]
#[serde(rename_all = "snake_case")]
#[strum(serialize_all = "snake_case")]
pub enum Role {
    /// Everybody.
    User,
    /// Runs the service.
    Admin,
}

impl Role {
    /// The name under which it is stored and shown.
    #[must_use]
    pub fn name(self) -> &'static str {
        self.into()
    }
}

/// Whether an account is in use.
#[derive(Clone, Copy, Debug, PartialEq, Eq, EnumString, IntoStaticStr, VariantNames)]
#[strum(serialize_all = "snake_case")]
pub enum AccountStatus {
    /// It is.
    Active,
    /// It was deleted: the row stays, since the ledger refers to it.
    Deleted,
}

/// What a link in an e-mail is for.
#[derive(Clone, Copy, Debug, PartialEq, Eq, EnumString, IntoStaticStr, VariantNames)]
#[strum(serialize_all = "snake_case")]
pub enum Purpose {
    /// Confirms the address of the account.
    Confirm,
    /// Sets a new password.
    Reset,
    /// Confirms another address and moves the account there.
    Change,
}

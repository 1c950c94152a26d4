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
pub use fields::FieldProblem;
pub use password::check as check_password;
pub use referral::ReferralCode;
pub use username::Username;

use serde::{Deserialize, Serialize};

/// What a user may do.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Role {
    /// Everybody.
    User,
    /// Runs the service.
    Admin,
}

impl Role {
    /// The name under which it is stored and shown.
    #[must_use]
    pub const fn name(self) -> &'static str {
        match self {
            Self::User => "user",
            Self::Admin => "admin",
        }
    }

    /// The role of that name.
    #[must_use]
    pub fn named(name: &str) -> Option<Self> {
        [Self::User, Self::Admin].into_iter().find(|role| role.name() == name)
    }
}

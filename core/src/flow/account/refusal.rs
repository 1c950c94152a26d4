//! Every reason for which something about an account is refused.

use serde::{Deserialize, Serialize};

use crate::domain::account::FieldProblem;

/// Why it is refused.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error, Serialize, Deserialize)]
#[serde(tag = "code", rename_all = "snake_case")]
pub enum AccountRefusal {
    /// Some fields will not do.
    #[error("{}", listed(fields))]
    Invalid {
        /// Which, and why.
        fields: Vec<FieldProblem>,
    },
    /// Nobody may sign up at the moment.
    #[error("no new accounts are taken at the moment; try again later")]
    RegistrationClosed,
    /// The address has an account.
    #[error("there is an account with this e-mail address already; sign in, or ask for a new password")]
    EmailTaken,
    /// The name has an account.
    #[error("this username is taken; choose another")]
    UsernameTaken,
    /// Registration costs work and none was shown.
    #[error("registration needs a solved challenge; get one from /auth/challenge and send challenge and solution")]
    WorkMissing,
    /// The work shown does not count.
    #[error("the challenge is {reason}; get a new one from /auth/challenge")]
    WorkRefused {
        /// What is wrong with it.
        reason: WorkProblem,
    },
    /// No account has this address and password.
    #[error("the e-mail address or the password is wrong")]
    WrongCredentials,
    /// The current password is not that.
    #[error("the current password is wrong")]
    WrongPassword,
    /// Too many wrong passwords lately.
    #[error("too many wrong passwords; try again in {retry_after_seconds} s")]
    TooManyAttempts {
        /// Seconds until the next try counts.
        retry_after_seconds: u64,
    },
    /// Too many passwords wait to be checked.
    #[error("too many people are signing in at the moment; try again in a few seconds")]
    Busy,
    /// Another export of the account is being written.
    #[error("another export of this account is being written; try again when it is done")]
    ExportRunning,
    /// The link is none of ours.
    #[error("this link is not valid; open it exactly as it is in the e-mail")]
    LinkUnknown,
    /// The link's time is over.
    #[error("this link has expired; ask for a new one")]
    LinkExpired,
    /// The link was used.
    #[error("this link was used already; ask for a new one if you still need it")]
    LinkUsed,
    /// The account was deleted meanwhile.
    #[error("this account does not exist any more")]
    Gone,
    /// The address is confirmed, so there is nothing to send.
    #[error("the e-mail address is confirmed already")]
    AlreadyConfirmed,
    /// Too many e-mails of this kind lately.
    #[error("too many e-mails of this kind were sent lately; check the junk folder, or try again in an hour")]
    TooManyLetters,
}

/// What is wrong with a solved challenge.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum WorkProblem {
    /// Not one of ours.
    #[error("not one of this service")]
    Unknown,
    /// Its time is over.
    #[error("expired")]
    Expired,
    /// The solution does not solve it.
    #[error("not solved by this solution")]
    Unsolved,
    /// Somebody registered with it.
    #[error("used already")]
    Used,
}

fn listed(fields: &[FieldProblem]) -> String {
    fields.iter().map(ToString::to_string).collect::<Vec<_>>().join("; ")
}

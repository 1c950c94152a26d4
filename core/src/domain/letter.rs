//! Letters that a user may choose to get or not. Those that an account cannot do without (confirming an address, a
//! new password) are not among them.

use serde::{Deserialize, Serialize};

/// A letter about something that happened.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[serde(rename_all = "kebab-case")]
pub enum Optional {
    /// A job delivered its key.
    KeyFound,
    /// A job failed.
    JobFailed,
    /// A pull matched in full.
    PullWon,
    /// One's heist succeeded.
    HeistSuccess,
    /// One was robbed.
    HeistSuffered,
    /// A referral earned a Heist Token.
    TokenEarned,
    /// A shield blocked a heist, or its time was over.
    Shield,
}

impl Optional {
    /// Every one.
    pub const ALL: [Self; 7] = [
        Self::KeyFound,
        Self::JobFailed,
        Self::PullWon,
        Self::HeistSuccess,
        Self::HeistSuffered,
        Self::TokenEarned,
        Self::Shield,
    ];

    /// Its name in the store, the API and unsubscribe links.
    #[must_use]
    pub const fn name(self) -> &'static str {
        match self {
            Self::KeyFound => "key-found",
            Self::JobFailed => "job-failed",
            Self::PullWon => "pull-won",
            Self::HeistSuccess => "heist-success",
            Self::HeistSuffered => "heist-suffered",
            Self::TokenEarned => "token-earned",
            Self::Shield => "shield",
        }
    }

    /// The letter of that name.
    #[must_use]
    pub fn named(name: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|letter| letter.name() == name)
    }

    /// Whether it is sent to those who never chose: what one waits for is, what one has just seen is not.
    #[must_use]
    pub const fn wanted_by_default(self) -> bool {
        match self {
            // Letters about the game are sent at all only if the operator turned them on.
            Self::KeyFound | Self::JobFailed | Self::HeistSuffered | Self::TokenEarned | Self::Shield => true,
            Self::PullWon | Self::HeistSuccess => false,
        }
    }

    /// What it is about, as the end of "Send me a letter when ...".
    #[must_use]
    pub const fn about(self) -> &'static str {
        match self {
            Self::KeyFound => "a job found its key",
            Self::JobFailed => "a job failed",
            Self::PullWon => "a pull matched in full",
            Self::HeistSuccess => "a heist of mine succeeded",
            Self::HeistSuffered => "somebody robbed me",
            Self::TokenEarned => "a referral earned me a Heist Token",
            Self::Shield => "my shield blocked a heist or expired",
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_read_back_and_are_the_same_in_json() {
        for letter in Optional::ALL {
            assert_eq!(Optional::named(letter.name()), Some(letter));
            assert_eq!(serde_json::to_value(letter).unwrap(), letter.name());
        }
        assert_eq!(Optional::named("confirm-address"), None);
    }
}

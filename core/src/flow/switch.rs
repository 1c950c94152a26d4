//! The switches that an admin turns while the service runs, and what they decide. Turning them is `admin::switches`.

use crate::store::{Sql, StoreResult, settings};

/// A switch: on or off.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Switch {
    /// Whether anybody may sign up. On unless it was turned off.
    Registration,
    /// Whether heists go on. `HEIST_ENABLED=false` wins over it.
    Heists,
}

impl Switch {
    /// All of them.
    pub const ALL: [Self; 2] = [Self::Registration, Self::Heists];

    /// Its name.
    #[must_use]
    pub const fn name(self) -> &'static str {
        match self {
            Self::Registration => "registration.open",
            Self::Heists => "heist.enabled",
        }
    }

    /// What it decides, as a clause.
    #[must_use]
    pub const fn about(self) -> &'static str {
        match self {
            Self::Registration => "anybody may sign up",
            Self::Heists => "heists go on",
        }
    }

    /// True if it is on.
    ///
    /// # Errors
    /// The store's.
    pub async fn is_on(self, on: &mut impl Sql) -> StoreResult<bool> {
        Ok(settings::get(on, self.name()).await?.is_none_or(|value| value == "true"))
    }
}

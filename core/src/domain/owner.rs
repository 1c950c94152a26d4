//! Whose something is.

use uuid::Uuid;

/// Who owns what a person or a community may own: webhook endpoints, access tokens.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Owner {
    /// A user.
    User(Uuid),
    /// A community.
    Community(Uuid),
}

impl Owner {
    /// The owner's id, whichever kind it is. Ids are unique over both.
    #[must_use]
    pub const fn id(self) -> Uuid {
        match self {
            Self::User(id) | Self::Community(id) => id,
        }
    }

    /// The user, if it is one.
    #[must_use]
    pub const fn user(self) -> Option<Uuid> {
        match self {
            Self::User(id) => Some(id),
            Self::Community(_) => None,
        }
    }

    /// The community, if it is one.
    #[must_use]
    pub const fn community(self) -> Option<Uuid> {
        match self {
            Self::User(_) => None,
            Self::Community(id) => Some(id),
        }
    }
}

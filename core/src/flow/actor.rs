//! Who asks: a user, or whoever runs the service.

use uuid::Uuid;

use crate::{domain::owner::Owner, store::audit::Origin};

/// Who asks, and from where.
#[derive(Clone, Debug)]
pub struct Actor {
    /// The signed-in user.
    pub user: Uuid,
    /// Where the request came from.
    pub origin: Origin,
}

impl Actor {
    /// The user as an owner, for what the user asks on their own behalf.
    #[must_use]
    pub const fn owner(&self) -> Owner {
        Owner::User(self.user)
    }
}

/// Who does it: a signed-in admin, a program with an API key, or nobody in particular on the command line.
#[derive(Clone, Debug, Default)]
pub struct By {
    /// The admin.
    pub admin: Option<Uuid>,
    /// The API key.
    pub api_key: Option<Uuid>,
    /// Where the request came from.
    pub origin: Origin,
}

impl By {
    /// The id that the audit names: the admin's or the key's.
    #[must_use]
    pub fn id(&self) -> Option<Uuid> {
        self.admin.or(self.api_key)
    }
}

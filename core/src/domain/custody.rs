//! Who can read a private key.

use serde::{Deserialize, Serialize};
use strum::{EnumString, IntoStaticStr, VariantNames};

/// Who will be able to read a key.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize, EnumString, IntoStaticStr, VariantNames)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[serde(rename_all = "lowercase")]
#[strum(serialize_all = "lowercase")]
pub enum Custody {
    /// The user after sign-in, and whoever holds the service's key.
    Service,
    /// The holder of the recipient's age identity.
    Sealed,
    /// The user alone: the service finds an offset only.
    Split,
}

impl Custody {
    /// The name under which it is stored and shown.
    #[must_use]
    pub fn name(self) -> &'static str {
        self.into()
    }
}

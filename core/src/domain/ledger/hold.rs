//! How a hold stands.

use strum::{EnumString, IntoStaticStr, VariantNames};

/// How a hold stands; it is settled once.
#[derive(Clone, Copy, Debug, PartialEq, Eq, EnumString, IntoStaticStr, VariantNames)]
#[strum(serialize_all = "lowercase")]
pub enum HoldState {
    /// Its tokens are reserved.
    Pending,
    /// Part of it was posted, the rest released.
    Settled,
}

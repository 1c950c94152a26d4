//! Leave to act on what a committed row asks for. The row is the claim, its id is what the outside knows a repeat by, and
//! whoever finds the row unanswered may act again.

use uuid::Uuid;

use crate::clients::acting::Acting;

/// To act for the row of this id, which was committed before.
pub(crate) fn acting(row: Uuid) -> Acting {
    Acting::new(row)
}

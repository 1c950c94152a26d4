//! Shapes of parameters that several operations take.

use crate::operation::grammar::{Kind, may, need};

pub(crate) const ADDRESS: Kind = Kind::Hash(&[
    may("city", Kind::Text),
    may("country", Kind::Text),
    may("line1", Kind::Text),
    may("line2", Kind::Text),
    may("postal_code", Kind::Text),
    may("state", Kind::Text),
]);
const SHIPPING_ADDRESS: Kind = Kind::Hash(&[
    may("city", Kind::Text),
    may("country", Kind::Text),
    need("line1", Kind::Text),
    may("line2", Kind::Text),
    may("postal_code", Kind::Text),
    may("state", Kind::Text),
]);
pub(crate) const SHIPPING: Kind = Kind::Hash(&[
    need("address", SHIPPING_ADDRESS),
    may("carrier", Kind::Text),
    need("name", Kind::Text),
    may("phone", Kind::Text),
    may("tracking_number", Kind::Text),
]);

//! What is asked of Stripe and what of its answers counts, a file for each kind of object. Names of parameters are
//! Stripe's. No request names `payment_method_types`: which means of payment there are is set in Stripe's dashboard.

pub mod catalog;
pub mod charges;
pub mod checkout;
pub mod customers;
pub mod disputes;
pub mod events;
pub mod invoices;
pub mod payments;
pub mod portal;
pub mod refunds;
pub mod subscriptions;
pub mod webhooks;

use serde::Serialize;

use super::object::Read;

/// What Stripe's search finds by metadata.
pub trait Searchable: Read {
    /// Where its objects are, like `/v1/customers`.
    const PATH: &'static str;
}

/// A question for Stripe's search: all of these entries.
pub(super) fn query(metadata: &[(&str, &str)]) -> String {
    let quoted = |text: &str| text.replace('\\', "\\\\").replace('\'', "\\'");
    let entry = |(name, value): &(&str, &str)| format!("metadata['{}']:'{}'", quoted(name), quoted(value));
    metadata.iter().map(entry).collect::<Vec<_>>().join(" AND ")
}

/// A span of time by when something was made, in Unix seconds.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize)]
pub struct Created {
    /// Not before.
    pub gte: Option<i64>,
    /// Before.
    pub lt: Option<i64>,
}

impl Created {
    /// Everything since then.
    #[must_use]
    pub const fn since(seconds: i64) -> Self {
        Self { gte: Some(seconds), lt: None }
    }
}

/// Something that is on or off.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
pub struct Enabled {
    /// Whether it is on.
    pub enabled: bool,
}

#[cfg(test)]
mod tests {
    use super::query;

    #[test]
    fn a_search_asks_for_all_entries() {
        assert_eq!(
            query(&[("instance", "a'b"), ("user", "7")]),
            "metadata['instance']:'a\\'b' AND metadata['user']:'7'"
        );
    }
}

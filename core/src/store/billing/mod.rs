//! What is bought at Stripe: rows that say what is wanted before Stripe is called, and what Stripe last said.

pub mod customers;
pub mod disputes;
pub mod events;
pub mod fetches;
pub mod invoices;
pub mod prices;
pub mod proof;
pub mod purchases;
pub mod refunds;
pub mod revenue;
pub mod subscriptions;

/// A part of a list: how many are left out, and how many are wanted at most.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Part {
    /// Left out at the front.
    pub offset: i64,
    /// Wanted at most.
    pub limit: i64,
}

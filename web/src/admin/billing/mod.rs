//! `/admin/api/billing` and `/admin/billing`: purchases and refunds, subscriptions, Stripe's events with what became of
//! them, disputes, prices, revenue.

pub(crate) mod events;
pub(crate) mod money;
pub(crate) mod pages;
pub(crate) mod purchases;
pub(crate) mod revenue;
pub(crate) mod subscriptions;

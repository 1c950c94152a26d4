//! Everything that is paid, against the stand-in for Stripe: a shop with its account, its webhook endpoint and its clock.

mod cases;
mod crashes;
mod order;
mod outages;
mod packs;
mod signatures;
mod stand;
mod subscriptions;

//! Everything that is paid: packs and plans by Stripe's Checkout, events that Stripe sends, refunds, and making sure that
//! what is here is what is there. A call is three steps: a committed row says what is wanted, the call is made under a key
//! that follows from the row, the answer is written. No transaction is open meanwhile.

pub mod admin;
mod call;
mod catalog;
mod credit;
mod customer;
mod end;
mod handle;
mod keep;
mod manage;
mod pack;
mod pages;
mod plan;
mod prices;
mod proof;
mod reconcile;
mod refund;
mod refusal;
mod resolve;
mod session;
mod setup;
mod shop;
mod sync;
pub mod view;
pub mod webhook;

pub use catalog::{Catalog, Offer, catalog};
pub use credit::credit;
pub use end::end;
pub(crate) use end::end_all;
pub use handle::handle;
pub use keep::forget;
pub use manage::{PortalPage, cancel, portal, resume};
pub use pack::{PackIntent, PackPage, checkout, intent};
pub use plan::{PlanPage, subscribe};
pub use prices::check as check_prices;
pub use proof::{Proof, prove};
pub use reconcile::{Report, daily as reconcile_daily, reconcile};
pub use refund::{RefundOrder, refund, unfreeze};
pub use refusal::{BillingRefusal, Outcome};
pub use setup::{SetUp, setup};
pub use shop::PAYMENTS;
pub(crate) use sync::release_all;

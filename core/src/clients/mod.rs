//! The world outside: clock, mail servers, Stripe, other people's HTTP.

pub mod acting;
pub mod cache;
pub mod clock;
pub mod limits;
mod link;
pub mod mailer;
pub mod outgoing;
pub mod passwords;
pub mod signals;
pub mod stripe;
pub mod tls;

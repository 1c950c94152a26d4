//! The world outside: clock, mail servers, other people's HTTP.

pub mod clock;
pub mod limits;
pub mod mailer;
pub mod outgoing;
pub mod passwords;
pub mod signals;

//! The world outside: clock, randomness, mail servers, other people's HTTP.

pub mod clock;
pub mod passwords;
pub mod random;
pub mod signals;

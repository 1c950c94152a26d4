//! Letters: sending those that are owed, and which of them a user wants.

pub mod choices;
mod compose;
pub mod send;
pub mod tidy;
pub mod unsubscribe;

pub use choices::{Choice, choices, choose};
pub use send::send;
pub use tidy::{TidyError, tidy};
pub use unsubscribe::{UnsubscribeRefusal, unsubscribe};

//! Letters: sending those that are owed, and ending them by a link.

mod compose;
pub mod send;
pub mod tidy;
pub mod unsubscribe;

pub use send::send;
pub use tidy::{TidyError, tidy};
pub use unsubscribe::{UnsubscribeRefusal, unsubscribe};

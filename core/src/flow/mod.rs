//! Use cases, one a file: begin, load, decide (in `domain`), write, enqueue, commit. The web front and the workers
//! call these and nothing below them.

pub mod account;
mod failure;
pub mod grant;
pub mod once;
pub mod ready;

pub use failure::{Actor, Failure};

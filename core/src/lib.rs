//! What the VaniKeys web front and its workers share: rules (`domain`), the database (`store`), queues, use cases
//! (`flow`) and the outside world (`clients`). Imports go one way: `domain` <- `store` <- `queue` <- `flow`.

pub mod app;
pub mod clients;
pub mod config;
pub mod custody;
pub mod domain;
pub mod flow;
pub mod mail;
pub mod ops;
pub mod patterns;
pub mod queue;
pub mod random;
pub mod secret;
pub mod store;

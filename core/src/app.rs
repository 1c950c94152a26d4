//! What every use case needs, opened once a process and shared: database, configuration, keys, clock, signals.

use std::sync::Arc;

use crate::{clients::clock::Clock, config::Config, store::Db};

/// The running program's shared parts. Cheap to clone.
#[derive(Clone, Debug)]
pub struct App {
    /// The database.
    pub db: Db,
    /// The settings in force.
    pub config: Arc<Config>,
    /// The clock.
    pub clock: Clock,
}

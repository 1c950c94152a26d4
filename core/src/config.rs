//! The settings in force, typed and checked.

use crate::domain::price::Tariff;

/// All settings.
#[derive(Clone, Debug, Default)]
pub struct Config {
    /// What things cost.
    pub tariff: Tariff,
}

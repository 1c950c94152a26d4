//! Counts requests for the rate limits: in this process when embedded, in Redis by all web processes of a fleet.

use vanikeys_core::{app::App, clients::limits::Rate};

use super::{error::Problem, middleware::Taken};

/// Counts by the application's limits.
#[derive(Clone, Copy, Debug, Default)]
pub(crate) struct Rates;

impl Rates {
    /// Counts one more request under `key`, of which `most` a minute may pass.
    pub(crate) async fn take(&self, app: &App, key: &str, most: u32) -> Result<Taken, Problem> {
        let decision = app.limits.check(key, Rate::per_minute(most)).await;
        let until = if decision.allowed { decision.reset } else { decision.retry_after };
        let reset = until.as_secs() + u64::from(until.subsec_nanos() > 0);
        Ok(Taken { allowed: decision.allowed, remaining: decision.remaining, reset })
    }
}

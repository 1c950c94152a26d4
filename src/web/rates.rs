//! Counts requests in windows of a minute for the rate limits.

use std::{
    collections::HashMap,
    sync::{Arc, Mutex, PoisonError},
};

use vanikeys_core::app::App;

use super::{error::Problem, middleware::Taken};

/// Counters in this process. Cheap to clone.
#[derive(Clone, Debug, Default)]
pub(crate) struct Rates(Arc<Mutex<HashMap<String, (i64, u32)>>>);

impl Rates {
    /// Counts one more request under `key`, of which `most` a minute may pass.
    pub(crate) async fn take(&self, app: &App, key: &str, most: u32) -> Result<Taken, Problem> {
        let seconds = app.clock.now().seconds();
        let (minute, reset) = (seconds.div_euclid(60), u64::try_from(60 - seconds.rem_euclid(60)).unwrap_or(60));
        let mut windows = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        if windows.len() > 100_000 {
            windows.retain(|_, (then, _)| *then == minute);
        }
        let (then, used) = windows.entry(key.to_owned()).or_insert((minute, 0));
        if *then != minute {
            (*then, *used) = (minute, 0);
        }
        *used = used.saturating_add(1);
        Ok(Taken { allowed: *used <= most, remaining: most.saturating_sub(*used), reset })
    }
}

//! One slice: searched on the pool's threads, behind a thread of its own, so that no async thread ever computes; a
//! found key is sealed there, and never leaves it open.

use std::{
    sync::{Arc, atomic::Ordering},
    time::{Duration, Instant},
};

use tokio::task;
use tokio_util::sync::CancellationToken;
use vanikeys_core::custody::{
    keyfile::KeyFile,
    report::{Found, SignedReport},
    slice::Slice,
};
use vanikeys_grind::{
    Kind, Pattern, PatternSpec,
    search::{Outcome, Progress, Search, SearchLimits},
};

use super::{Inner, Searcher};

/// How long the rate is measured at the start.
const MEASURED: Duration = Duration::from_millis(400);

/// Searches a verified slice and signs the report.
pub(super) async fn search(
    searcher: &Searcher,
    slice: Slice,
    hurry: &CancellationToken,
) -> Result<SignedReport, String> {
    let pattern = searcher.0.patterns.compile(&slice.pattern).await.map_err(|error| error.to_string())?;
    let progress = Arc::new(Progress::new());
    let (inner, seen) = (searcher.0.clone(), progress.clone());
    let searching = task::spawn_blocking(move || searched(&inner, &slice, &pattern, &seen));
    tokio::pin!(searching);
    tokio::select! {
        ended = &mut searching => return ended.map_err(|error| error.to_string())?,
        () = hurry.cancelled() => progress.cancel(),
    }
    searching.await.map_err(|error| error.to_string())?
}

fn searched(inner: &Inner, slice: &Slice, pattern: &Pattern, progress: &Progress) -> Result<SignedReport, String> {
    let started = Instant::now();
    let limits = SearchLimits {
        attempts: Some(slice.budget.attempts),
        deadline: Some(started + Duration::from_millis(u64::from(slice.budget.milliseconds))),
    };
    let searching = Search::new(pattern).backend(inner.backend);
    let outcome = searching.run(&inner.pool, &limits, progress).map_err(|error| error.to_string())?;
    let took = started.elapsed();
    let (attempts, found) = match outcome {
        Outcome::Found(hit) => {
            let file = KeyFile::of_job(hit.key, slice.pattern.target);
            let sealed = file.seal(&slice.recipient).map_err(|error| error.to_string())?;
            (hit.attempts, Some(Found::sealed(file.key(), slice, sealed)))
        }
        Outcome::Exhausted { attempts } | Outcome::Cancelled { attempts } => (attempts, None),
    };
    inner.note_rate(attempts, took);
    let milliseconds = u64::try_from(took.as_millis()).unwrap_or(u64::MAX);
    SignedReport::sign(slice, attempts, milliseconds, found, &inner.key).map_err(|error| error.to_string())
}

/// Measures the rate by a short search for something that is not to be found.
pub(super) async fn measure(searcher: &Searcher) {
    let spec = PatternSpec::new(Kind::Prefix, "measuremeasure");
    let pattern = match searcher.0.patterns.compile(&spec).await {
        Ok(pattern) => pattern,
        Err(error) => return tracing::error!(%error, "the rate of this searcher is not known before its first slices"),
    };
    let inner = searcher.0.clone();
    let measuring = task::spawn_blocking(move || {
        let started = Instant::now();
        let limits = SearchLimits::until(started + MEASURED);
        if let Ok(Outcome::Exhausted { attempts }) =
            Search::new(&pattern).backend(inner.backend).run(&inner.pool, &limits, &Progress::new())
        {
            inner.note_rate(attempts, started.elapsed());
        }
    });
    measuring.await.ok();
}

impl Inner {
    /// Blends a measurement into the rate. Short searches tell little and are left out.
    #[expect(clippy::cast_precision_loss, clippy::cast_possible_truncation, clippy::cast_sign_loss, reason = "a rate")]
    fn note_rate(&self, attempts: u64, took: Duration) {
        if took < MEASURED / 2 {
            return;
        }
        let measured = attempts as f64 / took.as_secs_f64();
        let known = self.rate.load(Ordering::Relaxed) as f64;
        let rate = if known == 0.0 { measured } else { 0.7 * known + 0.3 * measured };
        self.rate.store(rate as u64, Ordering::Relaxed);
    }
}

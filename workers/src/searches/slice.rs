//! One slice: searched on the pool's threads, behind a thread of its own, so that no async thread ever computes; a
//! found key is sealed there, and never leaves it open.

use std::{
    sync::Arc,
    time::{Duration, Instant},
};

use tokio::task;
use tokio_util::sync::CancellationToken;
use vanikeys_core::{
    custody::{
        Holder,
        keyfile::KeyFile,
        report::{Found, SignedReport},
        slice::Slice,
    },
    domain::rate::Task,
};
use vanikeys_grind::{
    KeyKind, KeyMaterial, Pattern,
    bench::{self, BenchOptions},
    search::{ExpandedSearch, Outcome, Progress, ScalarSearch, Search, SearchError, SearchLimits},
};

use super::{Inner, Searcher};

/// How long each rate is measured at the start.
const MEASURED: Duration = Duration::from_millis(50);

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
    let (attempts, found) = hunted(inner, slice, pattern, &limits, progress)?;
    let took = started.elapsed();
    let split = slice.recipient.recipient().is_none();
    inner.rates.note(Task::of(&slice.pattern, split), attempts, took);
    let milliseconds = u64::try_from(took.as_millis()).unwrap_or(u64::MAX);
    SignedReport::sign(slice, attempts, milliseconds, found, &inner.key).map_err(|error| error.to_string())
}

/// Searches in the mode that custody and target ask for. A whole key is sealed before it leaves here.
fn hunted(
    inner: &Inner,
    slice: &Slice,
    pattern: &Pattern,
    limits: &SearchLimits,
    progress: &Progress,
) -> Result<(u64, Option<Found>), String> {
    let Inner { pool, backend, .. } = inner;
    let failed = |error: SearchError| error.to_string();
    let recipient = match &slice.recipient {
        Holder::SplitPoint(point) => {
            let search = ScalarSearch::new(pattern, point.as_bytes()).map_err(|error| error.to_string())?;
            let outcome = search.backend(*backend).run(pool, limits, progress).map_err(failed)?;
            return ended(outcome, |hit| (hit.attempts, Ok(Found::offset(&hit.public_key, hit.offset))));
        }
        Holder::Recipient(recipient) => recipient,
    };
    let sealed = |key: KeyMaterial| {
        let file = KeyFile::of_job(key, slice.pattern.target);
        Found::of(&file, slice, recipient).map_err(|error| error.to_string())
    };
    match slice.key_kind() {
        KeyKind::Seed => {
            let mut search = Search::new(pattern).backend(*backend);
            if let Some(bits) = inner.window {
                search = search.window(bits);
            }
            let outcome = search.run(pool, limits, progress).map_err(failed)?;
            ended(outcome, |hit| (hit.attempts, sealed(hit.key)))
        }
        KeyKind::Expanded => {
            let search = ExpandedSearch::new(pattern).backend(*backend);
            let outcome = search.run(pool, limits, progress).map_err(failed)?;
            ended(outcome, |hit| (hit.attempts, sealed(hit.key.into())))
        }
    }
}

fn ended<F>(
    outcome: Outcome<F>,
    found: impl FnOnce(F) -> (u64, Result<Found, String>),
) -> Result<(u64, Option<Found>), String> {
    match outcome {
        Outcome::Found(hit) => {
            let (attempts, found) = found(hit);
            Ok((attempts, Some(found?)))
        }
        Outcome::Exhausted { attempts } | Outcome::Cancelled { attempts } => Ok((attempts, None)),
    }
}

/// Measures every rate by short searches for what is not to be found.
pub(super) async fn measure(searcher: &Searcher) {
    let inner = searcher.0.clone();
    let measuring = task::spawn_blocking(move || {
        let bench = BenchOptions { backend: Some(inner.backend), window: inner.window, ..BenchOptions::default() };
        match bench::measure(&bench, &inner.pool, MEASURED) {
            Ok(rates) => rates.into_iter().for_each(|(mode, kind, rate)| inner.rates.set(Task { mode, kind }, rate)),
            Err(error) => tracing::error!(%error, "the rates of this searcher are not known before its first slices"),
        }
    });
    measuring.await.ok();
}

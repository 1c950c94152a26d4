//! How fast this machine searches, measured by searching.

use std::time::{Duration, Instant};

use rayon::{ThreadPool, ThreadPoolBuilder};
use vanikeys_grind::{
    Pattern,
    search::{Progress, SearchError, SearchLimits},
};

use super::{Failed, hunt::Hunt};

/// A pool of so many threads; without a number, one a core.
///
/// # Errors
/// The operating system gives no threads.
pub(super) fn pool(threads: Option<usize>) -> Result<ThreadPool, Failed> {
    let builder = ThreadPoolBuilder::new().num_threads(threads.unwrap_or(0));
    builder.build().map_err(|error| Failed::work(format!("cannot start the threads that search: {error}")))
}

/// Keys a second that a search for this pattern tries, measured for about `span`.
///
/// # Errors
/// The search's own: no randomness, or arithmetic that is wrong on this machine.
pub(super) fn measure(pattern: &Pattern, pool: &ThreadPool, span: Duration) -> Result<f64, SearchError> {
    let search = Hunt::new(pattern, 1);
    // Tables are made by the first search.
    search.run(pool, &SearchLimits::attempts(1), &Progress::new())?;
    let progress = Progress::new();
    let begun = Instant::now();
    // An easy pattern is found over and over.
    while begun.elapsed() < span {
        search.run(pool, &SearchLimits::until(begun + span), &progress)?;
    }
    #[expect(clippy::cast_precision_loss, reason = "attempts of a second stay far below 2^53")]
    let tried = progress.attempts() as f64;
    Ok(tried / begun.elapsed().as_secs_f64())
}

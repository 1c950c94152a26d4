//! Waiting for a condition, never for luck: the condition is asked again and again until it holds or the deadline
//! passes, and then the test fails with what was being waited for. No test sleeps for a fixed time.

use std::future::Future;
use std::time::{Duration, Instant};

const PAUSE: Duration = Duration::from_millis(20);

/// Asks until `condition` gives a value, and returns it.
///
/// # Panics
/// When `deadline` has passed, naming `what` did not happen.
pub async fn eventually<T, F, R>(what: &str, deadline: Duration, mut condition: F) -> T
where
    F: FnMut() -> R,
    R: Future<Output = Option<T>>,
{
    let end = Instant::now() + deadline;
    loop {
        if let Some(value) = condition().await {
            return value;
        }
        assert!(Instant::now() < end, "did not happen within {deadline:?}: {what}");
        tokio::time::sleep(PAUSE).await;
    }
}

/// The same for code that is not async.
///
/// # Panics
/// When `deadline` has passed, naming `what` did not happen.
pub fn until<T>(what: &str, deadline: Duration, mut condition: impl FnMut() -> Option<T>) -> T {
    let end = Instant::now() + deadline;
    loop {
        if let Some(value) = condition() {
            return value;
        }
        assert!(Instant::now() < end, "did not happen within {deadline:?}: {what}");
        std::thread::sleep(PAUSE);
    }
}

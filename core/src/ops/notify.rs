//! What systemd is told: ready, alive, stopping. Where there is no systemd nobody is told, and nothing else changes.

use std::{future::Future, time::Duration};

use sd_notify::NotifyState;

/// How often a process looks at itself when no watchdog asks for it.
const UNASKED: Duration = Duration::from_secs(10);

/// Everything is open; work begins.
pub fn ready() {
    tell(NotifyState::Ready);
}

/// The word to stop was heard; what runs is finished.
pub fn stopping() {
    tell(NotifyState::Stopping);
}

/// Feeds the watchdog for as long as `stuck` names nothing; then says what is stuck, and lets the watchdog bite. Never
/// ends.
pub async fn feed_watchdog<F>(mut stuck: impl FnMut() -> F)
where
    F: Future<Output = Vec<String>>,
{
    let mut allowed = 0;
    let asked = sd_notify::watchdog_enabled(false, &mut allowed);
    // Three looks in the time that is allowed, so that one late look does no harm.
    let every = if asked { Duration::from_micros(allowed / 3) } else { UNASKED };
    loop {
        tokio::time::sleep(every).await;
        let stuck = stuck().await;
        if stuck.is_empty() {
            tell(NotifyState::Watchdog);
        } else {
            tracing::error!(stuck = stuck.join(", "), "parts of this process do not turn any more");
        }
    }
}

fn tell(state: NotifyState<'_>) {
    sd_notify::notify(false, &[state]).ok();
}
